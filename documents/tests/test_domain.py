"""Numbers, three plain lines, short forms and their answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.domain import clean_answers, clean_questions, number_text, propose_lines

FORM = clean_questions(
    [
        {"kind": "number", "label": "อาคาร", "required": True, "min": "0", "max": "50"},
        {"kind": "choice", "label": "ระดับ", "choices": "เล็กน้อย\nมาก", "required": True},
        {"kind": "date", "label": "วันที่"},
        {"kind": "yes_no", "label": "เปิดเรียน"},
        {"kind": "text", "label": "หมายเหตุ"},
    ]
).values


@pytest.mark.parametrize(
    ("code", "number", "is_circular", "text"),
    [
        ("ศธ 04225", 1482, True, "ศธ 04225/ว 1482"),
        ("ศธ 04225", 7, False, "ศธ 04225/7"),
        ("ศธ 04225.016", 206, False, "ศธ 04225.016/206"),
        ("", 5, False, "5"),
    ],
)
def test_a_number_is_written_as_the_regulation_has_it(code, number, is_circular, text):
    written = number_text(code, number, is_circular=is_circular)

    assert written == text.replace(" ", "\u00a0")


def test_the_three_lines_are_proposed_from_what_the_letter_asks():
    new, todo, by_when = propose_lines(
        "ขอให้ยืนยันจำนวนนักเรียน", action="report_by", response="form", due_text="20 พ.ย. 2569"
    )

    assert new == "ยืนยันจำนวนนักเรียน"
    assert todo == "ดำเนินการและรายงานผล แล้วกรอกแบบสั้น"
    assert by_when == "20 พ.ย. 2569"


def test_a_form_numbers_its_questions_and_keeps_their_bounds():
    keys = [question["key"] for question in FORM]

    assert keys == ["q1", "q2", "q3", "q4", "q5"]
    assert (FORM[0]["min"], FORM[0]["max"]) == (0, 50)
    assert FORM[1]["choices"] == ["เล็กน้อย", "มาก"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"kind": "guess", "label": "ก"}, "เลือกชนิดของคำถาม"),
        ({"kind": "choice", "label": "ก", "choices": "เดียว"}, "ใส่ตัวเลือกอย่างน้อย 2 ข้อ บรรทัดละข้อ"),
        ({"kind": "number", "label": "ก", "min": "9", "max": "1"}, "ค่าต่ำสุดต้องไม่มากกว่าค่าสูงสุด"),
    ],
)
def test_a_question_that_cannot_be_asked_is_named(row, problem):
    cleaned = clean_questions([row])

    assert cleaned.errors == {"q1": problem}


def test_answers_in_thai_digits_and_buddhist_years_are_understood():
    cleaned = clean_answers(
        FORM, {"q1": "๑๒", "q2": "มาก", "q3": "20 พ.ย. 2569", "q4": "yes", "q5": "ครบ"}
    )

    assert cleaned.is_valid
    assert cleaned.values == {"q1": 12, "q2": "มาก", "q3": "2026-11-20", "q4": "yes", "q5": "ครบ"}


@pytest.mark.parametrize(
    ("key", "typed", "problem"),
    [
        ("q1", "สอง", "ใส่ตัวเลข เช่น 2"),
        ("q1", "51", "ใส่ตัวเลขไม่เกิน 50"),
        ("q1", "-1", "ใส่ตัวเลขตั้งแต่ 0 ขึ้นไป"),
        ("q1", "", "ข้อนี้ต้องตอบ"),
        ("q2", "กลาง", "เลือกหนึ่งข้อจากรายการ"),
        ("q3", "32 ม.ค. 2569", "ใส่วันที่ เช่น 20 พ.ย. 2569"),
        ("q4", "maybe", "เลือกใช่หรือไม่ใช่"),
    ],
)
def test_an_answer_that_does_not_fit_is_named_and_kept(key, typed, problem):
    good = {"q1": "1", "q2": "มาก"}

    cleaned = clean_answers(FORM, good | {key: typed})

    assert cleaned.errors == {key: problem}
    assert cleaned.values[key] == typed


@given(
    st.dictionaries(
        st.sampled_from(["q1", "q2", "q3", "q4", "q5", "q99"]), st.text(max_size=40), max_size=6
    )
)
def test_whatever_is_typed_is_an_answer_or_an_error_never_an_exception(raw):
    cleaned = clean_answers(FORM, raw)

    assert set(cleaned.errors) <= {"q1", "q2", "q3", "q4", "q5"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["kind", "label", "choices", "min", "max", "unit", "x"]),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_comes_as_a_form_is_cleaned_or_refused_never_an_exception(raw):
    cleaned = clean_questions(raw)

    assert isinstance(cleaned.values, list)
