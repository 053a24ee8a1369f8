"""The portal for a browser that understands no compression: the control of `bench/pages.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from portal.wsgi import application as portal


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the portal does to whoever names no encoding."""
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    return portal(environ, start_response)
