"""The office's own garuda picture for its printed letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.management.commands.import_schools import find_office
from members.services import set_garuda
from portal.core.actors import SYSTEM
from portal.core.errors import DomainError


class Command(BaseCommand):
    """Letters typeset from now on carry the picture; those that were sent keep what they had."""

    help = "ใส่ภาพตราครุฑของสำนักงาน (PNG หรือ JPG) แทนวงกลมเส้นประบนหนังสือที่พิมพ์ในระบบ"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("picture", type=Path)
        parser.add_argument("--office", default="", help="รหัสหรือชื่อ เมื่อมีหลายสำนักงาน")

    def handle(self, *args: Any, picture: Path, office: str, **options: Any) -> None:
        try:
            found = find_office(office)
            set_garuda(found, SimpleUploadedFile(picture.name, picture.read_bytes()), by=SYSTEM)
        except OSError as error:
            raise CommandError(f"เปิดไฟล์ {picture} ไม่ได้ ตรวจชื่อไฟล์และสิทธิ์อ่าน") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found}: {picture.name}")
