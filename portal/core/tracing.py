"""The name of the request being answered: in its header, its log lines and its error page."""

from __future__ import annotations

import secrets
from contextvars import ContextVar

# Nothing that sounds or looks like something else: people read it out on the telephone.
LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
HALF = 4
PATTERN = rf"[{LETTERS}]{{{HALF}}}-[{LETTERS}]{{{HALF}}}"

_current: ContextVar[str] = ContextVar("request_id", default="")


def new_request_id() -> str:
    """Return a name like `k7f3-9m2q`; it says nothing about who asks or for what."""
    name = "".join([LETTERS[byte % len(LETTERS)] for byte in secrets.token_bytes(2 * HALF)])
    return f"{name[:HALF]}-{name[HALF:]}"


def request_id() -> str:
    """Return the name of the request this thread is answering; empty where none came yet."""
    return _current.get()


def begin_request() -> str:
    """Give what this thread does from now on a new name, until its next request has another.

    It is not taken back at the end: Django writes its own line about an answer after all
    middleware is through.
    """
    name = new_request_id()
    _current.set(name)
    return name
