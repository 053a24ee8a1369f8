"""What a file really is, by its first bytes and never by its name."""

from __future__ import annotations

from enum import Enum

import puremagic

from portal.files.domain.kinds import (
    DOC,
    DOCX,
    JPEG,
    PNG,
    PPT,
    PPTX,
    XLS,
    XLSX,
    ZIP,
    FileKinds,
)  # fmt: skip
from portal.files.domain.problems import BadFile

HEAD_BYTES = 4096
PDF_MARK_WITHIN = 1024


class Family(Enum):
    """Groups of types that begin alike; the parse tells them apart."""

    PDF = "PDF"
    ZIP = "zip"
    OLE = "Office รุ่นเก่า"
    PNG = "รูปภาพ"
    JPEG = "รูปภาพ JPG"
    WEBP = "รูปภาพ WebP"
    HTML = "หน้าเว็บ (HTML)"
    OTHER = ""


_BY_ENDING = {
    ".docx": Family.ZIP,
    ".zip": Family.ZIP,
    ".doc": Family.OLE,
    ".png": Family.PNG,
    ".jpg": Family.JPEG,
    ".webp": Family.WEBP,
    ".html": Family.HTML,
}
_HTML_BEGINNINGS = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script")
SAVE_AS_PDF = "ใช้ PDF เท่านั้น วิธีทำ: แฟ้ม › บันทึกเป็น › PDF"
_INSTEAD_OF_PDF = {
    DOCX: f"ไฟล์นี้เป็น Word {SAVE_AS_PDF}",
    DOC: f"ไฟล์นี้เป็น Word {SAVE_AS_PDF}",
    XLSX: f"ไฟล์นี้เป็น Excel {SAVE_AS_PDF}",
    XLS: f"ไฟล์นี้เป็น Excel {SAVE_AS_PDF}",
    PPTX: f"ไฟล์นี้เป็น PowerPoint {SAVE_AS_PDF}",
    PPT: f"ไฟล์นี้เป็น PowerPoint {SAVE_AS_PDF}",
    PNG: "ไฟล์นี้เป็นรูปภาพ ใช้ PDF เท่านั้น วิธีทำ: เปิดรูป › พิมพ์ › บันทึกเป็น PDF",
    JPEG: "ไฟล์นี้เป็นรูปภาพ ใช้ PDF เท่านั้น วิธีทำ: เปิดรูป › พิมพ์ › บันทึกเป็น PDF",
    ZIP: "ไฟล์นี้เป็น zip ใช้ PDF เท่านั้น วิธีทำ: แตกไฟล์ zip ก่อน แล้วแนบไฟล์ PDF ที่อยู่ข้างใน",
}


def family_of(head: bytes) -> Family:
    """Return what the first bytes say; a PDF may have a little rubbish before its mark."""
    if b"%PDF-" in head[:PDF_MARK_WITHIN]:
        return Family.PDF
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML_BEGINNINGS):
        return Family.HTML
    for ending in endings_of(head):
        if ending in _BY_ENDING:
            return _BY_ENDING[ending]
    return Family.OTHER


def endings_of(head: bytes) -> list[str]:
    """Return the endings puremagic thinks of; none when it knows nothing."""
    try:
        return [match.extension for match in puremagic.magic_string(head)]
    except (puremagic.PureError, ValueError):
        return []


def unwanted(media_type: str, kinds: FileKinds) -> BadFile:
    """A good file, but not of the kind that is asked for here."""
    if kinds is FileKinds.PDF_ONLY and media_type in _INSTEAD_OF_PDF:
        return BadFile("wrong_kind", _INSTEAD_OF_PDF[media_type])
    return BadFile("wrong_kind", f"ไฟล์ชนิดนี้ใช้ที่นี่ไม่ได้ ใช้ {kinds.label} เท่านั้น")


def unknown(family: Family, ending: str, kinds: FileKinds) -> BadFile:
    """A file that is of no type the office takes, whatever its name says."""
    named = f" แม้ชื่อจะลงท้ายว่า .{ending}" if ending else ""
    if family is Family.HTML:
        return BadFile(
            "html",
            f"ไฟล์นี้เป็นหน้าเว็บ (HTML){named} มักเกิดจากดาวน์โหลดไม่สำเร็จ "
            f"วิธีทำ: ดาวน์โหลดต้นฉบับใหม่ เปิดดูให้อ่านได้ แล้วแนบ {kinds.label}",
        )
    what = f"ไฟล์นี้เป็น{family.value}{named}" if family.value else f"ไม่รู้จักชนิดของไฟล์นี้{named}"
    return BadFile("unknown_type", f"{what} ใช้ {kinds.label} เท่านั้น")
