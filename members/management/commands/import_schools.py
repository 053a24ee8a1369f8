"""Bring a list of schools into an office."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from members.imports import read_schools
from members.models import Unit
from members.services import ImportReport, import_schools
from portal.core.actors import SYSTEM
from portal.core.errors import DomainError

STEP = 5


class Command(BaseCommand):
    help = "นำเข้ารายชื่อโรงเรียนจากไฟล์ .csv หรือ .csv.gz ทำซ้ำได้โดยไม่เกิดโรงเรียนซ้ำ"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--office", default="", help="รหัสหรือชื่อสำนักงาน")
        parser.add_argument("--dry-run", action="store_true", help="ตรวจและนับ แต่ไม่บันทึก")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            office = find_office(options["office"])
            found = read_schools(options["file"])
            report = import_schools(
                found.rows,
                office=office,
                by=SYSTEM,
                source=options["file"].name,
                progress=self.show_progress,
                dry_run=options["dry_run"],
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        bad = sorted(found.bad + report.bad)
        for line, reason in bad:
            self.stderr.write(f"บรรทัด {line}: {reason}")
        self.stdout.write(summary(office, report, bad=len(bad), dry_run=options["dry_run"]))

    def show_progress(self, done: int, total: int) -> None:
        """Write each new step of five per cent on a line of its own, so that logs keep it, too."""
        percent = 100 * done // total if total else 100
        if percent // STEP > getattr(self, "_shown", 0) // STEP:
            self._shown = percent
            self.stdout.write(f"{percent}% · {done:,}/{total:,}")


def find_office(text: str) -> Unit:
    """Return the office of that code or name; without any, the only one there is."""
    offices = Unit.objects.offices()
    if text:
        offices = offices.filter(
            Q(letter_code=text) | Q(code8=text) | Q(code10=text) | Q(name=text) | Q(short_name=text)
        )
    found = list(offices[:2])
    if len(found) == 1:
        return found[0]
    known = ", ".join(Unit.objects.offices().values_list("name", flat=True)[:10]) or "ยังไม่มี"
    if text:
        raise DomainError(f"ไม่พบสำนักงาน “{text}” ที่ตรงเพียงแห่งเดียว · ที่มีอยู่: {known}")
    raise DomainError(f"บอกสำนักงานด้วย --office · ที่มีอยู่: {known}")


def summary(office: Unit, report: ImportReport, *, bad: int, dry_run: bool) -> str:
    """Return the last line of a run, in the office's words."""
    done = "ตรวจแล้ว ยังไม่ได้บันทึก" if dry_run else "นำเข้าแล้ว"
    return (
        f"{office.name}: {done} · โรงเรียนใหม่ {report.added:,} · แก้ไข {report.changed:,} "
        f"· เหมือนเดิม {report.unchanged:,} · บรรทัดที่ใช้ไม่ได้ {bad:,} "
        f"· อำเภอใหม่ {report.districts_added:,} · เครือข่ายใหม่ {report.clusters_added:,}"
    )
