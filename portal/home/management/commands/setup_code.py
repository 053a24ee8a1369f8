"""The code that opens the page of the office's first day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.urls import reverse

from portal.core.thaidates import short_time
from portal.home.services import current_setup_code, is_founded

NO_DATABASE = "ใช้ฐานข้อมูลยังไม่ได้ ตรวจ DATABASE_URL แล้วสั่ง manage.py migrate ก่อน"


def is_over() -> bool:
    """Answer whether the office was set up before; CommandError where no database can say so."""
    try:
        return is_founded()
    except DatabaseError as error:
        raise CommandError(NO_DATABASE) from error


class Command(BaseCommand):
    """Whoever may run this keeps the server, and so may found the office."""

    help = "แสดงรหัสติดตั้งสำหรับหน้าตั้งสำนักงานครั้งแรก"

    def handle(self, *args: Any, **options: Any) -> None:
        if is_over():
            self.stdout.write("ตั้งสำนักงานไว้แล้ว จึงไม่มีรหัสติดตั้ง")
            return
        code, until = current_setup_code()
        self.stdout.write(f"รหัสติดตั้ง {code} ใช้ได้ถึง {short_time(until)}")
        self.stdout.write(f"เปิด {settings.SITE_URL}{reverse('setup')}")
