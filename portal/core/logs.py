"""What the log does not keep: the secret part of an address that is a key by itself."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"(/a/)[^/\s]+")


class HideTokens(logging.Filter):
    """Leave out whatever follows `/a/` in an address; who opened which link stays unsaid."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _bare(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(one) for one in record.args)
        return True


def _bare(value: object) -> object:
    return TOKEN.sub(r"\1…", value) if isinstance(value, str) else value
