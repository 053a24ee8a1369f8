"""Check every register against itself and the history; exit 1 on doubt."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents.models import RegisterBook
from documents.services.verifying import Checked, Doubt, verify_books, verify_history


class Command(BaseCommand):
    """Print each doubt in a plain line; exit 1 when there is one, 0 when the registers are clean.

    Run it every night and after every restore.
    """

    help = "ตรวจทะเบียนทุกเล่ม: เลขครบ ไม่ซ้ำ วันที่เรียง ทุกบรรทัดตรงกับประวัติ"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", type=int, help="only the registers of the unit with this id")
        parser.add_argument("--year", type=int, help="only this Buddhist year, such as 2569")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {"unit": options["unit"], "be_year": options["year"]}
        given = {name: value for name, value in wanted.items() if value is not None}
        books = RegisterBook.objects.filter(**given)
        if given and not books.exists():
            raise CommandError("There is no such register.")
        checked = []
        for one in verify_books(books):
            checked.append(one)
            if not options["json"]:
                self.say(one)
        lost = verify_history(books)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(checked, lost), ensure_ascii=False))
        else:
            self.sum_up(checked, lost)
        if lost or any(one.doubts for one in checked):
            sys.exit(1)

    def sum_up(self, checked: list[Checked], lost: list[Doubt]) -> None:
        for doubt in lost:
            self.stdout.write(str(doubt))
        doubts = sum(len(one.doubts) for one in checked) + len(lost)
        lines = sum(one.count for one in checked)
        self.stdout.write(f"{len(checked):,} books, {lines:,} lines, {doubts:,} doubts")

    def say(self, checked: Checked) -> None:
        for doubt in checked.doubts:
            self.stdout.write(f"{checked.book} (book {checked.book.pk}) · {doubt}")


def as_json(checked: list[Checked], lost: list[Doubt]) -> dict[str, Any]:
    """Return what was found, for another program."""
    return {
        "books": [book_as_json(one) for one in checked],
        "lost": [str(doubt) for doubt in lost],
        "lines": sum(one.count for one in checked),
        "doubts": sum(len(one.doubts) for one in checked) + len(lost),
    }


def book_as_json(checked: Checked) -> dict[str, Any]:
    """Return what was found of one book."""
    book = checked.book
    return {
        "book": book.pk,
        "unit": book.unit_id,
        "series": book.series,
        "year": book.be_year,
        "first": checked.first,
        "last": checked.last,
        "count": checked.count,
        "void": checked.voids,
        "reserved": checked.reserved,
        "corrections": checked.corrections,
        "sha256": checked.sha256,
        "doubts": [{"number": doubt.number, "text": doubt.text} for doubt in checked.doubts],
    }
