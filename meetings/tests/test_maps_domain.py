"""The tree of a mind map: the outline says the same as the drawing, and nothing odd gets in."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.domain.maps import (
    DEEPEST,
    LONGEST_TEXT,
    MOST_NODES,
    BadTree,
    clean_tree,
    from_outline,
    one_line,
    seedling,
    to_outline,
    walk,
    words_of,
)

signs = st.text(alphabet="กขคงเแำ้่ๆ -*•–.1aA\t\n\x00\u200b\u202e😀", max_size=LONGEST_TEXT)
leaves = st.builds(lambda text: {"text": text, "children": []}, signs)
trees = st.recursive(
    leaves,
    lambda below: st.builds(
        lambda text, children: {"text": text, "children": children},
        signs,
        st.lists(below, max_size=4),
    ),
    max_leaves=25,
)


def node(text, *children):
    return {"text": text, "children": list(children)}


def chain(depth):
    tree = node("ปลาย")
    for _ in range(depth - 1):
        tree = node("กิ่ง", tree)
    return tree


@settings(deadline=None)
@given(raw=trees)
def test_outline_and_tree_say_the_same(raw):
    try:
        tree = clean_tree(raw)
    except BadTree:
        return

    assert from_outline(to_outline(tree), title="x") == tree
    assert clean_tree(tree) == tree
    assert clean_tree(json.loads(json.dumps(tree))) == tree


@settings(deadline=None)
@given(text=st.text(alphabet="กข -\t\n*•  ำ", max_size=300))
def test_whatever_is_typed_is_a_tree_or_refused_and_comes_back_the_same(text):
    try:
        tree = from_outline(text, title="ประชุม")
    except BadTree:
        return

    assert from_outline(to_outline(tree), title="อื่น") == tree
    assert all(sub["text"] and len(sub["text"]) <= LONGEST_TEXT for _, sub in walk(tree))


def test_further_in_means_below_whatever_the_indentation_is_made_of():
    text = "น้ำท่วม\n- โรงเรียน\n\t- ปากพล\n\n  - วัดโตนด\n- งบซ่อม\n    1. ภาพก่อน"

    assert from_outline(text, title="") == node(
        "น้ำท่วม",
        node("โรงเรียน", node("ปากพล"), node("วัดโตนด")),
        node("งบซ่อม", node("1. ภาพก่อน")),
    )


def test_plain_indented_lines_need_no_bullets():
    assert from_outline("ก\n  ข\n    ค\n  ง", title="") == node(
        "ก", node("ข", node("ค")), node("ง")
    )


def test_nothing_typed_leaves_the_middle():
    assert from_outline(" \n\n- \n", title="ประชุมกลุ่ม") == node("ประชุมกลุ่ม")
    assert seedling("\x00") == node("(ว่าง)")


def test_a_text_is_one_clean_line():
    assert one_line("- -  ก\x00ข\nค\u202e ") == "ก ข ค"
    assert one_line("-") == ""
    assert one_line("-5 องศา") == "-5 องศา"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "อ่านแผนที่นี้ไม่ได้"),
        ([], "อ่านแผนที่นี้ไม่ได้"),
        ({"text": 5}, "อ่านแผนที่นี้ไม่ได้"),
        ({"text": "ก", "children": {"a": 1}}, "อ่านแผนที่นี้ไม่ได้"),
        ({"text": "ก", "children": ["ข"]}, "อ่านแผนที่นี้ไม่ได้"),
        (node("ก" * (LONGEST_TEXT + 3)), "ยาวไป 3 ตัวอักษร"),
        (chain(DEEPEST + 1), "ไม่เกิน 6 ชั้น"),
        (node("ก", *[node("ข")] * MOST_NODES), "ไม่เกิน 200 ข้อความ"),
    ],
)
def test_a_bad_tree_is_refused_in_words(raw, said):
    with pytest.raises(BadTree, match=said):
        clean_tree(raw)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ก\n" * 201, "ตอนนี้มี 201 บรรทัด"),
        ("\n".join("  " * depth + "ก" for depth in range(9)), "ลึกเกินไป"),
        ("ก\n- " + "ข" * 121, "ยาวไป 1 ตัวอักษร"),
        ("ก" * 70_000, "ยาวเกินไป"),
    ],
)
def test_a_bad_outline_is_refused_in_words(text, said):
    with pytest.raises(BadTree, match=said):
        from_outline(text, title="")


def test_what_is_allowed_at_most_is_allowed():
    assert clean_tree(chain(DEEPEST)) == chain(DEEPEST)
    widest = node("ก", *[node("ข") for _ in range(MOST_NODES - 1)])
    assert from_outline(to_outline(widest), title="") == widest
    assert words_of(chain(2)) == "กิ่ง\nปลาย"
