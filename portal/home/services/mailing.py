"""What the house knows about its mail, and one mail to try it."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from members.models import Unit
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.errors import DomainError, require
from portal.home.policies import can_keep_office

logger = logging.getLogger("portal.home")

TESTED = "office.mail_tested"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass(frozen=True)
class MailSettings:
    """Where mail goes, as the environment says it (EMAIL_URL); never a password."""

    server: str
    port: int
    security: str
    username: str
    sender: str
    leaves_the_house: bool

    @property
    def place(self) -> str:
        """The settings as one text; a test of other settings says nothing about these."""
        return f"{self.server}:{self.port} {self.sender}"


class MailFailed(DomainError):
    """The test mail was not accepted; the text says by what."""


def mail_settings() -> MailSettings:
    """Return what EMAIL_URL and DEFAULT_FROM_EMAIL say, without any secret."""
    is_smtp = settings.EMAIL_BACKEND == SMTP
    security = "SSL" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else ""
    return MailSettings(
        server=settings.EMAIL_HOST if is_smtp else "",
        port=settings.EMAIL_PORT if is_smtp else 0,
        security=security,
        username=settings.EMAIL_HOST_USER if is_smtp else "",
        sender=settings.DEFAULT_FROM_EMAIL,
        leaves_the_house=is_smtp,
    )


def send_test_mail(office: Unit, *, to: str, by: Actor) -> MailSettings:
    """The server took a mail to `to`, and the history says so; MailFailed when it did not.

    The one place that talks to the mail server while somebody waits, outside any transaction:
    its answer is what they want to see.
    """
    require(can_keep_office(by, office))
    if not to:
        raise MailFailed("บัญชีของท่านยังไม่มีอีเมล ใส่ที่หลังบ้านก่อน แล้วทดสอบอีกครั้ง")
    found = mail_settings()
    message = EmailMessage(
        subject=f"ทดสอบอีเมลของ{office.name}",
        body=f"อีเมลฉบับนี้ส่งจากระบบที่ {settings.SITE_URL}\nเมื่อได้รับแล้ว อีเมลของระบบใช้งานได้\n",
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("office.mail_failed error=%s", type(error).__name__)
        raise MailFailed(_reason(error, found)) from error
    _remember(office, found, by=by)
    return found


@transaction.atomic
def _remember(office: Unit, found: MailSettings, *, by: Actor) -> None:
    record(TESTED, office, by=by, place=found.place)


def last_test(office: Unit) -> AuditEntry | None:
    """Return the last time these very settings took a mail; None when they never did."""
    tests = AuditEntry.objects.filter(
        subject_type=office._meta.label_lower,
        subject_id=office.pk,
        action=TESTED,
        data__place=mail_settings().place,
    )
    return tests.order_by("-pk").first()


def _reason(error: Exception, found: MailSettings) -> str:
    """Say what the server refused, and which part of EMAIL_URL to look at."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "เครื่องส่งอีเมลไม่รับชื่อหรือรหัสผ่าน ตรวจ EMAIL_URL แล้วเริ่มระบบใหม่"
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPRecipientsRefused):
        return f"เครื่องส่งอีเมลไม่รับผู้ส่ง {found.sender} หรือผู้รับ ตรวจ DEFAULT_FROM_EMAIL"
    if isinstance(error, smtplib.SMTPException):
        return f"เครื่องส่งอีเมลปฏิเสธ ({type(error).__name__}) ตรวจ EMAIL_URL"
    return f"ติดต่อ {found.server}:{found.port} ไม่ได้ ตรวจชื่อเครื่อง พอร์ต และไฟร์วอลล์"
