"""The office's own garuda picture for its printed letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.models import Unit, UnitKind
from portal.audit.services import record
from portal.core.actors import SYSTEM
from portal.core.errors import DomainError
from portal.files.services import PICTURES, attach, detach, files_of, store_upload

GARUDA = "garuda"


class Command(BaseCommand):
    """Letters typeset from now on carry the picture; those that were sent keep what they had."""

    help = "ใส่ภาพตราครุฑของสำนักงาน (PNG หรือ JPG) แทนวงกลมเส้นประบนหนังสือที่พิมพ์ในระบบ"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("picture", type=Path)
        parser.add_argument("--office", default="", help="ชื่อหรือรหัส 8 หลัก เมื่อมีหลายสำนักงาน")

    def handle(self, *args: Any, picture: Path, office: str, **options: Any) -> None:
        offices = Unit.objects.filter(kind=UnitKind.OFFICE)
        named = offices.filter(code8=office) | offices.filter(name=office) if office else offices
        if len(named) != 1:
            raise CommandError("Name exactly one office by --office.")
        try:
            upload = SimpleUploadedFile(picture.name, picture.read_bytes())
            stored = store_upload(upload, by=SYSTEM, kinds=PICTURES)
        except (OSError, DomainError) as error:
            raise CommandError(str(error)) from error
        for earlier in files_of(named[0], GARUDA):
            detach(earlier, by=SYSTEM)
        attach(stored, named[0], role=GARUDA, name=picture.name, by=SYSTEM)
        record("unit.garuda_set", named[0], by=SYSTEM, sha256=stored.sha256)
        self.stdout.write(f"{named[0]}: {picture.name}")
