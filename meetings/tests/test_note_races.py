"""One writer in many windows, many hands on one map: nothing is written over."""

from __future__ import annotations

import pytest

from meetings.models import MindMap, Note
from meetings.services.mapping import MapConflict, save_map
from meetings.services.noting import NoteConflict, save_note
from meetings.tests.factories import MeetingFactory, chair_of, staff_of
from members.tests.factories import acting

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

THREADS = 8


def test_of_many_first_saves_one_makes_the_note_and_the_others_are_told(race):
    meeting = MeetingFactory()
    by = chair_of(meeting)

    def save(number: int) -> str:
        try:
            save_note(meeting, version=0, changes={"heard": f"หน้าต่าง {number}"}, by=by)
        except NoteConflict:
            return "told"
        return "kept"

    answers = race(THREADS, save)

    assert sorted(answers) == ["kept"] + ["told"] * (THREADS - 1)
    assert Note.objects.get().version == 1


def test_of_many_hands_on_one_map_each_stroke_is_kept_or_told(race):
    meeting = MeetingFactory()
    hands = [chair_of(meeting)]
    for _ in range(THREADS - 1):
        member = staff_of(meeting.unit)
        meeting.attendances.create(member=member, invited_at=meeting.created_at)
        hands.append(acting(member))

    def draw(number: int) -> str:
        tree = {"text": f"มือที่ {number}", "children": []}
        try:
            save_map(meeting, tree=tree, version=0, by=hands[number])
        except MapConflict:
            return "told"
        return "kept"

    answers = race(THREADS, draw)

    assert sorted(answers) == ["kept"] + ["told"] * (THREADS - 1)
    assert MindMap.objects.get().version == 1


def test_nul_and_lone_surrogates_are_kept_out_of_both_engines():
    meeting = MeetingFactory()
    tree = {"text": "ก\x00ข\ud800", "children": []}

    save_map(meeting, tree=tree, version=0, by=chair_of(meeting))

    assert MindMap.objects.get().tree["text"] == "ก ข"
