"""Memo (form 2), order (form 4) and announcement (form 7)."""

import io
from typing import cast

import pikepdf
import pypdfium2
import pytest

from portal.papers.domain import paragraphs, signature_lines
from portal.papers.services import typeset
from portal.papers.tests.factories import (
    letter,
    page_count,
    picture,
    place_of,
    text_lines,
    without_spaces,
)

MEMO = """
ตรา ด่วนมาก บันทึกข้อความ
ส่วนราชการ กลุ่มนโยบายและแผน สำนักงานเขตพื้นที่การศึกษาสาธิตพัฒนา โทร. ๐ ๗๔๖๑ ๑๒๓๔
ที่ ๑๒/๒๕๖๙ วันที่ ๑๒ มกราคม ๒๕๖๙
เรื่อง การสำรวจความพร้อมก่อนเปิดภาคเรียน
เรียน ผู้อำนวยการกลุ่มบริหารงานบุคคล
ด้วยใกล้ถึงวันเปิดภาคเรียน
จึงเรียนมาเพื่อดำเนินการ
(นางสาวตัวอย่าง ทดสอบ)
รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา
"""
ORDER = """
ตราหน่วยงาน
คำสั่งสำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต ๒
ที่ ๑๕/๒๕๖๙
เรื่อง แต่งตั้งคณะกรรมการ
ด้วยจะจัดการแข่งขันทักษะวิชาการ
๑. นายตัวอย่าง ทดสอบ ประธานกรรมการ
ทั้งนี้ ตั้งแต่บัดนี้เป็นต้นไป
สั่ง ณ วันที่ ๑๒ มกราคม พ.ศ. ๒๕๖๙
(นางสาวตัวอย่าง ทดสอบ)
รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา
"""


def plain_letter(**changes):
    """A letter without references and enclosures, signed by one person for themselves."""
    signature = signature_lines("นางสาวตัวอย่าง ทดสอบ", "รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา")
    return letter(references=[], enclosures=[], signature=signature, **changes)


def memo(**changes):
    office = "กลุ่มนโยบายและแผน สำนักงานเขตพื้นที่การศึกษาสาธิตพัฒนา โทร. 0 7461 1234"
    given = {
        "office": office,
        "number": "12/2569",
        "addressee": "ผู้อำนวยการกลุ่มบริหารงานบุคคล",
        "body": [point("ด้วยใกล้ถึงวันเปิดภาคเรียน"), point("จึงเรียนมาเพื่อดำเนินการ")],
    }
    return typeset("memo", plain_letter(**given | changes).data())


def decree(template, **changes):
    given = {
        "number": "15/2569",
        "subject": "แต่งตั้งคณะกรรมการ",
        "body": paragraphs(
            "ด้วยจะจัดการแข่งขันทักษะวิชาการ\n1. นายตัวอย่าง ทดสอบ ประธานกรรมการ\nทั้งนี้ ตั้งแต่บัดนี้เป็นต้นไป"
        ),
    }
    return typeset(template, plain_letter(**given | changes).data())


def golden(text):
    return [without_spaces(line) for line in text.strip().splitlines()]


def test_a_memo_reads_as_form_2_and_has_neither_closing_words_nor_owner():
    pdf = memo()

    assert page_count(pdf) == 1
    assert text_lines(pdf) == golden(MEMO)


def test_a_memos_garuda_is_small_and_stands_at_the_left_margin():
    pdf = typeset("memo", plain_letter().data(), images={"garuda": picture()})

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages[0].Resources.XObject) == 1
    assert ink_edges(pdf, (90, 60, 20)) == pytest.approx((30, 15, 45, 30), abs=0.6)


def test_the_heads_of_a_memo_are_larger_than_its_text():
    pdf = memo()

    assert glyph_height(pdf, "บันทึก") / glyph_height(pdf, "จึงเรียน") == pytest.approx(
        29 / 16, rel=0.12
    )
    assert glyph_height(pdf, "วันที่") / glyph_height(pdf, "จึงเรียน") == pytest.approx(
        20 / 16, rel=0.12
    )


def test_an_order_reads_as_form_4():
    pdf = decree("order")

    assert text_lines(pdf) == golden(ORDER)
    assert place_of(pdf, "สั่ง ณ")[0] == pytest.approx(80, abs=0.6)  # 5 cm from the margin


def test_an_announcement_reads_as_form_7_and_prints_no_number():
    lines = text_lines(decree("announcement"))

    assert lines[1:3] == golden(
        "ประกาศสำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต 2\nเรื่อง แต่งตั้งคณะกรรมการ".replace("2", "๒")
    )
    assert without_spaces("ประกาศ ณ วันที่ ๑๒ มกราคม พ.ศ. ๒๕๖๙") in lines
    assert not any(line.startswith("ที่") for line in lines)


@pytest.mark.parametrize("template", ["memo", "order", "announcement"])
def test_without_number_and_date_these_are_still_papers(template):
    pdf = typeset(template, {"office": "โรงเรียนบ้านนาวง"})

    assert page_count(pdf) == 1
    assert without_spaces("โรงเรียนบ้านนาวง") in "".join(text_lines(pdf))


def ink_edges(pdf: bytes, colour: tuple[int, int, int]) -> tuple[float, ...]:
    """Left, top, right, bottom of what is drawn in this colour on the first page, in mm."""
    scale = 3
    seen = pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil().convert("RGB")
    points = [
        (x, y)
        for x in range(0, seen.width, 2)
        for y in range(0, seen.height // 4, 2)
        if all(
            abs(a - b) < 14
            for a, b in zip(cast("tuple[int, ...]", seen.getpixel((x, y))), colour, strict=True)
        )
    ]
    xs, ys = zip(*points, strict=True)
    return tuple(edge * 25.4 / 72 / scale for edge in (min(xs), min(ys), max(xs), max(ys)))


def glyph_height(pdf: bytes, text: str) -> float:
    """The height of the first letter of a text."""
    sheet = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    start, _ = sheet.search(text).get_next()
    _, bottom, _, top = sheet.get_charbox(start)
    return top - bottom


def point(text: str) -> dict[str, str]:
    return {"text": " ".join(text.split()), "number": ""}
