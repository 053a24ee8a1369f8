"""The ways out of the house. Each takes one finished message and answers what became of it."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from anymail.exceptions import (  # type: ignore[import-untyped]  # it has no types
    AnymailRecipientsRefused,
)
from django.core.mail import EmailMultiAlternatives, get_connection

logger = logging.getLogger("portal.notifications")

PERMANENT = 500


class Refused(Exception):
    """This message will never be accepted: an address that does not exist, a broken header."""


class Unreachable(Exception):
    """The provider cannot be reached at all, which is nobody's failed try."""


@dataclass(frozen=True)
class Mail:
    """A finished e-mail. Its `reference` is the same however often it is sent."""

    to: str
    subject: str
    text: str
    html: str
    reference: str


def _is_permanent(error: smtplib.SMTPException) -> bool:
    """Answer whether the server's code speaks of this mail and will not change.

    A refused sender or log-in is our own configuration: it is mended and then tried again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= PERMANENT
    return isinstance(error, smtplib.SMTPNotSupportedError)


class EmailChannel:
    """One conversation with the mail server, opened with the first mail and kept for a batch."""

    key = "email"

    def __init__(self) -> None:
        self._connection = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def _hang_up(self) -> None:
        try:
            self._connection.close()
        except (OSError, smtplib.SMTPException) as error:
            logger.info("notifications.smtp_close error=%s", type(error).__name__)

    def send(self, mail: Mail) -> str:
        """Hand the mail over and return its reference.

        Raises Refused when it never will be accepted, Unreachable when there is no server, and
        whatever else the server said when it is worth another try.
        """
        try:
            self._connection.open()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(type(error).__name__) from error
        try:
            sent = self._connection.send_messages([_message(mail)])
        except AnymailRecipientsRefused as error:
            raise Refused(type(error).__name__) from error
        except smtplib.SMTPException as error:
            self._hang_up()
            if _is_permanent(error):
                raise Refused(type(error).__name__) from error
            raise
        except OSError:
            self._hang_up()
            raise
        except ValueError as error:
            raise Refused(type(error).__name__) from error
        if not sent:
            raise Refused("NoRecipient")
        return mail.reference


def _message(mail: Mail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=" ".join(mail.subject.split()),
        body=mail.text,
        to=[mail.to],
        headers={"Message-ID": mail.reference, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(mail.html, "text/html")
    return message
