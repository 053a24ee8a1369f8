"""Open a PDF in earnest: can everybody read it, is it whole, what is inside?"""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf

from portal.files.domain.facts import Facts
from portal.files.domain.kinds import PDF
from portal.files.domain.problems import BadFile

MAX_PAGES = 500
MAX_OBJECTS = 300_000
TAIL_BYTES = 2048
A4 = [595.28, 841.89]
MAX_PARENTS = 50
ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|ImportData|RichMedia|XFA)\b")
SIGNATURE = re.compile(rb"/ByteRange\b")


def inspect_pdf(path: Path) -> Facts:
    """Return pages, signature and active content of a whole, open PDF; raise BadFile otherwise."""
    try:
        with pikepdf.open(path) as pdf:
            return _facts(pdf, path)
    except pikepdf.PasswordError as error:
        raise BadFile(
            "encrypted",
            "PDF นี้มีรหัสผ่าน โรงเรียนจะเปิดอ่านไม่ได้ วิธีทำ: เปิดด้วยรหัสผ่าน › พิมพ์ › บันทึกเป็น PDF แล้วแนบไฟล์ใหม่",
        ) from error
    except (pikepdf.PikepdfError, RuntimeError, ValueError, TypeError) as error:
        raise _damaged(path) from error


def _facts(pdf: pikepdf.Pdf, path: Path) -> Facts:
    _refuse_page_count(len(pdf.pages))
    if _was_repaired(pdf) and not (_has_end(path) and all(map(_is_whole, pdf.pages))):
        raise _damaged(path)
    if len(pdf.objects) > MAX_OBJECTS:
        raise BadFile(
            "too_complex",
            "PDF นี้ซับซ้อนผิดปกติ เปิดอ่านไม่ได้ในหลายเครื่อง วิธีทำ: เปิดไฟล์ › พิมพ์ › บันทึกเป็น PDF แล้วแนบไฟล์ใหม่",
        )
    is_signed, has_active_content = _marks(pdf)
    return Facts(
        PDF,
        pages=[page_size(page) for page in pdf.pages],
        is_signed=is_signed,
        has_active_content=has_active_content,
    )


def _was_repaired(pdf: pikepdf.Pdf) -> bool:
    """Answer whether the table of contents had to be made anew; small sins do not count."""
    return any("reconstruct" in str(warning) for warning in pdf.get_warnings())


def _is_whole(page: pikepdf.Page) -> bool:
    """Answer whether the page still has all it draws; nothing is unpacked.

    What a repair could not find is gone without a trace, so an empty page counts as broken.
    """
    if "/Contents" not in page.obj:
        return False
    contents = page.obj["/Contents"]
    parts = contents.as_list() if isinstance(contents, pikepdf.Array) else [contents]
    return all(isinstance(part, pikepdf.Stream) and part.read_raw_bytes() for part in parts)


def _refuse_page_count(count: int) -> None:
    if count == 0:
        raise BadFile("no_pages", "PDF นี้ไม่มีหน้าอยู่เลย เปิดดูไฟล์ในเครื่องก่อน แล้วบันทึกและแนบใหม่")
    if count > MAX_PAGES:
        raise BadFile(
            "too_many_pages",
            f"PDF นี้มี {count:,} หน้า รับได้ไม่เกิน {MAX_PAGES} หน้า "
            "วิธีทำ: แบ่งเป็นหลายไฟล์ แล้วแนบเป็นสิ่งที่ส่งมาด้วย",
        )


def _has_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return b"%%EOF" in file.read()


def _damaged(path: Path) -> BadFile:
    """Say whether the end is missing (a broken download) or the inside is broken."""
    if _has_end(path):
        return BadFile(
            "damaged",
            "PDF นี้เสีย เปิดอ่านไม่ได้ครบ วิธีทำ: กลับไปที่ไฟล์ต้นฉบับ › บันทึกเป็น › PDF อีกครั้ง แล้วแนบไฟล์ใหม่",
        )
    return BadFile(
        "truncated",
        "PDF นี้มาไม่ครบ ส่วนท้ายหายไป มักเกิดจากดาวน์โหลดหรือคัดลอกไม่เสร็จ "
        "วิธีทำ: ดาวน์โหลดหรือคัดลอกใหม่ เปิดดูให้ครบทุกหน้า แล้วแนบอีกครั้ง",
    )


def _marks(pdf: pikepdf.Pdf) -> tuple[bool, bool]:
    """Look for a signature and for scripts in every object, also those no page refers to."""
    is_signed = has_active_content = False
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Object):
            continue
        plain = thing.stream_dict if isinstance(thing, pikepdf.Stream) else thing
        text = plain.unparse(resolved=True)
        is_signed = is_signed or SIGNATURE.search(text) is not None
        has_active_content = has_active_content or ACTIVE.search(text) is not None
    return is_signed, has_active_content


def page_size(page: pikepdf.Page) -> list[float]:
    """Return width and height in points as the reader sees the page: cropped, turned, scaled."""
    try:
        media, crop = _box(page.mediabox), _box(page.cropbox)
        unit = float(page.obj.get("/UserUnit", 1))
    except (pikepdf.PikepdfError, AttributeError, TypeError, ValueError):
        return list(A4)
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    width, height = (min(media[2], crop[2]) - left) * unit, (min(media[3], crop[3]) - bottom) * unit
    if width < 1 or height < 1:
        return list(A4)
    if _turn(page) % 180:
        width, height = height, width
    return [round(width, 2), round(height, 2)]


def _box(box: pikepdf.Object) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top; a box may be written from any two corners."""
    x1, y1, x2, y2 = (float(edge) for edge in box.as_list())
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _turn(page: pikepdf.Page) -> int:
    """Return the page's rotation, which it may have from its parents."""
    node: pikepdf.Object = page.obj
    for _ in range(MAX_PARENTS):
        if "/Rotate" in node:
            return int(node["/Rotate"])
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return 0
