"""What the stand-in does not do, as the hub says it."""


class Refused(Exception):
    def __init__(self, status, code, title, detail="", wait=None, members=None):
        super().__init__(detail)
        self.status, self.code, self.title, self.detail, self.wait, self.members = status, code, title, detail, wait, members or {}
