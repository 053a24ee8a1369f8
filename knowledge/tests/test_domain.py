"""Tags as typed, reading time, and how two versions differ."""

from __future__ import annotations

import pytest

from knowledge.domain import Change, compare, read_tags, reading_minutes, wrong_with_tags


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("", []),
        (" , ,, ", []),
        ("อ่านคล่อง, นิทาน", ["อ่านคล่อง", "นิทาน"]),
        ("PLC, plc , P L C", ["plc", "p l c"]),
        ("ป.๑, ป.1", ["ป.1"]),
        ("#นิทาน #อ่าน", ["นิทาน", "อ่าน"]),
        ("หนึ่ง\x00\nสอง", ["หนึ่ง", "สอง"]),
        ("น\u0e4d\u0e32, น้\u0e33ตาล,  เล  น้อย ", ["นำ", "น้ำตาล", "เล น้อย"]),
    ],
)
def test_tags_are_parted_by_commas_and_stand_once(typed, keys):
    assert [tag.key for tag in read_tags(typed)] == keys


def test_a_tag_keeps_the_spelling_of_who_typed_it_first():
    [tag] = read_tags("O-NET, o-net")

    assert (tag.key, tag.name) == ("o-net", "O-NET")


def test_eight_tags_are_enough_and_forty_letters():
    eight = ", ".join(f"คำ{n}" for n in range(8))

    assert wrong_with_tags(read_tags(eight)) == ""
    assert "ไม่เกิน 8 คำ ตอนนี้มี 9" in wrong_with_tags(read_tags(f"{eight}, เก้า"))
    assert wrong_with_tags(read_tags("ก" * 40)) == ""
    assert "ยาวเกิน 40" in wrong_with_tags(read_tags("ก" * 41))


@pytest.mark.parametrize(("length", "minutes"), [(0, 1), (900, 1), (5_400, 6)])
def test_reading_takes_at_least_a_minute(length, minutes):
    assert reading_minutes("ก" * length) == minutes


def test_versions_are_compared_paragraph_by_paragraph():
    assert compare("หนึ่ง\nสอง\nสาม", "หนึ่ง\nสองใหม่\nสาม\nสี่") == [
        Change("same", "หนึ่ง"),
        Change("removed", "สอง"),
        Change("added", "สองใหม่"),
        Change("same", "สาม"),
        Change("added", "สี่"),
    ]


def test_spaces_alone_are_no_change():
    assert {row.kind for row in compare("หนึ่ง  สอง\n\n", "\nหนึ่ง สอง")} == {"same"}
