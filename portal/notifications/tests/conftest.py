"""A clock that tests set, and a mail server that behaves as told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller

from portal.core.clock import BANGKOK
from portal.notifications.tests.mailserver import Letterbox, closed_port


@pytest.fixture
def clock(settings) -> Callable[..., None]:
    """`clock(2026, 11, 23, 7, 30)`: the clock of the house stands there in Bangkok, and goes on."""

    def put(*moment: int) -> None:
        wanted = datetime(*moment, tzinfo=BANGKOK)
        settings.CLOCK_SHIFT_SECONDS = (wanted - datetime.now(UTC)).total_seconds()

    return put


@pytest.fixture
def letterbox(settings) -> Iterator[Letterbox]:
    """A real mail server on loopback, to which the house sends."""
    box = Letterbox(port=closed_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield box
    controller.stop()
