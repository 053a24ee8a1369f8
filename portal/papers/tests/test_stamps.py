import hashlib
import io
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from portal.core.errors import DomainError
from portal.papers.domain import PLACES, StampPaper, stamp_box
from portal.papers.services import is_signed, receipt_copy, stamp_pdf, typeset
from portal.papers.tests.factories import (
    ink_box,
    page_count,
    page_size,
    pdf_page,
    saved,
    signed_pdf,
    stamp_data,
    text_lines,
)

TURNS = [0, 90, 180, 270, -90, 450]
CROP = [100, 50, 500, 700]
GAZETTE = ["gazette_saraban_2548.pdf", "gazette_saraban_2560.pdf", "gazette_saraban_2564.pdf"]


@pytest.fixture(scope="module")
def stamp() -> bytes:
    return typeset("stamp", stamp_data())


def seen_box(pdf: bytes, place: str) -> tuple[float, float, float, float]:
    x, y = stamp_box(*page_size(pdf), place)
    return x, y, x + 50, y + 25


# The stamp itself --------------------------------------------------------------------------------


def test_the_stamp_is_five_by_two_and_a_half_centimetres(stamp):
    assert page_size(stamp) == pytest.approx((50, 25), abs=0.01)
    assert ink_box(stamp) == pytest.approx((0, 0, 50, 25), abs=0.2)
    assert text_lines(stamp) == [
        "โรงเรียนบ้านต้นสน",
        "เลขรับ612",
        "วันที่19พ.ย.2569",
        "เวลา09.42น.",
    ]


def test_the_stamp_may_use_thai_digits():
    received_at = datetime(2026, 11, 19, 2, 42, tzinfo=UTC)
    paper = StampPaper(
        unit="โรงเรียนบ้านต้นสน", number="612", received_at=received_at, thai_numerals=True
    )

    lines = text_lines(typeset("stamp", paper.data()))

    assert lines[1:] == ["เลขรับ๖๑๒", "วันที่๑๙พ.ย.๒๕๖๙", "เวลา๐๙.๔๒น."]


@pytest.mark.parametrize(
    "unit",
    [
        "โรงเรียนชุมชนวัดบ้านป่าบอนต่ำ (มิตรภาพที่ 123 อนุสรณ์)",
        "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิตพัฒนา เขต 2",
        "โรงเรียนสมมติชื่อยาวมากในพระบรมราชูปถัมภ์ สมเด็จพระนางเจ้า อำเภอเมืองสาธิต จังหวัดสาธิตพัฒนา",
    ],
)
def test_a_long_name_stays_inside_the_stamp(unit):
    pdf = typeset("stamp", stamp_data(unit=unit))
    sheet = pypdfium2.PdfDocument(pdf)[0]
    text = sheet.get_textpage()
    boxes = [text.get_charbox(place) for place in range(text.count_chars())]

    assert page_count(pdf) == 1
    assert len(text_lines(pdf)) > 4
    assert all(box[0] >= 0 and box[2] <= sheet.get_width() for box in boxes)
    assert all(box[1] >= 0 and box[3] <= sheet.get_height() for box in boxes)


# Its place on the letter -------------------------------------------------------------------------


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("crop", [None, CROP])
@pytest.mark.parametrize("place", PLACES)
def test_the_stamp_lies_upright_in_the_corner_that_is_seen(stamp, turn, crop, place):
    original = pdf_page(Rotate=turn, **({"CropBox": crop} if crop else {}))

    stamped = stamp_pdf(original, stamp, place=place)

    assert ink_box(stamped) == pytest.approx(seen_box(original, place), abs=0.3)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_stamp_laid_without_regard_to_the_turn_would_lie_elsewhere(stamp, turn):
    original = pdf_page(Rotate=turn)
    with pikepdf.open(io.BytesIO(original)) as pdf, pikepdf.open(io.BytesIO(stamp)) as stamps:
        page = pdf.pages[0]
        name = page.add_resource(
            pdf.copy_foreign(stamps.pages[0].as_form_xobject()), pikepdf.Name.XObject
        )
        page.contents_add(f"q 1 0 0 1 439.37 756.85 cm {name} Do Q".encode())
        naive = saved(pdf)

    assert ink_box(naive) != pytest.approx(seen_box(original, "top_right"), abs=5)


def test_turn_and_boxes_may_come_from_the_page_tree(stamp):
    with pikepdf.open(io.BytesIO(pdf_page())) as pdf:
        del pdf.pages[0].obj.MediaBox
        pdf.Root.Pages.MediaBox = pikepdf.Array([-200, -100, 395.28, 741.89])
        pdf.Root.Pages.Rotate = 90
        original = saved(pdf)

    stamped = stamp_pdf(original, stamp)

    assert ink_box(stamped) == pytest.approx(seen_box(original, "top_right"), abs=0.3)


def test_a_page_in_large_units_gets_a_stamp_of_true_size(stamp):
    original = pdf_page(UserUnit=2)

    stamped = stamp_pdf(original, stamp)

    # The renderer here shows user units as points: half the true size.
    left, top, right, bottom = ink_box(stamped)
    assert (right - left, bottom - top) == pytest.approx((25, 12.5), abs=0.3)
    assert (right, top) == pytest.approx((210 - 2.5, 2.5), abs=0.3)


@pytest.mark.parametrize(
    "entries",
    [
        {"MediaBox": [0, 0, 0, 0]},
        {"MediaBox": [595.28, 841.89, 0, 0]},
        {"Rotate": 45},
        {"UserUnit": -1},
    ],
)
def test_a_page_with_senseless_boxes_is_stamped_as_readers_show_it(stamp, entries):
    original = pdf_page(**entries)

    stamped = stamp_pdf(original, stamp)

    assert ink_box(stamped) == pytest.approx(seen_box(original, "top_right"), abs=0.3)


