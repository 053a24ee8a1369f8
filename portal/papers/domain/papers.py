"""The papers and the shape of their data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from portal.core.thaidates import short_date, short_time
from portal.papers.domain.notes import NOTE_FIELDS
from portal.papers.domain.registers import CLOSING_FIELDS, SLIP_FIELDS, TABLE_FIELDS


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """One paragraph of a letter's body; `number` ("1.", "1.2", "(1)") makes it a numbered point."""

    text: str
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterPaper:
    """A letter as it is printed: external (also circular), sealed, memo, order or announcement.

    Digits are Arabic here; the paper prints Thai ones while `thai_numerals` is set. A line feed in
    any text starts a new line. `number` is the whole of it ("ศธ 04999/ว 45"), so a circular is
    known by its ว. While a letter has no number or date yet, their places stay empty.

    office       the issuing agency; on a sealed letter it stands below the text, on a memo it is
                 the whole line ส่วนราชการ with the telephone
    address      lines under the office's name (external only)
    addressee    after the salutation, or after ถึง on a sealed letter
    body         paragraphs; `paragraphs(text)` makes them from typed text
    signature    lines below the place to sign; `signature_lines(...)` makes them
    owner        bottom left: the owner group, then "โทร. …", e-mail (not on memo and decrees)
    recipients   when given, a page "รายชื่อแนบท้าย" with these names follows
    """

    office: str
    number: str = ""
    date: date | None = None
    subject: str = ""
    addressee: str = ""
    body: Sequence[Paragraph] = ()
    address: Sequence[str] = ()
    salutation: str = "เรียน"
    closing: str = "ขอแสดงความนับถือ"
    references: Sequence[str] = ()
    enclosures: Sequence[str] = ()
    signature: Sequence[str] = ()
    owner: Sequence[str] = ()
    copies: Sequence[str] = ()
    recipients: Sequence[str] = ()
    urgency: str = ""
    secrecy: str = ""
    thai_numerals: bool = True

    def data(self) -> dict[str, Any]:
        """The same as plain data for `typeset`."""
        return asdict(self) | {"date": self.date or ""}


@dataclass(frozen=True, kw_only=True)
class StampPaper:
    """The receipt stamp (ตรารับหนังสือ): who received, under which number, when."""

    unit: str
    number: str
    received_at: datetime
    thai_numerals: bool = False

    def data(self) -> dict[str, Any]:
        """The same as plain data for `typeset` and `receipt_copy`, with Bangkok's date and time."""
        return {
            "unit": self.unit,
            "number": self.number,
            "date": short_date(self.received_at),
            "time": short_time(self.received_at),
            "received_at": self.received_at,
            "thai_numerals": self.thai_numerals,
        }


LETTER_FIELDS = frozenset(field.name for field in fields(LetterPaper))
STAMP_FIELDS = frozenset({"unit", "number", "date", "time", "received_at", "thai_numerals"})
TEMPLATES: Mapping[str, frozenset[str]] = {
    "letter_external": LETTER_FIELDS,
    "letter_sealed": LETTER_FIELDS,
    "memo": LETTER_FIELDS,
    "order": LETTER_FIELDS,
    "announcement": LETTER_FIELDS,
    "stamp": STAMP_FIELDS,
    "one_page_note": NOTE_FIELDS,
    "register": TABLE_FIELDS,
    "receipt_slip": SLIP_FIELDS,
    "register_closing": CLOSING_FIELDS,
    "cover_sheet": STAMP_FIELDS | {"file_name", "sha256", "pages"},
}


def signature_lines(
    name: str, position: str, *, acting: str = "", principal: str = ""
) -> tuple[str, ...]:
    """The lines below the signature: the name in brackets, the position, whom the signer acts for.

    acting     the phrase, such as "ปฏิบัติราชการแทน" or "รักษาราชการแทน"
    principal  the position that the signer acts for; it stands on a line of its own
    """
    own = f"{position} {acting}".strip()
    return tuple(line for line in (f"({name})", own, principal) if line)


POINT = re.compile(r"(?P<number>(?:[0-9๐-๙]{1,2}\.)+[0-9๐-๙]{0,2}|\([0-9๐-๙]{1,2}\))[ \t]+(?=\S)")


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Each typed line is a paragraph; one that begins with "1.", "1.2" or "(1)" is a point."""
    return tuple(_paragraph(line.strip()) for line in text.splitlines() if line.strip())


def _paragraph(line: str) -> Paragraph:
    point = POINT.match(line)
    if point is None:
        return Paragraph(text=line)
    return Paragraph(text=line[point.end() :], number=point["number"])
