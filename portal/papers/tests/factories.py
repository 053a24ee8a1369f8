"""Letters, stamps and PDF pages to test with, and eyes to look at a finished PDF."""

import dataclasses
import io
import re
from datetime import date
from functools import reduce
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image, ImageChops

from portal.core.thaitext import tidy
from portal.papers.domain import LetterPaper, paragraphs, signature_lines

MM_PER_POINT = 25.4 / 72
STAMP_INK = (0x2B, 0x3F, 0x9E)


# What to print -----------------------------------------------------------------------------------


def letter(**changes: Any) -> LetterPaper:
    """The circular about the readiness of schools, signed by a deputy for the director."""
    circular = LetterPaper(
        urgency="ด่วนมาก",
        number="ศธ 04999/ว 45",
        office="สำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต 2",
        address=["ถนนสาธิต อำเภอเมืองสาธิต", "จังหวัดสาธิตพัฒนา 99999"],
        date=date(2026, 1, 12),
        subject="การสำรวจความพร้อมก่อนเปิดภาคเรียน",
        addressee="ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน",
        references=["หนังสือสำนักงานฯ ที่ ศธ 04999/ว 12 ลงวันที่ 5 มกราคม 2569"],
        enclosures=["แบบสำรวจ จำนวน 1 ฉบับ"],
        body=paragraphs(
            "ตามหนังสือที่อ้างถึง สำนักงานได้แจ้งกำหนดการเปิดภาคเรียนแล้วนั้น\n"
            "เพื่อให้การเตรียมการเรียบร้อย ขอให้โรงเรียนกรอกแบบสำรวจผ่านระบบ"
            "ภายในวันที่ 23 มกราคม 2569 เวลา 16.30 น.\n"
            "จึงเรียนมาเพื่อดำเนินการ"
        ),
        signature=signature_lines(
            "นางสาวตัวอย่าง ทดสอบ",
            "รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
            acting="ปฏิบัติราชการแทน",
            principal="ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต 2",
        ),
        owner=["กลุ่มนโยบายและแผน", "โทร. ๐ ๗๔xx xxxx ต่อ 101"],
    )
    return dataclasses.replace(circular, **changes)


def stamp_data(**changes: Any) -> dict[str, Any]:
    return {
        "unit": "โรงเรียนบ้านต้นสน",
        "number": "612",
        "date": "19 พ.ย. 2569",
        "time": "09.42 น.",
        "thai_numerals": False,
    } | changes


def picture(kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 60), (90, 60, 20)).save(file, kind)
    return file.getvalue()


def pdf_page(content: bytes = b"", **entries: Any) -> bytes:
    """A PDF of one A4 page; entries such as Rotate=90 or CropBox=[…] go into the page."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595.28, 841.89))
        page.obj.Contents = pdf.make_stream(content)
        for name, value in entries.items():
            page.obj[f"/{name}"] = pikepdf.Array(value) if isinstance(value, list) else value
        return saved(pdf)


def signed_pdf(*, value: bool = True) -> bytes:
    """A page with a signature field, signed or still empty."""
    with pikepdf.open(io.BytesIO(pdf_page(b"0 0 10 10 re f"))) as pdf:
        field = pikepdf.Dictionary(T=pikepdf.String("signature"), Kids=pikepdf.Array())
        inner = pikepdf.Dictionary(FT=pikepdf.Name.Sig)
        if value:
            inner.V = pikepdf.Dictionary(Type=pikepdf.Name.Sig, Contents=b"\0" * 8)
        field.Kids.append(pdf.make_indirect(inner))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(field)]))
        return saved(pdf)


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    file = io.BytesIO()
    pdf.save(file, **options)
    return file.getvalue()


# Looking at a PDF --------------------------------------------------------------------------------


def page_count(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def text_lines(pdf: bytes, page: int = 0) -> list[str]:
    """The lines of the text layer, without spaces: readers guess those from the gaps."""
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()
    return [without_spaces(line) for line in text.splitlines() if line.strip()]


def without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", tidy(text))


def place_of(pdf: bytes, text: str, page: int = 0) -> tuple[float, float]:
    """Where the first letter of this text begins and stands, in mm from the top left corner."""
    sheet = pypdfium2.PdfDocument(pdf)[page]
    found = sheet.get_textpage().search(text).get_next()
    assert found, f"{text!r} is not on the page"
    left, bottom, _, _ = sheet.get_textpage().get_charbox(found[0])
    return left * MM_PER_POINT, (sheet.get_height() - bottom) * MM_PER_POINT


def ink_box(pdf: bytes) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the stamp's ink on the first page as it is seen, in mm."""
    scale = 3
    seen = pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil().convert("RGB")
    masks = [
        channel.point([255 if abs(tone - wanted) < 14 else 0 for tone in range(256)])
        for channel, wanted in zip(seen.split(), STAMP_INK, strict=True)
    ]
    box = reduce(ImageChops.multiply, masks).getbbox()
    assert box, "no stamp ink on the page"
    left, top, right, bottom = (edge * MM_PER_POINT / scale for edge in box)
    return left, top, right, bottom


def page_size(pdf: bytes) -> tuple[float, float]:
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    return width * MM_PER_POINT, height * MM_PER_POINT
