import io
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

import pikepdf
import pypdfium2
import pytest
import typst
from fontTools.ttLib import TTFont

from portal.core.errors import DomainError
from portal.papers.services import FOLDER, typeset
from portal.papers.tests.factories import (
    letter,
    page_count,
    picture,
    place_of,
    text_lines,
    without_spaces,
)

GOLDEN = """
ตราหน่วยงาน
ด่วนมาก
ที่ ศธ ๐๔๙๙๙/ว ๔๕ สำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต ๒
ถนนสาธิต อำเภอเมืองสาธิต
จังหวัดสาธิตพัฒนา ๙๙๙๙๙
๑๒ มกราคม ๒๕๖๙
เรื่อง การสำรวจความพร้อมก่อนเปิดภาคเรียน
เรียน ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน
อ้างถึง หนังสือสำนักงานฯ ที่ ศธ ๐๔๙๙๙/ว ๑๒ ลงวันที่ ๕ มกราคม ๒๕๖๙
สิ่งที่ส่งมาด้วย แบบสำรวจ จำนวน ๑ ฉบับ
ตามหนังสือที่อ้างถึง สำนักงานได้แจ้งกำหนดการเปิดภาคเรียนแล้วนั้น
เพื่อให้การเตรียมการเรียบร้อย ขอให้โรงเรียนกรอกแบบสำรวจผ่านระบบภายใน
วันที่ ๒๓ มกราคม ๒๕๖๙ เวลา ๑๖.๓๐ น.
จึงเรียนมาเพื่อดำเนินการ
ขอแสดงความนับถือ
(นางสาวตัวอย่าง ทดสอบ)
รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา ปฏิบัติราชการแทน
ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต ๒
กลุ่มนโยบายและแผน
โทร. ๐ ๗๔xx xxxx ต่อ ๑๐๑
"""

# One paragraph, cut into words by hand: a line may end at a space or at a bar, and nowhere else.
HAND_CUT = """
ด้วย|ใน|ระหว่าง|วันที่๑๔-๑๗พฤศจิกายน๒๕๖๙ ได้|เกิด|ฝนตกหนัก|และ|น้ำท่วม|ขัง|ใน|พื้นที่|ริม|
ทะเลสาบสงขลา|และ|ที่ราบ|เชิงเขา|หลาย|อำเภอ ทำให้|อาคารเรียน อาคารประกอบ และ|ครุภัณฑ์|ของ|
โรงเรียน|บาง|แห่ง|ได้รับ|ความเสียหาย นักเรียน|และ|บุคลากร|ทางการศึกษา|จำนวน|หนึ่ง|ไม่|
สามารถ เดินทาง|มา|โรงเรียน|ได้|ตาม|ปกติ จึง|มี|ความจำเป็น|ต้อง|สำรวจ|ข้อมูล|ความเสียหาย|
เพื่อ|ประกอบการ|พิจารณา|จัดสรร|งบประมาณ|ซ่อมแซม|โดย|เร่งด่วน หาก|ไม่|มี|ความเสียหาย|ขอให้|
รายงาน|ยืนยัน|ด้วย ทั้งนี้ ขอให้|แจ้ง|ผู้ปกครอง|และ|คณะกรรมการ|สถานศึกษา|(ผู้แทน|องค์กร|
ชุมชน) รับทราบ|โดยทั่วกัน
"""


def word_ends(hand_cut: str) -> set[int]:
    words = hand_cut.replace("|", " ").split()
    return set(accumulate(map(len, words)))


def sentence(hand_cut: str) -> str:
    """The text itself: a row that ends with a bar goes on without a space."""
    return hand_cut.strip().replace("|\n", "").replace("\n", " ").replace("|", "")


def line_ends(lines: list[str]) -> list[int]:
    return list(accumulate(map(len, lines)))


# The letter of the regulation --------------------------------------------------------------------


