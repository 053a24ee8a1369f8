"""Read a list of schools from a file that somebody else made."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from members.domain import CODE_LENGTHS, bare_district, wrong_code
from members.models import Unit
from members.services import SchoolRow
from portal.core.errors import DomainError
from portal.core.thaidates import arabic_digits
from portal.core.thaitext import one_line

REQUIRED = ("name", "subdistrict", "district", "province", "levels")
FLAGS = ("is_private", "by_temple", "is_remote")
OPTIONAL = ("code8", "code10", "pupils", "cluster", "phone", "email", *FLAGS)
LABELS = {
    "name": "ชื่อโรงเรียน",
    "subdistrict": "ตำบล",
    "district": "อำเภอ",
    "province": "จังหวัด",
    "levels": "ระดับชั้น",
    "code8": "รหัส 8 หลัก",
    "code10": "รหัส 10 หลัก",
    "pupils": "จำนวนนักเรียน",
    "cluster": "กลุ่มเครือข่าย",
    "phone": "โทรศัพท์",
    "email": "อีเมล",
    "is_private": "โรงเรียนเอกชน",
    "by_temple": "โรงเรียนวัด",
    "is_remote": "เกาะหรือห่างไกล",
}
SAID = {"1": True, "true": True, "yes": True, "ใช่": True} | {
    "0": False,
    "false": False,
    "no": False,
    "ไม่ใช่": False,
}
# Districts and clusters are units themselves; their short names are the tighter ones.
STORED_IN = {"district": "short_name", "cluster": "name"}
# What programs write when they mean nothing at all.
NOTHING = {"-", "–", "undefined", "null", "none", "n/a"}
LENGTHS = {
    name: Unit._meta.get_field(STORED_IN.get(name, name)).max_length or 0  # type: ignore[union-attr]  # columns
    for name in REQUIRED + OPTIONAL
    if name not in ("pupils", *FLAGS)
}
MOST_PUPILS = 100_000
MAX_BYTES = 200 * 1024 * 1024


@dataclass
class SchoolFile:
    """The rows of a file that can be imported, and the lines that cannot with the reason."""

    rows: list[SchoolRow] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)


class BadRow(ValueError):
    """A row that cannot be imported; the text is the reason in Thai."""


def read_schools(path: Path) -> SchoolFile:
    """Return the schools in a .csv or .csv.gz file; DomainError when it is no such list.

    The first line names the columns. UTF-8 with or without a mark at its beginning, and the old
    Thai code page of Windows (cp874).
    """
    try:
        with path.open("rb") as opened:
            return read_list(opened, name=str(path))
    except OSError as error:
        raise DomainError(_unreadable(str(path))) from error


def read_list(opened: IO[bytes], *, name: str, most: int = MAX_BYTES) -> SchoolFile:
    """Return the schools in an open file, such as one that was sent to a page."""
    found = SchoolFile()
    for line, cells in _lines(_text(opened, name, most)):
        try:
            found.rows.append(_row(line, cells))
        except BadRow as problem:
            found.bad.append((line, str(problem)))
    return found


def _unreadable(name: str) -> str:
    return f"เปิดไฟล์ {name} ไม่ได้ ตรวจชื่อไฟล์และลองบันทึกใหม่"


def _text(opened: IO[bytes], name: str, most: int) -> str:
    try:
        is_packed = opened.read(2) == b"\x1f\x8b"
        opened.seek(0)
        source = gzip.GzipFile(fileobj=opened) if is_packed else opened
        data = source.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DomainError(_unreadable(name)) from error
    if len(data) > most:
        raise DomainError(f"ไฟล์ {name} ใหญ่เกินไป")
    for encoding in ("utf-8-sig", "cp874"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DomainError(f"ไฟล์ {name} ไม่ใช่ตัวอักษรไทยแบบ UTF-8 หรือ cp874")


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line on which each row begins, and its cells by column."""
    # NUL and the like never belong to a name; the csv module would stop at them.
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""))
    columns: list[str] = []
    begins = 1
    try:
        for cells in reader:
            if not columns:
                columns = _columns(cells)
            elif any(cell.strip() for cell in cells):
                cells += [""] * (len(columns) - len(cells))
                extra = {"": " ".join(cells[len(columns) :]).strip()}
                yield begins, dict(zip(columns, cells, strict=False)) | extra
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DomainError(f"อ่านไฟล์ต่อไม่ได้ตั้งแต่บรรทัด {begins}") from error
    if not columns:
        raise DomainError("ไฟล์นี้ว่าง")


def _columns(cells: list[str]) -> list[str]:
    columns = [one_line(cell).lower() for cell in cells]
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise DomainError(
            f"บรรทัดแรกต้องเป็นชื่อคอลัมน์ ขาด {', '.join(missing)} "
            f"(คอลัมน์ที่ใช้ได้: {', '.join(REQUIRED + OPTIONAL)})"
        )
    return columns


def _row(line: int, cells: dict[str, str]) -> SchoolRow:
    if cells[""]:
        raise BadRow("มีช่องเกินจากบรรทัดแรก")
    texts = {name: _value(cells.get(name, "")) for name in REQUIRED + OPTIONAL}
    texts["district"] = bare_district(texts["district"])
    texts["province"] = texts["province"].removeprefix("จังหวัด").removeprefix("จ.").strip()
    texts["subdistrict"] = texts["subdistrict"].removeprefix("ตำบล").removeprefix("ต.").strip()
    for name in ("name", "district", "province"):
        if not texts[name]:
            raise BadRow(f"ไม่มี{LABELS[name]}")
    for name in CODE_LENGTHS:
        texts[name] = _code(name, texts[name])
    flags = {name: _flag(name, texts.pop(name)) for name in FLAGS}
    texts["email"] = _email(texts["email"])
    pupils = _pupils(texts.pop("pupils"))
    _check_lengths(texts)
    return SchoolRow(
        line=line,
        pupils=pupils,
        is_private=flags["is_private"],
        by_temple=flags["by_temple"],
        is_remote=flags["is_remote"],
        **texts,
    )


def _value(cell: str) -> str:
    text = one_line(cell)
    return "" if text.lower() in NOTHING else text


def _code(name: str, text: str) -> str:
    code = arabic_digits(text).replace(" ", "")
    if problem := wrong_code(name, code):
        raise BadRow(problem)
    return code


def _flag(name: str, text: str) -> bool | None:
    if not text:
        return None
    said = SAID.get(arabic_digits(text).lower())
    if said is None:
        raise BadRow(f"{LABELS[name]}ต้องเป็น ใช่ หรือ ไม่ใช่ แต่เป็น “{text}”")
    return said


def _pupils(text: str) -> int | None:
    digits = arabic_digits(text).replace(",", "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()) or int(digits[:9]) > MOST_PUPILS:
        raise BadRow(f"{LABELS['pupils']}ต้องเป็นตัวเลข แต่เป็น “{text}”")
    return int(digits)


def _email(text: str) -> str:
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadRow(f"อีเมล “{text}” ไม่ถูกต้อง") from error
    return text.lower()


def _check_lengths(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        most = LENGTHS[name]
        if len(text) > most:
            raise BadRow(f"{LABELS[name]}ยาวเกิน {most} ตัวอักษร")