@pytest.mark.parametrize(
    "content",
    [
        b"q q 0.1 0 0 0.1 300 300 cm",
        b"Q Q q 5 0 0 5 0 0 cm Q 0.2 0 0 0.2 50 50 cm",
        b"0 0 1 1 re W n",
        b"",
    ],
)
def test_what_the_page_leaves_open_does_not_move_or_hide_the_stamp(stamp, content):
    original = pdf_page(content)

    stamped = stamp_pdf(original, stamp)

    assert ink_box(stamped) == pytest.approx(seen_box(original, "top_right"), abs=0.3)


def test_a_page_without_content_or_resources_takes_the_stamp(stamp):
    with pikepdf.open(io.BytesIO(pdf_page())) as pdf:
        del pdf.pages[0].obj.Contents
        del pdf.pages[0].obj.Resources
        original = saved(pdf)

    assert ink_box(stamp_pdf(original, stamp)) == pytest.approx(
        seen_box(original, "top_right"), abs=0.3
    )


def test_only_the_first_page_is_stamped(stamp):
    with pikepdf.new() as pdf:
        for _ in range(2):
            pdf.add_blank_page(page_size=(595, 842))
        original = saved(pdf)

    stamped = stamp_pdf(original, stamp)

    assert "เลขรับ612" in text_lines(stamped, 0)
    assert text_lines(stamped, 1) == []


def test_a_second_stamp_lies_below_the_first(stamp):
    central = stamp_pdf(pdf_page(), stamp)

    both = stamp_pdf(central, stamp, place="below_top_right")

    assert ink_box(both) == pytest.approx((155, 5, 205, 55), abs=0.3)


def test_an_unknown_place_is_refused(stamp):
    with pytest.raises(DomainError, match="ไม่มีตำแหน่งตรานี้"):
        stamp_pdf(pdf_page(), stamp, place="middle")


# Real letters ------------------------------------------------------------------------------------


@pytest.mark.shared
@pytest.mark.parametrize("name", GAZETTE)
def test_a_gazette_is_stamped_and_its_original_stays(shared, name):
    original = (shared / "data" / "pdf" / name).read_bytes()
    before = hashlib.sha256(original).hexdigest()

    copy = receipt_copy(original, stamp_data())

    assert hashlib.sha256(original).hexdigest() == before
    assert copy != original
    assert page_count(copy) == page_count(original)
    assert ink_box(copy) == pytest.approx(seen_box(original, "top_right"), abs=0.3)
    assert text_lines(copy)[: len(text_lines(original))] == text_lines(original)
    assert "เลขรับ612" in text_lines(copy)


# Signed letters ----------------------------------------------------------------------------------


def test_a_signature_is_seen_in_its_field_or_by_its_byte_range():
    assert is_signed(signed_pdf())
    assert is_signed(pdf_page() + b"\n% /ByteRange [0 1 2 3]")
    assert not is_signed(signed_pdf(value=False))
    assert not is_signed(pdf_page())


def test_a_form_that_contains_itself_is_read_once():
    with pikepdf.open(io.BytesIO(signed_pdf(value=False))) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        field.Kids.append(field)
        pdf.Root.AcroForm.Fields.append(pikepdf.String("not a field"))
        looped = saved(pdf)

    assert not is_signed(looped)


def test_a_signed_letter_gets_a_cover_sheet_and_stays_untouched():
    original = signed_pdf()
    digest = hashlib.sha256(original).hexdigest()

    cover = receipt_copy(original, stamp_data(), file_name="หนังสือ ว123 😀.pdf")
    text = "".join(text_lines(cover))

    assert hashlib.sha256(original).hexdigest() == digest
    assert page_count(cover) == 1
    assert ink_box(cover) == pytest.approx((155, 5, 205, 30), abs=0.3)
    assert digest in text
    assert "หนังสือว123_.pdf" in text
    assert "เลขรับ612" in text


def test_a_signed_letter_refuses_the_stamp_itself(stamp):
    with pytest.raises(DomainError, match="ลายมือชื่อดิจิทัล"):
        stamp_pdf(signed_pdf(), stamp)


# Files that are no letters -----------------------------------------------------------------------


def encrypted() -> bytes:
    with pikepdf.open(io.BytesIO(pdf_page())) as pdf:
        return saved(pdf, encryption=pikepdf.Encryption(owner="owner", user="reader"))


def without_pages() -> bytes:
    with pikepdf.new() as pdf:
        return saved(pdf)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (b"", "ไฟล์นี้ว่างเปล่า"),
        (b"<html><body>PDF</body></html>", "ไฟล์นี้ไม่ใช่ PDF"),
        (b"PK\x03\x04" + b"\0" * 100, "ไฟล์นี้ไม่ใช่ PDF"),
        (b"%PDF-1.7\n", "เปิดไฟล์ PDF นี้ไม่ได้"),
        (pdf_page()[:150], "เปิดไฟล์ PDF นี้ไม่ได้"),
        (encrypted(), "มีรหัสผ่าน"),
        (without_pages(), "ไม่มีหน้า"),
    ],
    ids=["empty", "html", "zip", "head", "truncated", "encrypted", "no-pages"],
)
@pytest.mark.parametrize("deed", [is_signed, lambda file: receipt_copy(file, {})])
def test_a_file_that_cannot_be_read_is_answered_with_a_sentence(broken, sentence, deed):
    with pytest.raises(DomainError, match=sentence):
        deed(broken)
