"""What a line of the log says of its request, and what it does not keep: keys in addresses."""

from __future__ import annotations

import logging
import re

from portal.core.tracing import request_id

TOKEN = re.compile(r"(/a/)[^/\s]+")


class HideTokens(logging.Filter):
    """Leave out whatever follows `/a/` in an address; who opened which link stays unsaid."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _bare(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(one) for one in record.args)
        return True


class NameRequest(logging.Filter):
    """Let every line name the request it belongs to; `-` for the worker and commands."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id() or "-"
        return True


def without_tokens(address: str) -> str:
    """Return the address without the part that opens something by itself."""
    return TOKEN.sub(r"\1…", address)


def _bare(value: object) -> object:
    return without_tokens(value) if isinstance(value, str) else value
