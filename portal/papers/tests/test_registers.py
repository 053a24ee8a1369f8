"""Registers on paper: the text and the picture of each form, and books of many pages."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from datetime import date
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from portal.papers.domain import (
    ClosedBook,
    ClosingPaper,
    SlipPaper,
    TableCell,
    TableColumn,
    TablePaper,
    TableRow,
)
from portal.papers.services import typeset, typeset_parts
from portal.papers.tests.factories import page_count, page_size, text_lines, without_spaces

GOLDEN = Path(__file__).with_name("golden")
LETTER_COLUMNS = (
    ("เลขทะเบียนรับ", 22),
    ("ที่", 32),
    ("ลงวันที่", 25),
    ("จาก", 39),
    ("ถึง", 41),
    ("เรื่อง", 55),
    ("การปฏิบัติ", 30),
    ("หมายเหตุ", 23),
)
DELIVERY_COLUMNS = (
    ("เลขทะเบียน", 24),
    ("จาก", 45),
    ("ถึง", 48),
    ("หน่วยรับ", 48),
    ("ผู้รับ", 40),
    ("วันและเวลา", 32),
    ("หมายเหตุ", 30),
)


def row(number, *texts, was="", note="", is_void=False):
    cells = [TableCell(text=str(number), notes=["12 ม.ค. 2569", "09.42 น."])]
    cells += [TableCell(text=text) for text in texts]
    if was:
        cells[5] = dataclasses.replace(cells[5], was=[was])
    if note:
        cells[-1] = dataclasses.replace(cells[-1], notes=[note])
    return TableRow(cells=cells, is_void=is_void)


def columns(named):
    return [TableColumn(label=label, width=width) for label, width in named]


def receive_register():
    office = "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต 2"
    plain = ("โรงเรียนบ้านต้นสน", office, "ขอส่งรายงานอาหารกลางวัน", "มอบกลุ่มนโยบายและแผน", "")
    return TablePaper(
        form="แบบที่ 13",
        title="ทะเบียนหนังสือรับ",
        unit=office,
        lines=["ปี 2569 · เลข 1 ถึง 3"],
        columns=columns(LETTER_COLUMNS),
        rows=[
            row(1, "ศธ 04999.109/206", "9 ม.ค. 2569", *plain),
            row(
                2,
                "ศธ 04999.110/7",
                "9 ม.ค. 2569",
                "โรงเรียนวัดป่าเรไร",
                office,
                "ขออนุญาตไปราชการ",
                "",
                "",
                was="ขออนุญาตไปราชการณ์",
                note="แก้เรื่อง: สะกดผิด (นางสาวตัวอย่าง ทดสอบ 12 ม.ค. 2569)",
            ),
            row(
                3,
                "ศธ 04999.111/1",
                "10 ม.ค. 2569",
                *plain,
                note="ยกเลิก: ลงรับซ้ำกับเลข 1 (12 ม.ค. 2569)",
                is_void=True,
            ),
        ],
        made="พิมพ์เมื่อ 12 ม.ค. 2569 16.30 น. โดย นางสาวตัวอย่าง ทดสอบ",
        date=date(2026, 1, 12),
    )


def send_register():
    office = "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต 2"
    to_all = "ผู้อำนวยการโรงเรียนในสังกัด และอีก 130 แห่ง"
    return dataclasses.replace(
        receive_register(),
        form="แบบที่ 14",
        title="ทะเบียนหนังสือส่ง",
        lines=["ปี 2569 · เลข 44 ถึง 46"],
        columns=columns((("เลขทะเบียนส่ง", 22), *LETTER_COLUMNS[1:])),
        rows=[
            row(
                44,
                "ศธ 04999/44",
                "12 ม.ค. 2569",
                "กลุ่มนโยบายและแผน",
                to_all,
                "การสำรวจความพร้อมก่อนเปิดภาคเรียน",
                "",
                "",
                was="การสำรวจความพร้อมก่อนเปิดภาคเรียนน",
                note="แก้เรื่อง: สะกดผิด (นางสาวตัวอย่าง ทดสอบ 12 ม.ค. 2569)",
            ),
            row(
                45,
                "ศธ 04999/45",
                "12 ม.ค. 2569",
                "กลุ่มอำนวยการ",
                "ผู้ว่าราชการจังหวัด",
                "ขอเชิญเป็นประธานพิธีเปิด",
                "",
                "",
                note="ยกเลิก: แนบไฟล์ผิด (12 ม.ค. 2569)",
                is_void=True,
            ),
            row(46, "", "", office, "", "คำสั่งย้ายครู", "", "", note="จองไว้ ใช้ภายใน 16 ม.ค. 2569"),
        ],
    )


def delivery_book():
    texts = (
        "45",
        "กลุ่มนโยบายและแผน",
        "ผู้อำนวยการโรงเรียนในสังกัด",
        "โรงเรียนบ้านต้นสน",
        "นางสาวตัวอย่าง ทดสอบ",
        "12 ม.ค. 2569 09.42 น.",
        "",
    )
    return dataclasses.replace(
        receive_register(),
        form="แบบที่ 16",
        title="สมุดส่งหนังสือ",
        columns=columns(DELIVERY_COLUMNS),
        rows=[TableRow(cells=[TableCell(text=text) for text in texts])],
    )


SLIP = SlipPaper(
    unit="โรงเรียนบ้านต้นสน",
    number="ศธ 04999/ว 45",
    to="ผู้อำนวยการโรงเรียนบ้านต้นสน",
    subject="การสำรวจความพร้อมก่อนเปิดภาคเรียน",
    received_on="12 มกราคม 2569",
    received_time="09.42 น.",
    receiver="นางสาวตัวอย่าง ทดสอบ",
    register_number="612",
    date=date(2026, 1, 12),
)
CLOSING = ClosingPaper(
    unit="โรงเรียนบ้านต้นสน",
    year="2568",
    closed="ปิดทะเบียนเมื่อ 5 ม.ค. 2569 09.00 น. โดย นางสาวตัวอย่าง ทดสอบ",
    note="ตรวจกับสมุดเดิมแล้ว",
    books=[
        ClosedBook(
            name="ทะเบียนรับ",
            first="1",
            last="1,204",
            count="1,204",
            voids="3",
            corrections="2",
            verdict="ครบถ้วน ตรงกับวันปิด",
            sha256="3fa9" * 16,
        )
    ],
    made="พิมพ์เมื่อ 5 ม.ค. 2569 09.10 น.",
    date=date(2026, 1, 5),
)
PAPERS = {
    "form-13": ("register", receive_register().data()),
    "form-14": ("register", send_register().data()),
    "form-16": ("register", delivery_book().data()),
    "form-17": ("receipt_slip", SLIP.data()),
    "closing": ("register_closing", CLOSING.data()),
}


def picture_of(pdf):
    return pypdfium2.PdfDocument(pdf)[0].render(scale=0.75).to_pil().convert("L")


@pytest.mark.parametrize("name", PAPERS)
def test_the_form_reads_and_looks_as_it_did(name):
    """The golden text and picture are renewed by removing their files and running this once."""
    pdf = typeset(*PAPERS[name])
    text, picture = GOLDEN / f"{name}.json", GOLDEN / f"{name}.png"
    if not text.exists():
        text.parent.mkdir(exist_ok=True)
        text.write_text(json.dumps(text_lines(pdf), ensure_ascii=False, indent=1) + "\n")
        picture_of(pdf).save(picture, optimize=True)
        pytest.fail(f"{name} had no golden files; look at the new ones")

    assert text_lines(pdf) == json.loads(text.read_text())
    assert looks_like(pdf, picture)


def looks_like(pdf, picture):
    """Answer whether the first page is drawn as in the golden picture, but for single shades."""
    with Image.open(picture) as golden:
        apart = ImageChops.difference(picture_of(pdf), golden.convert("L"))
    return max(apart.getextrema()) <= 8


def test_the_picture_tells_one_struck_word():
    """The control: the same words without the stroke do not look like the golden page."""
    paper = receive_register()
    rows = [dataclasses.replace(one, is_void=False) for one in paper.rows]

    pdf = typeset("register", dataclasses.replace(paper, rows=rows).data())

    assert text_lines(pdf) == json.loads((GOLDEN / "form-13.json").read_text())
    assert not looks_like(pdf, GOLDEN / "form-13.png")


@pytest.mark.parametrize("name", PAPERS)
def test_the_same_data_give_the_same_file(name):
    assert digest(typeset(*PAPERS[name])) == digest(typeset(*PAPERS[name]))


def digest(pdf):
    return hashlib.sha256(pdf).hexdigest()


def test_a_register_lies_on_its_side():
    width, height = page_size(typeset(*PAPERS["form-13"]))

    assert (round(width), round(height)) == (297, 210)


def test_what_was_corrected_or_void_is_crossed_out():
    """Without the strokes the same words have fewer dark points."""
    as_it_is = receive_register()
    rows = [
        dataclasses.replace(
            one,
            is_void=False,
            cells=[
                dataclasses.replace(cell, was=[], text="\n".join([*cell.was, cell.text]))
                for cell in one.cells
            ],
        )
        for one in as_it_is.rows
    ]
    plain = dataclasses.replace(as_it_is, rows=rows)

    with_strokes = typeset("register", as_it_is.data())
    without = typeset("register", plain.data())

    assert text_lines(with_strokes) == text_lines(without)
    assert ink(with_strokes) > ink(without)


def ink(pdf):
    return sum(picture_of(pdf).histogram()[:128])


def test_the_head_stands_on_every_page_with_its_number():
    paper = receive_register()
    long = dataclasses.replace(paper, rows=[paper.rows[0]] * 40)

    pdf = typeset("register", long.data())

    pages = page_count(pdf)
    assert pages > 2
    for page in range(pages):
        text = "".join(text_lines(pdf, page))
        assert "เลขทะเบียนรับ" in text
        assert without_spaces("ทะเบียนหนังสือรับ") in text
        assert thai(f"หน้า{page + 1}จาก{pages}") in text


def thai(text):
    return text.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))


def test_a_book_in_parts_is_numbered_through():
    paper = receive_register()
    part = dataclasses.replace(paper, rows=[paper.rows[0]] * 12)
    told = []

    pdfs = typeset_parts(
        "register",
        3,
        lambda place: part.data(),
        most_pages=4,
        progress=lambda *now: told.append(now),
    )

    numbers = ["".join(text_lines(pdf, page)) for pdf in pdfs for page in range(page_count(pdf))]
    pages = len(numbers)
    assert [page_count(pdf) for pdf in pdfs] == [4, 2]
    assert all(thai(f"หน้า{n + 1}จาก{pages}") in text for n, text in enumerate(numbers))
    assert told[-1] == (6, 6)


def test_a_long_word_stays_in_its_column():
    wide = "ก" * 60
    paper = receive_register()
    cells = [TableCell(text=wide) for _ in LETTER_COLUMNS]
    pdf = typeset("register", dataclasses.replace(paper, rows=[TableRow(cells=cells)]).data())

    page = pypdfium2.PdfDocument(pdf)[0]
    right = (297 - 15) * 72 / 25.4
    boxes = [page.get_textpage().get_charbox(place) for place in range(400, 480)]
    assert max(box[2] for box in boxes) <= right


def test_an_empty_register_says_so():
    paper = dataclasses.replace(receive_register(), rows=[])

    assert "ไม่มีรายการ" in text_lines(typeset("register", paper.data()))


def test_the_sign_off_keeps_its_fingerprint_as_it_is():
    assert "3fa9" * 16 in "".join(text_lines(typeset(*PAPERS["closing"])))


def test_a_print_is_a_pdf_for_the_archive():
    with pikepdf.open(io.BytesIO(typeset(*PAPERS["form-13"]))) as pdf:
        assert "pdfaid" in str(pdf.open_metadata())
