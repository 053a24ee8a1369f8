"""The manual, what waits for a member, and the office's first day and its settings."""

from portal.home.services.checking import Step, checklist, helpers
from portal.home.services.founding import (
    AlreadyFounded,
    FirstDay,
    current_setup_code,
    found_office,
    is_current_code,
    is_founded,
)
from portal.home.services.mailing import MailFailed, MailSettings, mail_settings, send_test_mail
from portal.home.services.manual import PARTS, help_address, manual_pages, page_for, read_page
from portal.home.services.my_work import my_work

__all__ = [
    "PARTS",
    "AlreadyFounded",
    "FirstDay",
    "MailFailed",
    "MailSettings",
    "Step",
    "checklist",
    "current_setup_code",
    "found_office",
    "help_address",
    "helpers",
    "is_current_code",
    "is_founded",
    "mail_settings",
    "manual_pages",
    "my_work",
    "page_for",
    "read_page",
    "send_test_mail",
]
