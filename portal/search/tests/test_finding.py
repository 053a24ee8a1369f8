"""What is found, by whom, in which order; and what never is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.core.resources import MEMBERS, in_office
from portal.search.domain import read_query
from portal.search.models import SearchDoc
from portal.search.querysets import NEWEST, Question
from portal.search.services import forget_gone
from portal.search.tests.conftest import KIND

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

SUBJECT = "ขอเชิญประชุมเชิงปฏิบัติการการพัฒนาตนเองของข้าราชการครู"


@pytest.mark.parametrize(
    "typed",
    [
        "พัฒนา",
        "การพัฒนา",
        "การพัฒนาตนเอง",
        "ประชุม",
        "ปฏิบัติการ",
        "ข้าราชการ",
        "ครู พัฒนา",
        "ประชุมเชิงปฏิบัติการ",
        "กำหนดการ",
        "ก\u0e4d\u0e32หนดการ",
        "กำหนดการ ๒๐",
        "20",
        "DLTV",
        "dltv",
    ],
)
def test_words_are_found_wherever_they_stand(shelf, typed):
    shelf.put("เรื่องอื่น", body="ไม่เกี่ยวกัน")
    shelf.put(SUBJECT, body="ตามก\u0e4dาหนดการวันที่ ๒๐ ผ่านระบบ DLTV".replace("\u0e4dา", "ำ"))

    assert shelf.titles(typed) == [SUBJECT]


@pytest.mark.parametrize("typed", ["พัฒนาการศึกษา", "ครูใหญ่", "ครู ใหญ่", "เชิงการ", "21"])
def test_what_does_not_stand_there_is_not_found(shelf, typed):
    shelf.put(SUBJECT, body="การศึกษา วันที่ ๒๐ พัฒนา")

    assert shelf.titles("พัฒนา") == [SUBJECT]
    assert shelf.titles(typed) == []


def test_a_word_typed_with_other_marks_is_the_same_word(shelf):
    shelf.put("น\u0e4d\u0e49\u0e32ดื่มและเเผนที่\u0e48")

    assert shelf.titles("น้ำดื่ม")
    assert shelf.titles("แผนที่")


@pytest.mark.parametrize(
    "typed", ["ว123", "ว ๑๒๓", "ศธ 04225/ว123", "ศธ ๐๔๒๒๕/ว ๑๒๓", "4225/ว1", "04225ว12", "ว12"]
)
def test_a_number_is_found_by_any_part(shelf, typed):
    shelf.put("หนังสืออื่น", number="ศธ 04225/999")
    shelf.put("หนังสือเวียน", number="ศธ 04225/ว 123")

    assert shelf.titles(typed) == ["หนังสือเวียน"]


def test_a_part_of_a_number_beside_a_word(shelf):
    shelf.put("รายงานผล", number="ศธ 04225/ว 123")
    shelf.put("ขอเชิญ", number="ศธ 04225/ว 124")

    assert shelf.titles("รายงาน 4225/ว") == ["รายงานผล"]
    assert shelf.titles("รายงาน 124") == []


@pytest.mark.parametrize(
    "typed", ['"', "'", "* OR ครู", "ครู:*", "atoms : ครู", "'a' & !'b'", "\\", "NEAR(ครู)", "%_"]
)
def test_signs_of_the_engines_are_only_signs(shelf, typed, client):
    shelf.put("ครู")

    assert client.get("/search/", {"q": typed}).status_code == 200


# Who finds ---------------------------------------------------------------------------------------


@pytest.fixture
def reader(world):
    return world.members["officer"]


@pytest.fixture
def stranger(world):
    return world.members["outsider"]


def test_a_strangers_things_are_not_found(shelf, reader, stranger):
    shelf.put("การพัฒนาตนเอง", to=[reader])

    assert shelf.titles("พัฒนา", reader) == ["การพัฒนาตนเอง"]
    assert shelf.titles("พัฒนา", stranger) == []
    assert shelf.titles("พัฒนา", None) == []


def test_scopes_that_are_too_wide_open_nothing(shelf, reader, stranger):
    shelf.put("การพัฒนาตนเอง", to=[reader], scopes=["public"])

    assert shelf.titles("พัฒนา", reader) == ["การพัฒนาตนเอง"]
    assert shelf.titles("พัฒนา", stranger) == []


def test_without_the_gate_the_stranger_would_see_it(shelf, reader, stranger):
    """The control: what hides the paper in the test above is the gate, and nothing else."""
    shelf.put("การพัฒนาตนเอง", to=[reader], scopes=["public"])
    shelf.is_guarded = False

    assert shelf.titles("พัฒนา", stranger) == ["การพัฒนาตนเอง"]


def test_scopes_narrow_before_the_gate_is_asked(shelf, world, reader, stranger):
    shelf.put("การพัฒนาตนเอง", to=[reader], scopes=[in_office(world.office.pk)])
    shelf.is_guarded = False

    assert shelf.titles("พัฒนา", reader) == ["การพัฒนาตนเอง"]
    assert shelf.titles("พัฒนา", stranger) == []


@pytest.mark.parametrize("newest", [True, False])
def test_hidden_things_move_no_page(shelf, reader, stranger, newest):
    for number in range(25):
        shelf.put(f"การพัฒนา {number:02}", to=[None])

    def pages():
        first = shelf.search("พัฒนา", stranger, newest=newest)
        second = shelf.search("พัฒนา", stranger, newest=newest, cursor=first.next_cursor)
        return [[hit.url for hit in found.hits] for found in (first, second)], second.next_cursor

    before = pages()
    for number in range(90):
        shelf.put(f"การพัฒนาลับ {number}", to=[reader], scopes=["public"])

    assert [len(hits) for hits in before[0]] == [20, 5]
    assert before[1] == ""
    assert pages() == before
    assert len(shelf.titles("พัฒนา", reader)) == 20


# As things are now -------------------------------------------------------------------------------


def test_old_words_of_an_edited_thing_find_nothing(shelf):
    paper = shelf.put("ประชุมครูใหญ่", body="เนื้อหาเดิม", number="ศธ 1/11")
    shelf.put("ประชุมภารโรง")

    shelf.change(paper, title="อบรมครู", body="เนื้อหาใหม่", number="ศธ 1/22")

    assert shelf.titles("อบรมครู") == ["อบรมครู"]
    assert shelf.titles("1/22") == ["อบรมครู"]
    assert shelf.titles("ครูใหญ่") == []
    assert shelf.titles("เดิม") == []
    assert shelf.titles("1/11") == []
    assert shelf.titles("ประชุม") == ["ประชุมภารโรง"]
    assert candidates("ครูใหญ่") == candidates("เดิม") == candidates("1/11") == []


def candidates(typed):
    """Return what the engine proposes to the public, before anything is compared."""
    question = Question(read_query(typed), frozenset({"public"}))
    return SearchDoc.objects.candidates(question, before=NEWEST, limit=100)


def test_a_withdrawn_thing_is_not_found(shelf):
    paper = shelf.put("ประชุมครู")
    assert shelf.titles("ประชุม") == ["ประชุมครู"]

    shelf.withdraw(paper)

    assert shelf.titles("ประชุม") == []
    assert candidates("ประชุม") == []
    assert not SearchDoc.objects.exists()


def test_a_deleted_thing_is_not_found(shelf):
    paper = shelf.put("ประชุมครู")
    assert shelf.titles("ประชุม") == ["ประชุมครู"]

    paper.delete()

    assert shelf.titles("ประชุม") == []
    assert candidates("ประชุม") != []
    assert forget_gone(KIND) == 1
    assert candidates("ประชุม") == []


def test_a_text_that_changed_a_moment_ago_is_not_shown_by_its_old_words(shelf):
    paper = shelf.put("ประชุมครู")

    shelf.papers[paper.pk] = None

    assert candidates("ประชุม") != []
    assert shelf.titles("ประชุม") == []


def test_the_scopes_follow_the_thing(shelf, reader):
    paper = shelf.put("ประชุมครู", to=[None])
    assert shelf.titles("ประชุม", None) == ["ประชุมครู"]

    shelf.change(paper, scopes=frozenset({MEMBERS}))

    assert shelf.titles("ประชุม", None) == []
    assert shelf.titles("ประชุม", reader) == ["ประชุมครู"]


# In which order ----------------------------------------------------------------------------------


def test_the_subject_comes_before_the_text(shelf):
    shelf.put("การพัฒนา ครู")
    shelf.put("ครู และ การพัฒนา")
    shelf.put("หนังสือ ก", body="การพัฒนา ครู ทุกคน")
    shelf.put("หนังสือ ข", body="ครู กับ การพัฒนา")

    typed = "การพัฒนา ครู"
    newest = ["หนังสือ ข", "หนังสือ ก", "ครู และ การพัฒนา", "การพัฒนา ครู"]

    assert shelf.titles(typed, newest=True) == newest
    assert shelf.titles(typed) == ["การพัฒนา ครู", "ครู และ การพัฒนา", "หนังสือ ก", "หนังสือ ข"]


def test_what_was_indexed_late_stands_at_its_day(shelf):
    for title in ("ครู ก", "ครู ข", "ครู ค"):
        shelf.put(title)
    first = next(pk for pk, paper in shelf.papers.items() if paper.title == "ครู ก")
    shelf.change(shelf.visible_to(None).get(pk=first), body="แก้ทีหลัง")

    assert shelf.titles("ครู", newest=True) == ["ครู ค", "ครู ข", "ครู ก"]


@pytest.mark.parametrize("newest", [True, False])
def test_pages_follow_one_another_without_gap_or_twin(shelf, newest):
    for number in range(45):
        shelf.put(f"ครู {number}")

    seen, cursor, sizes = [], "", []
    while True:
        found = shelf.search("ครู", newest=newest, cursor=cursor)
        seen += [hit.url for hit in found.hits]
        sizes.append(len(found.hits))
        cursor = found.next_cursor
        if not cursor:
            break

    assert sizes == [20, 20, 5]
    assert len(set(seen)) == 45


@pytest.mark.parametrize("cursor", ["x", "r", "r-1", "n", "n٣", "r99999", "n" + "9" * 30, "\x00"])
def test_a_cursor_that_makes_no_sense_breaks_nothing(shelf, cursor):
    shelf.put("ครู")

    assert len(shelf.search("ครู", cursor=cursor).hits) <= 1


# What it costs -----------------------------------------------------------------------------------


def test_one_hit_costs_as_many_queries_as_three(shelf, reader):
    shelf.put("ครู หนึ่ง")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            shelf.titles("ครู", reader)
        return len(queries)

    one = cost()
    shelf.put("ครู สอง")
    shelf.put("ครู สาม")

    assert cost() == one
    assert one <= 12