def test_the_golden_letter_reads_as_it_should_and_fits_one_page():
    pdf = typeset("letter_external", letter().data())

    assert page_count(pdf) == 1
    assert text_lines(pdf) == [without_spaces(line) for line in GOLDEN.strip().splitlines()]


def test_the_letter_keeps_the_measures_of_the_regulation():
    pdf = typeset("letter_external", letter(date=None, number="", closing="นับถือ").data())
    dated = typeset("letter_external", letter(references=[], urgency="").data())

    assert place_of(dated, "มกราคม")[0] == pytest.approx(105 + 5.5, abs=1.5)
    assert place_of(pdf, "นับถือ")[0] == pytest.approx(105, abs=0.5)
    assert place_of(dated, "เรื่อง")[0] == pytest.approx(30, abs=0.5)
    assert place_of(dated, "จึงเรียนมา")[0] == pytest.approx(55, abs=0.5)
    assert place_of(dated, "กลุ่มนโยบาย")[1] > 260


def test_a_long_urgency_pushes_the_number_down():
    pdf = typeset("letter_external", letter(urgency="ด่วนภายใน 15 พ.ย. 2569 เวลา 16.00 น.").data())

    assert place_of(pdf, "เวลา ๑๖.๐๐")[1] < place_of(pdf, "ถนนสาธิต")[1] - 10


def test_the_lines_of_the_signature_are_centred_on_the_closing():
    pdf = typeset("letter_external", letter(signature=["กกกกกก", "กก\nกกกก"]).data())
    sheet = pypdfium2.PdfDocument(pdf)[0].get_textpage()

    def centre(text: str) -> float:
        start, count = sheet.search(text).get_next()
        boxes = [sheet.get_charbox(place) for place in (start, start + count - 1)]
        return (boxes[0][0] + boxes[1][2]) / 2

    assert centre("กกกกกก") == pytest.approx(centre("ขอแสดงความนับถือ"), abs=1.5)


def test_a_letter_may_keep_arabic_digits():
    pdf = typeset("letter_external", letter(thai_numerals=False).data())

    assert "ที่ศธ04999/ว45" in "".join(text_lines(pdf))
    assert "12มกราคม2569" in text_lines(pdf)


def test_several_enclosures_are_numbered():
    pdf = typeset("letter_external", letter(enclosures=["แบบสำรวจ", "คู่มือ"]).data())

    assert text_lines(pdf)[9:11] == ["สิ่งที่ส่งมาด้วย๑.แบบสำรวจ", "๒.คู่มือ"]


def test_an_empty_line_is_left_out():
    pdf = typeset("letter_external", letter(owner=["กลุ่มอำนวยการ", ""], enclosures=[""]).data())
    full = typeset("letter_external", letter(owner=["กลุ่มอำนวยการ"], enclosures=[]).data())

    assert pdf == full


def test_a_letter_without_anything_optional_is_still_a_letter():
    pdf = typeset("letter_external", {"office": "โรงเรียนบ้านนาวง"})

    assert text_lines(pdf) == [
        "ตราหน่วยงาน",
        "ที่โรงเรียนบ้านนาวง",
        "เรื่อง",
        "เรียน",
        "ขอแสดงความนับถือ",
    ]


def test_the_office_garuda_takes_the_dashed_place():
    pdf = typeset("letter_external", letter().data(), images={"garuda": picture()})

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        forms = opened.pages[0].Resources.XObject
        assert len(forms) == 1
    assert "ตราหน่วยงาน" not in text_lines(pdf)


def test_a_sealed_letter_has_neither_salutation_nor_signature():
    pdf = typeset("letter_sealed", letter().data())
    lines = text_lines(pdf)

    assert "ถึงผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน" in lines
    assert not any(line.startswith(("เรียน", "เรื่อง", "ขอแสดง", "(นางสาว")) for line in lines)
    assert lines[-5:] == [
        "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนาเขต๒",
        "ตราชื่อส่วนราชการ",
        "๑๒มกราคม๒๕๖๙",
        "กลุ่มนโยบายและแผน",
        "โทร.๐๗๔xxxxxxต่อ๑๐๑",
    ]


