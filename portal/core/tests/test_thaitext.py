"""One form for Thai text."""

import pytest

from portal.core.thaitext import normalise, one_line, tidy


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e49\u0e4d\u0e32", "น้ำ"),
        ("น\u0e33\u0e49", "น้ำ"),
        ("ก\u0e4d\u0e32หนด", "กำหนด"),
        ("ที่\u0e48", "ที่"),
        ("เเผน", "แผน"),
        ("โรง\u200bเรียน\ufeff", "โรงเรียน"),
        ("ป\uf70aา", "ป่า"),
        ("ศธ ๐๔๒๒๕/ว 12  A", "ศธ ๐๔๒๒๕/ว 12  A"),
        ("เกี่ยว", "เกี่ยว"),
        ("", ""),
    ],
)
def test_what_looks_the_same_is_stored_the_same(typed, stored):
    assert tidy(typed) == stored
    assert tidy(stored) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  โรงเรียน\u200b  บ้านนา\n", "โรงเรียน บ้านนา"),
        ("วัดทํา", "วัดทำ"),
        ("พนมรอก \u200b", "พนมรอก"),
    ],
)
def test_names_are_stored_in_one_spelling(typed, stored):
    assert one_line(typed) == stored


def test_what_is_compared_has_arabic_digits_one_case_and_single_spaces():
    assert normalise("  ศธ\u00a0๐๔๒๒๕/ว  ๑๒ DLTV\n") == "ศธ 04225/ว 12 dltv"
