"""Pure computing for the office's first day: the usual groups, and the code that opens the page."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

CODE_LETTERS = 12
SLOT_SECONDS = 30 * 60
LETTER_CODE = re.compile(r"([ก-ฮ]{1,4})\.? ?(\d{3,5}(?:\.\d{1,3})?)")


@dataclass(frozen=True)
class StandardGroup:
    """A group that an education service area office usually has; names change, so all are data."""

    key: str
    name: str
    short_name: str


# Ministerial notification of 2560 and later additions; the office ticks and renames its own.
STANDARD_GROUPS = (
    StandardGroup("adm", "กลุ่มอำนวยการ", "อำนวยการ"),
    StandardGroup("per", "กลุ่มบริหารงานบุคคล", "บริหารงานบุคคล"),
    StandardGroup("pln", "กลุ่มนโยบายและแผน", "นโยบายและแผน"),
    StandardGroup("pro", "กลุ่มส่งเสริมการจัดการศึกษา", "ส่งเสริมการจัดการศึกษา"),
    StandardGroup("sup", "กลุ่มนิเทศ ติดตามและประเมินผลการจัดการศึกษา", "นิเทศ ติดตามและประเมินผล"),
    StandardGroup("fin", "กลุ่มบริหารงานการเงินและสินทรัพย์", "การเงินและสินทรัพย์"),
    StandardGroup("ict", "กลุ่มส่งเสริมการศึกษาทางไกล เทคโนโลยีสารสนเทศและการสื่อสาร", "DLICT"),
    StandardGroup("dev", "กลุ่มพัฒนาครูและบุคลากรทางการศึกษา", "พัฒนาครูและบุคลากร"),
    StandardGroup("law", "กลุ่มกฎหมายและคดี", "กฎหมายและคดี"),
    StandardGroup("aud", "หน่วยตรวจสอบภายใน", "ตรวจสอบภายใน"),
)


def slot_of(seconds: float) -> int:
    """Return the half hour in which a moment lies."""
    return int(seconds // SLOT_SECONDS)


def setup_code(secret: bytes, slot: int) -> str:
    """Return the code of a half hour: twelve letters (60 bits) that only the key's holder makes."""
    digest = hmac.new(secret, f"portal.setup:{slot}".encode(), sha256).digest()
    letters = base64.b32encode(digest).decode()[:CODE_LETTERS]
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LETTERS, 4))


def is_setup_code(typed: str, secret: bytes, slot: int) -> bool:
    """Answer whether it is the code of this half hour or of the one before, however it is typed.

    The letters hold no 0, 1 and 8, so whoever reads them for O, I and B is understood.
    """
    told = re.sub(r"[^A-Z0-9]", "", typed.upper()).translate(str.maketrans("018", "OIB"))
    known = (setup_code(secret, one).replace("-", "") for one in (slot, slot - 1))
    return any(hmac.compare_digest(told, code) for code in known)


def tidy_letter_code(text: str) -> str:
    """Return a letter code as it stands on letters, “ศธ 04999”; an empty text when it is none.

    Two consonants of the ministry and the owner's digits (clause 43 and annex 1), with a dot and
    up to three digits more where a part of the office has a code of its own.
    """
    found = LETTER_CODE.fullmatch(" ".join(text.split()))
    return f"{found[1]} {found[2]}" if found else ""
