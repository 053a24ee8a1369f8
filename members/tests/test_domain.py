"""Rules of audiences, sizes of schools and names, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.domain import (
    MAX_IDS,
    SCHOOL_SIZES,
    AudienceRule,
    Headcount,
    InvalidRule,
    bare_district,
    describe,
    district_name,
    joined,
    shortened,
    size_of,
)

ids = st.lists(st.integers(min_value=1, max_value=2**40), max_size=8)
rules = st.fixed_dictionaries(
    {},
    optional={
        "all_schools": st.booleans(),
        "districts": ids,
        "clusters": ids,
        "sizes": st.lists(st.sampled_from([size.key for size in SCHOOL_SIZES])),
        "projects": ids,
        "saved": ids,
        "units": ids,
        "groups": ids,
        "members": ids,
        "except": ids,
    },
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(rules)
def test_a_rule_comes_back_from_json_as_it_was(data):
    rule = AudienceRule.parse(data)

    assert AudienceRule.parse(rule.to_json()) == rule


@given(rules)
def test_order_and_repetition_of_ids_mean_nothing(data):
    turned = {
        key: [*reversed(value), *value] if isinstance(value, list) else value
        for key, value in data.items()
    }

    assert AudienceRule.parse(turned) == AudienceRule.parse(data)


@given(anything | st.dictionaries(st.sampled_from(["units", "sizes", "all_schools"]), anything))
def test_whatever_comes_is_a_rule_or_is_refused(data):
    try:
        rule = AudienceRule.parse(data)
    except InvalidRule:
        return
    assert AudienceRule.parse(rule.to_json()) == rule


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "all",
        {"everyone": True},
        {"all_schools": 1},
        {"all_schools": "on"},
        {"units": 5},
        {"units": ["5"]},
        {"units": [True]},
        {"units": [0]},
        {"units": [-3]},
        {"units": [1.0]},
        {"units": [2**63]},
        {"units": list(range(1, MAX_IDS + 2))},
        {"sizes": ["tiny"]},
        {"sizes": [["small"]]},
        {"left_out": [3]},
    ],
)
def test_what_is_no_rule_is_refused(data):
    with pytest.raises(InvalidRule):
        AudienceRule.parse(data)


def test_json_has_no_empty_parts():
    rule = AudienceRule.parse({"all_schools": False, "units": [7, 3], "except": [], "sizes": []})

    assert rule.to_json() == {"units": [3, 7]}


@pytest.mark.parametrize(
    ("data", "is_empty"),
    [
        ({}, True),
        ({"except": [4]}, True),
        ({"all_schools": True}, False),
        ({"sizes": ["small"]}, False),
        ({"members": [4]}, False),
    ],
)
def test_a_rule_that_only_leaves_out_names_nobody(data, is_empty):
    assert AudienceRule.parse(data).is_empty is is_empty


@pytest.mark.parametrize(
    ("pupils", "key"),
    [
        (0, "small"),
        (120, "small"),
        (121, "medium"),
        (719, "medium"),
        (720, "large"),
        (1_679, "large"),
        (1_680, "xlarge"),
        (9_999, "xlarge"),
    ],
)
def test_a_school_has_the_size_of_its_pupils(pupils, key):
    size = size_of(pupils)

    assert size is not None
    assert size.key == key


def test_a_school_of_unknown_number_has_no_size():
    assert size_of(None) is None


@given(st.integers(min_value=0, max_value=20_000))
def test_the_sizes_have_neither_gaps_nor_overlaps(pupils):
    fitting = [
        size
        for size in SCHOOL_SIZES
        if pupils >= size.least and (size.most is None or pupils <= size.most)
    ]

    assert fitting == [size_of(pupils)]


@pytest.mark.parametrize(
    ("data", "names", "text"),
    [
        ({}, {}, "ยังไม่ได้เลือกผู้รับ"),
        ({"all_schools": True}, {}, "ทุกโรงเรียน"),
        (
            {"sizes": ["small"], "districts": [1, 2]},
            {"districts": ["อำเภอกงหรา", "อำเภอตะโหมด"]},
            "โรงเรียนขนาดเล็ก ในอำเภอกงหรา และอำเภอตะโหมด",
        ),
        (
            {"all_schools": True, "groups": [4], "except": [9]},
            {"groups": ["กลุ่มนโยบายและแผน"], "except": ["โรงเรียนบ้านปากพล"]},
            "ทุกโรงเรียน กับกลุ่มนโยบายและแผน ยกเว้นโรงเรียนบ้านปากพล",
        ),
        ({"districts": [1]}, {"districts": ["อำเภอกงหรา"]}, "โรงเรียนในอำเภอกงหรา"),
        ({"projects": [1]}, {"projects": ["โครงการ อพ.สธ."]}, "โรงเรียนที่ร่วมโครงการ อพ.สธ."),
        (
            {"sizes": ["small"], "clusters": [2], "projects": [1]},
            {"clusters": ["เครือข่ายหนึ่ง"], "projects": ["โครงการก", "โครงการข"]},
            "โรงเรียนขนาดเล็ก ในเครือข่ายหนึ่ง ที่ร่วมโครงการก และโครงการข",
        ),
        ({"saved": [1]}, {"saved": ["โรงเรียนนำร่อง"]}, "กลุ่มที่บันทึกไว้ “โรงเรียนนำร่อง”"),
        (
            {"units": [1, 2, 3, 4, 5]},
            {"units": ["ก", "ข", "ค", "ง", "จ"]},
            "ก ข ค และอีก 2 แห่ง",
        ),
    ],
)
def test_a_rule_is_said_in_the_words_of_the_office(data, names, text):
    assert describe(AudienceRule.parse(data), names) == text


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], ""),
        (["ก"], "ก"),
        (["ก", "ข"], "ก และข"),
        (["ก", "ข", "ค", "ง"], "ก ข ค และอีก 1 แห่ง"),
    ],
)
def test_names_are_joined_as_one_says_them(names, text):
    assert joined(names) == text


def test_a_headcount_says_only_what_there_is():
    assert str(Headcount(schools=1_131, persons=2)) == "1,131 โรงเรียน 2 คน"
    assert str(Headcount()) == "ยังไม่มีผู้รับ"
    assert Headcount(schools=1, units=2, persons=3).total == 6


def test_districts_have_a_short_and_a_full_name():
    assert bare_district("อำเภอกงหรา") == bare_district("กงหรา") == "กงหรา"
    assert district_name("กงหรา") == "อำเภอกงหรา"
    assert district_name("เขตบางรัก") == "เขตบางรัก"


def test_a_long_summary_is_cut_at_a_space():
    text = "คำ " * 200

    assert len(shortened(text, 50)) <= 50
    assert shortened(text, 50).endswith("คำ…")
    assert shortened("สั้น", 50) == "สั้น"