# Lines -------------------------------------------------------------------------------------------


def test_lines_end_between_words_only():
    text = sentence(HAND_CUT)

    lines = text_lines(typeset("letter_external", {"office": "ก", "body": [point(text)]}))[4:-1]

    assert "".join(lines) == without_spaces(text)
    assert len(lines) > 5
    assert set(line_ends(lines)) <= word_ends(HAND_CUT)


def test_typst_alone_would_cut_inside_words():
    text = sentence(HAND_CUT)
    source = f'#set text(font: "Sarabun", lang: "th", size: 10.9pt)\n#set page("a5")\n{text}'

    pdf = typst.compile(source.encode(), font_paths=[str(FOLDER / "fonts")])
    lines = text_lines(pdf)

    assert "".join(lines) == without_spaces(text)
    assert not set(line_ends(lines)) <= word_ends(HAND_CUT)


def test_a_date_is_never_torn_wherever_it_falls():
    date = "วันที่ 23 พฤศจิกายน 2569"
    body = [point("ครู " * count + date + " ครู") for count in range(20, 60)]

    pdf = typeset("letter_external", letter(body=body).data())
    lines = [line for page in range(page_count(pdf)) for line in text_lines(pdf, page)]

    assert sum("วันที่๒๓พฤศจิกายน๒๕๖๙" in line for line in lines) == 40


def test_no_syllable_loses_or_doubles_a_mark():
    syllables = [
        consonant + vowel + tone
        for consonant in map(chr, [*range(0xE01, 0xE24), *range(0xE27, 0xE2F)])
        for vowel in ["", "ั", "ิ", "ี", "ึ", "ื", "ุ", "ู"]
        for tone in ["", "่", "้", "๊", "๋", "์"]
    ] + ["น้ำ", "ต่ำ", "ก๊ำ", "ทำ", "ฎู", "ฏุ", "ญู", "ฐุ", "ก็", "เป็น"]
    marked = [f"{syllable}น" for syllable in syllables]

    for weight in ("regular", "bold"):
        source = (
            f'#set text(font: "Sarabun", lang: "th", weight: "{weight}")\n'
            "#set page(width: 1e2cm, height: 1e2cm)\n"
            '#sys.inputs.words.split(" ").map(box).join(" ")'
        )
        pdf = typst.compile(
            source.encode(),
            font_paths=[str(FOLDER / "fonts")],
            ignore_system_fonts=True,
            sys_inputs={"words": " ".join(marked)},
            pdf_standards="a-2b",
        )
        assert "".join(text_lines(pdf)) == "".join(marked)


# Pages -------------------------------------------------------------------------------------------


def test_a_long_letter_numbers_its_pages_and_keeps_the_signature_with_the_text():
    body = [point(sentence(HAND_CUT)) for _ in range(5)]
    last = point("จึงเรียนมาเพื่อดำเนินการ")

    pdf = typeset("letter_external", letter(body=[*body, last]).data())

    assert page_count(pdf) == 2
    assert not any(line.startswith("-") for line in text_lines(pdf, 0))
    assert text_lines(pdf, 1)[0] == "-๒-"
    assert "กลุ่มนโยบายและแผน" in text_lines(pdf, 1)


@pytest.mark.parametrize("lines", range(4, 16))
def test_neither_signature_nor_owner_ever_stands_alone(lines):
    body = [*(point(f"ย่อหน้าที่ {number}") for number in range(lines)), point("จึงเรียนมาเพื่อทราบ")]

    pdf = typeset("letter_external", letter(body=body).data())
    last = text_lines(pdf, page_count(pdf) - 1)

    assert {"จึงเรียนมาเพื่อทราบ", "ขอแสดงความนับถือ", "กลุ่มนโยบายและแผน"} <= set(last)


