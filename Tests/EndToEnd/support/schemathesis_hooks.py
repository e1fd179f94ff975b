"""Loaded by schemathesis (SCHEMATHESIS_HOOKS): keeps it from ending the sign-in that it uses.

It learns names from answers, those of the admins among them. What would be done to one of PROTECTED_NAMES is asked for a name that
is not there instead.
"""

import os

import schemathesis

PROTECTED = set(os.environ.get("PROTECTED_NAMES", "").split(","))


@schemathesis.hook
def before_call(context, case, kwargs):
    for name, value in (case.path_parameters or {}).items():
        if str(value).strip().lower() in PROTECTED and case.method.upper() != "GET":
            case.path_parameters[name] = "somebody-else"
