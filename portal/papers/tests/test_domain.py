from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from portal.papers.domain import (
    PLACES,
    Paragraph,
    SeenPage,
    StampPaper,
    made_at,
    paragraphs,
    printable,
    signature_lines,
    stamp_box,
)
from portal.papers.domain.lines import LOOSE_MARK, PIECE_MARK, known_words, pieces, thai_words
from portal.papers.domain.wording import clean, thai_digits


def cut(text: str) -> list[str]:
    return [piece.replace("\u00a0", "~") for piece in pieces(text).split(PIECE_MARK)]


# Words -------------------------------------------------------------------------------------------


def test_latin_words_keep_their_arabic_digits():
    text = "COVID-19 A4 วันที่ 12 ป.1 saraban01@obec.go.th https://a.go.th/2569 โทร. 0 7469 1000"

    printed = thai_digits(text)

    assert printed == (
        "COVID-19 A4 วันที่ ๑๒ ป.๑ saraban01@obec.go.th https://a.go.th/2569 โทร. ๐ ๗๔๖๙ ๑๐๐๐"
    )


def test_pasted_text_is_cleaned_of_what_nobody_sees():
    pasted = "ทํา\u200b น้ํา\t\uf70aก\u202eข\ufe0f\x00\r\nค"

    assert clean(pasted) == "ทำ น้ำ ่กข\nค"


def test_marks_of_the_house_cannot_be_smuggled_in():
    printed = printable({"subject": f"ก{LOOSE_MARK}{PIECE_MARK}ข"})

    assert printed == {"subject": "กข"}


def test_dates_are_buddhist_and_the_file_name_stays_as_it_is():
    printed = printable({"date": date(2026, 1, 12), "file_name": "ว 12 ลงวันที่ 5 ม.ค. 2569.pdf"})

    assert printed == {
        "date": "๑๒\u00a0มกราคม\u00a0๒๕๖๙",
        "file_name": "ว 12 ลงวันที่ 5 ม.ค. 2569.pdf",
    }


def test_a_typed_body_becomes_paragraphs_and_points():
    typed = "ด้วยสำนักงาน\n\n1. ข้อแรก\n  1.2 ข้อย่อย\n(๓)  ข้อสาม\n2569 เป็นปี\n1) ไม่ใช่ข้อ"

    assert paragraphs(typed) == (
        Paragraph(text="ด้วยสำนักงาน"),
        Paragraph(text="ข้อแรก", number="1."),
        Paragraph(text="ข้อย่อย", number="1.2"),
        Paragraph(text="ข้อสาม", number="(๓)"),
        Paragraph(text="2569 เป็นปี"),
        Paragraph(text="1) ไม่ใช่ข้อ"),
    )


def test_the_signature_block_says_whom_the_signer_acts_for():
    own = signature_lines("นายก ข", "ผู้อำนวยการ")
    acting = signature_lines(
        "นายก ข", "รองผู้อำนวยการ", acting="รักษาราชการแทน", principal="ผู้อำนวยการ"
    )

    assert own == ("(นายก ข)", "ผู้อำนวยการ")
    assert acting == ("(นายก ข)", "รองผู้อำนวยการ รักษาราชการแทน", "ผู้อำนวยการ")


def test_the_stamp_shows_the_day_and_time_of_bangkok():
    received_at = datetime(2026, 12, 31, 17, 5, 3, 250_000, tzinfo=UTC)

    data = StampPaper(unit="โรงเรียนบ้านนาวง", number="1", received_at=received_at).data()

    assert (data["date"], data["time"]) == ("1 ม.ค. 2570", "00.05 น.")
    assert made_at(data) == received_at.replace(microsecond=0)


# Line ends ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ภายในวันที่ 23 มกราคม 2569 เวลา", ["ภายใน", "วันที่~23~มกราคม~2569", " ", "เวลา"]),
        ("เวลา 09.00 - 16.30 น. ณ", ["เวลา~09.00~-~16.30~น.", " ", "ณ"]),
        ("ที่ ศธ 04999/ว 45 ลง", ["ที่~ศธ~04999/ว~45", " ", "ลง"]),
        ("จำนวน ๑ ฉบับ และ", ["จำนวน~๑~ฉบับ", " ", "และ"]),
        ("โทร. 0 7469 1000 ต่อ 14", ["โทร.~0~7469~1000", " ", "ต่อ~14"]),
        ("ต่าง ๆ เช่น", ["ต่าง~ๆ", " ", "เช่น"]),
        ("พ.ศ. 2569 ถึง", ["พ.ศ.~2569", " ", "ถึง"]),
        ("(ผู้อำนวยการ) ฯลฯ", ["(ผู้อำนวยการ)", " ", "ฯลฯ"]),
        ("นพ.สมชาย นายสมชาย", ["นพ.สมชาย", " ", "นายสมชาย"]),
        ("พื้นที่ 5 ตำบล", ["พื้นที่", " ", "5", " ", "ตำบล"]),
        ("ครู/นักเรียน", ["ครู/", "นักเรียน"]),
        ("สอง  ช่อง", ["สอง", "  ", "ช่อง"]),
        ("จังหวัดพัทลุง", ["จังหวัด", "พัทลุง"]),
    ],
)
def test_numbers_dates_and_signs_stay_with_their_words(text, expected):
    assert cut(text) == expected


def test_a_cut_text_is_the_same_text():
    text = "โรงเรียนบ้านฟฟฟฟขจัดถถถ ๑๒ (ฯลฯ) “กก” a-b c@d.th  เเเ ์์ ๆๆ 1.2.3 – …\nบรรทัดสอง"

    assert pieces(text).replace(PIECE_MARK, "").replace("\u00a0", " ") == text


def test_no_cut_parts_a_letter_from_its_marks():
    run = "เกื้อกูลผู้รู้น้ำใจแก่ขฃคฅฆงฯ์ฤๅเป็นไปโดยสวัสดิ์ฏุฎฺ".replace("ฯ", "")

    for before, after in pairwise(thai_words(run)):
        assert before[-1] not in "เแโใไ"
        assert after[0] not in "ะาำๅ" + "".join(map(chr, [0xE31, *range(0xE34, 0xE3B)]))


def test_a_very_long_unknown_word_is_left_to_the_typesetter():
    unknown = "ฆฌ" * 30

    assert cut(unknown) == [LOOSE_MARK + unknown]


def test_every_word_of_the_list_is_one_piece():
    torn = {word for word in known_words() if len(thai_words(word.replace("ๆ", ""))) != 1}

    assert len(known_words()) > 1500
    assert torn == set()


# The stamp's place -------------------------------------------------------------------------------


def test_the_stamp_has_a_place_for_every_choice():
    boxes = {place: stamp_box(210, 297, place) for place in PLACES}

    assert boxes == {
        "top_right": (155, 5),
        "top_center": (80, 5),
        "top_left": (5, 5),
        "below_top_right": (155, 30),
        "bottom_right": (155, 267),
    }


@pytest.mark.parametrize("place", PLACES)
def test_on_a_tiny_page_the_stamp_begins_at_the_edge(place):
    assert stamp_box(40, 20, place) == (0, 0)


def test_a_turned_page_is_seen_with_its_sides_exchanged():
    page = SeenPage(left=0, bottom=0, right=72, top=144, turn=90)

    assert page.size_mm == pytest.approx((50.8, 25.4))