def test_131_recipients_follow_on_pages_of_their_own():
    names = [f"โรงเรียนบ้านสมมติ {number}" for number in range(1, 132)]

    pdf = typeset("letter_external", letter(recipients=names).data())
    attached = [line for page in range(1, page_count(pdf)) for line in text_lines(pdf, page)]
    everything = "".join(attached)

    assert page_count(pdf) == 3
    assert attached[0] == "-๒-"
    assert "รายชื่อแนบท้ายหนังสือสำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนาเขต๒" in attached
    assert everything.count("โรงเรียนบ้านสมมติ") == 131
    assert "๑๓๑.โรงเรียนบ้านสมมติ๑๓๑" in everything


# Safety ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        "*หนา* _เอียง_ $x^2$ `โค้ด`",
        "= หัวเรื่อง",
        "#set page(fill: red)",
        r"\u{1F600} \ \\ // ไม่ใช่หมายเหตุ /* ไม่ใช่ */",
        "<label> @ref #import [x] {y}",
        '"},"thai_numerals":false,{"',
        "-- --- ... 'คำ' \"คำ\"",
    ],
)
def test_markup_in_the_data_is_only_text(hostile):
    data = letter(
        office=hostile,
        subject=hostile,
        body=[point(hostile)],
        owner=[hostile],
        urgency=hostile,
        thai_numerals=False,
    ).data()

    lines = text_lines(typeset("letter_external", data))

    assert "".join(lines).count(without_spaces(hostile)) == 5


def test_a_sign_that_no_font_has_is_named():
    with pytest.raises(DomainError, match="พิมพ์ตัวอักษร “😀” ไม่ได้"):
        typeset("letter_external", letter(subject="ยินดี 😀").data())


def test_a_misspelt_field_is_not_swallowed():
    with pytest.raises(ValueError, match="letter_external knows no subjet"):
        typeset("letter_external", {"office": "ก", "subjet": "ข"})


@pytest.mark.parametrize("image", [b"", b"GIF89a", b"<svg/>", picture()[:40], picture("BMP")])
def test_an_emblem_must_be_a_picture_that_opens(image):
    with pytest.raises(DomainError, match="PNG หรือ JPEG"):
        typeset("letter_external", letter().data(), images={"garuda": image})


def test_the_letter_is_an_archive_pdf_with_only_the_house_font():
    pdf = typeset("letter_external", letter().data())

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        metadata = opened.open_metadata()
        fonts = {str(font.BaseFont) for font in opened.pages[0].Resources.Font.values()}
    assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
    assert metadata["dc:title"] == "การสำรวจความพร้อมก่อนเปิดภาคเรียน"
    assert {name.split("+")[1] for name in fonts} == {"Sarabun-Regular", "Sarabun-Bold"}


def test_eight_threads_typeset_the_same_bytes():
    data = letter().data()
    once = typeset("letter_external", data)

    with ThreadPoolExecutor(8) as threads:
        papers = list(threads.map(lambda _: typeset("letter_external", data), range(40)))

    assert set(papers) == {once}


def test_the_office_may_bring_its_own_font_at_its_own_size(settings, tmp_path):
    font = TTFont(FOLDER / "fonts" / "Sarabun-Regular.ttf")
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = "TH Sarabun New"
    font.save(tmp_path / "office.ttf")
    house = typeset("letter_external", letter().data())

    settings.PAPERS_FONT_DIR = str(tmp_path)
    office = typeset("letter_external", letter().data())

    def width(pdf: bytes) -> float:
        sheet = pypdfium2.PdfDocument(pdf)[0].get_textpage()
        start, count = sheet.search("ขอแสดงความนับถือ").get_next()
        return sheet.get_charbox(start + count - 1)[2] - sheet.get_charbox(start)[0]

    assert width(office) / width(house) == pytest.approx(16 / 10.9, rel=0.02)


def point(text: str) -> dict[str, str]:
    return {"text": " ".join(text.split()), "number": ""}
