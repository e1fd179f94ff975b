"""Tokens as an attacker would make them: JWS compact form (RFC 7515) by hand, with hmac and base64."""

import base64
import hashlib
import hmac
import json


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def opened(token):
    """(header, claims) of a token, unchecked."""
    head, body, _ = token.split(".")
    return json.loads(decode(head)), json.loads(decode(body))


def sealed(header, claims, key):
    """A token over these claims with HMAC-SHA-256; `key` None: without a signature."""
    signed = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    mark = b"" if key is None else hmac.new(key, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{encode(mark)}"


def is_signed_with(token, key):
    """Whether a key is the one that signed this token: the proof that a test forges with the true key."""
    signed, _, mark = token.rpartition(".")
    return hmac.compare_digest(hmac.new(key, signed.encode(), hashlib.sha256).digest(), decode(mark))


def forgeries(token, key, now):
    """{what is wrong with it: a token}, all made of a good one; `key` is the hub's own key."""
    header, claims = opened(token)
    altered = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    head, _, mark = token.split(".")
    richer = {**claims, "sub": "somebody-else"}
    return {
        "expired": sealed(header, {**claims, "iat": now - 7200, "exp": now - 3600}, key),
        "expired a minute ago": sealed(header, {**claims, "iat": now - 960, "exp": now - 60}, key),
        "without an end": sealed(header, {name: value for name, value in claims.items() if name != "exp"}, key),
        "alg none": sealed({**header, "alg": "none"}, claims, None),
        "alg None": sealed({**header, "alg": "None"}, claims, None),
        "alg none with the true signature": sealed({**header, "alg": "none"}, claims, key),
        "signature cut off": f"{token.rpartition('.')[0]}.",
        "wrong key": sealed(header, claims, b"another key that is long enough!"),
        "empty key": sealed(header, claims, b""),
        "other audience": sealed(header, {**claims, "aud": "somewhere-else"}, key),
        "no audience": sealed(header, {name: value for name, value in claims.items() if name != "aud"}, key),
        "other issuer": sealed(header, {**claims, "iss": "somebody-else"}, key),
        "one letter of the signature changed": altered,
        "other claims under the old signature": f"{head}.{encode(json.dumps(richer).encode())}.{mark}",
        "a session that never was": sealed(header, {**claims, **{n: "nowhere" for n in ("sid", "jti") if n in claims}}, key),
        "an account that never was": sealed(header, {**claims, "sub": "nobody"}, key),
    }
