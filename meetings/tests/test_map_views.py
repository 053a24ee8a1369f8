"""Mind maps: two views of one tree, saved by one verb, never written over."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from meetings.domain.maps import to_outline
from meetings.models import Meeting, MindMap
from meetings.services.mapping import MapConflict, map_of, map_words, save_map
from meetings.tests.factories import MeetingFactory, chair_of, staff_of
from members.tests.factories import GroupFactory, acting
from portal.audit.models import AuditEntry
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db

OUTLINE = "น้ำท่วม\n- โรงเรียน\n  - ปากพล\n- งบซ่อม"
TREE = {
    "text": "น้ำท่วม",
    "children": [
        {"text": "โรงเรียน", "children": [{"text": "ปากพล", "children": []}]},
        {"text": "งบซ่อม", "children": []},
    ],
}


@pytest.fixture
def meeting() -> Meeting:
    unit = GroupFactory()
    return MeetingFactory(unit=unit, title="ประชุมกลุ่มนิเทศ", people=[staff_of(unit)])


@pytest.fixture
def drawer(client: Client, meeting: Meeting) -> Client:
    client.force_login(meeting.attendances.get().member)
    return client


def url(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


# The verb -----------------------------------------------------------------------------------------


def test_a_map_begins_with_the_meetings_title(meeting):
    found = map_of(meeting, chair_of(meeting))

    assert (found.pk, found.version) == (None, 0)
    assert found.tree == {"text": "ประชุมกลุ่มนิเทศ", "children": []}


def test_the_history_names_each_hand_once(meeting):
    chair, guest = chair_of(meeting), acting(meeting.attendances.get().member)
    for version, by in enumerate([chair, chair, guest]):
        save_map(meeting, tree=TREE | {"text": f"ฉบับ {version}"}, version=version, by=by)

    entries = AuditEntry.objects.filter(action="map.changed").order_by("pk")
    assert [entry.member for entry in entries] == [chair.member, guest.member]
    assert map_words(meeting).splitlines() == ["ฉบับ 2", "โรงเรียน", "ปากพล", "งบซ่อม"]


def test_a_map_that_moved_on_is_not_written_over(meeting):
    by = chair_of(meeting)
    save_map(meeting, tree=TREE, version=0, by=by)

    with pytest.raises(MapConflict) as caught:
        save_map(meeting, tree=TREE | {"text": "อื่น"}, version=0, by=by)

    assert caught.value.current.tree == TREE
    assert save_map(meeting, tree=TREE, version=0, by=by).version == 1


def test_a_bad_tree_is_refused_and_nothing_is_kept(meeting):
    with pytest.raises(DomainError, match="อ่านแผนที่นี้ไม่ได้"):
        save_map(meeting, tree={"text": 5}, version=0, by=chair_of(meeting))

    assert not MindMap.objects.exists()


def test_who_takes_no_part_draws_nothing(meeting):
    neighbour = acting(staff_of(meeting.unit))

    with pytest.raises(PermissionDenied):
        save_map(meeting, tree=TREE, version=0, by=neighbour)


def test_ones_own_map_is_nobody_elses(meeting):
    chair, guest = chair_of(meeting), acting(meeting.attendances.get().member)
    save_map(meeting, tree=TREE, version=0, mine=True, by=guest)
    room = save_map(meeting, tree=TREE | {"text": "ห้อง"}, version=0, by=chair)

    assert MindMap.objects.visible_to(guest.member).count() == 2
    assert list(MindMap.objects.visible_to(chair.member)) == [room]
    assert map_words(meeting).startswith("ห้อง")
    assert not AuditEntry.objects.filter(action="map.changed", member=guest.member).exists()


# The page -----------------------------------------------------------------------------------------


def test_the_outline_works_without_any_script(drawer, meeting):
    answer = drawer.post(url("map", meeting), {"outline": OUTLINE, "version": "0"}, follow=True)

    assert MindMap.objects.get().tree == TREE
    text = answer.content.decode()
    assert "บันทึกแล้ว" in text
    assert "<li>งบซ่อม</li>" in text
    assert OUTLINE in text


def test_drawing_and_outline_save_the_same_tree(drawer, meeting):
    by_outline = drawer.post(url("map-save", meeting), {"outline": OUTLINE, "version": "0"}).json()
    by_drawing = drawer.post(
        url("map-save", meeting), {"tree": json.dumps(TREE), "version": "1"}
    ).json()

    assert by_outline["tree"] == by_drawing["tree"] == MindMap.objects.get().tree == TREE
    assert by_outline["outline"] == by_drawing["outline"] == to_outline(TREE) == OUTLINE


def test_a_second_window_gets_both_and_may_keep_both(drawer, meeting):
    drawer.post(url("map-save", meeting), {"outline": OUTLINE, "version": "0"})
    behind = {"outline": "น้ำท่วม\n- อาหารกลางวัน\n- งบซ่อม", "version": "0"}

    answer = drawer.post(url("map-save", meeting), behind)
    assert (answer.status_code, answer.json()["differs"]) == (409, True)
    page = drawer.post(url("map", meeting), behind)

    assert page.status_code == 409
    assert "อาหารกลางวัน" in page.content.decode()
    assert MindMap.objects.get().tree == TREE
    drawer.post(url("map", meeting), behind | {"version": "1", "keep": "both"})
    assert to_outline(MindMap.objects.get().tree) == f"{OUTLINE}\n- อาหารกลางวัน"


def test_what_cannot_be_kept_stays_in_the_field(drawer, meeting):
    outline = "กลาง\n- " + "ข" * 125

    answer = drawer.post(url("map", meeting), {"outline": outline, "version": "0"})

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "ยาวไป 5 ตัวอักษร" in text
    assert outline in text
    saved = drawer.post(url("map-save", meeting), {"outline": outline, "version": "0"})
    assert (saved.status_code, "ยาวไป 5" in saved.json()["problem"]) == (422, True)
    assert not MindMap.objects.exists()


def test_who_only_looks_on_reads_the_branches(client, meeting):
    save_map(meeting, tree=TREE, version=0, by=chair_of(meeting))
    client.force_login(staff_of(meeting.unit))

    text = client.get(url("map", meeting)).content.decode()

    assert "<li>งบซ่อม</li>" in text
    assert "<textarea" not in text


def test_nothing_of_a_tree_is_read_as_markup(drawer, meeting):
    drawer.post(
        url("map-save", meeting), {"outline": "<b>ก\n- </textarea><script>", "version": "0"}
    )

    text = drawer.get(url("map", meeting)).content.decode()

    assert "<b>ก" not in text
    assert "</textarea><script>" not in text


@pytest.mark.parametrize(
    "fields",
    [
        {"tree": "{"},
        {"tree": "[" * 100_000},
        {"tree": "null"},
        {"tree": '{"text": "ก", "children": [{"text": null}]}'},
        {"tree": '{"text": "' + "ก" * 300_000 + '"}'},
        {"tree": '{"text": "\\ud800"}'},
        {"outline": "\x00\x01\n- \x00"},
        {"outline": "ก\n" * 5000},
        {"outline": "ก", "version": "x"},
        {"outline": "ก", "version": "9" * 40},
        {},
    ],
)
@pytest.mark.parametrize("name", ["map", "map-save", "map-mine", "map-mine-save"])
def test_odd_input_is_no_accident(drawer, meeting, name, fields):
    answer = drawer.post(url(name, meeting), fields)

    assert answer.status_code in {200, 302, 409, 422}
