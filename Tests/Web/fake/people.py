"""A hub with people, devices and a past, for pictures and tests."""
from .accounts import Accounts
from .clock import iso, now


def hub(demo=False):
    """ada is admin, otto operator at one site, vera viewer, grace has a second factor, eve is locked out, ned has no role."""
    book = Accounts(open=False, demo=demo)
    book.sites["annex"] = "Annex, Mill Lane"
    book.add_user("ada", "admin")
    book.add_user("otto", "operator", "annex")
    book.users["otto"]["roles"].append({"site": "main", "role": "viewer"})
    book.add_user("vera", "viewer")
    book.add_user("grace", "staff", factor=True)
    book.add_user("ned", None)
    book.add_user("eve", "viewer")["state"] = "disabled"
    book.locked["eve"] = now() + 75
    for number in range(1, 6):
        book.add_device(f"node_{number:02d}", site="main" if number < 4 else "annex")
    book.add_device("SPOT001", "parking", controller="ctrl-1", connected=False, firmware=None)
    book.add_device("node_09", state="disabled", last_seen=iso(now() - 86400 * 9), connected=False)
    book.add_pending("node_77")
    book.add_pending("meter-3", kind=None, offers=False, messages=1)
    book.audit("sign_in", "user:mallory", "mallory", outcome="refused")
    book.audit("device.approve", "device:node_05", "ada", kind="node", site="annex", credential="new")
    book.audit("role.grant", "user:otto", "ada", role="operator", site="annex")
    book.audit("join.open", "hub", "ada", minutes=10)
    return book
