"""Who gets what at the addresses of notes and mind maps."""

from __future__ import annotations

from typing import Any

from meetings.models import Meeting
from meetings.services.noting import save_note, share_note
from meetings.tests.factories import MeetingFactory
from tests.access_matrix import Access, everyone
from tests.world import World

TAKE_PART = ("officer", "teacher")
LOOK_ON = ("director", "deputy")


def room(world: World) -> Meeting:
    """A meeting that the officer keeps and the teacher is invited to; the director may look on."""
    officer, teacher = world.members["officer"], world.members["teacher"]
    meeting: Meeting = MeetingFactory(unit=world.group, chair=officer, people=[teacher])
    return meeting


def a_meeting(world: World) -> dict[str, Any]:
    return {"pk": room(world).pk}


def with_a_note(world: World) -> dict[str, Any]:
    return {"pk": _noted(world)["pk"]}


def private_note(world: World) -> dict[str, Any]:
    return _noted(world)


def shared_note(world: World) -> dict[str, Any]:
    return _noted(world, is_shared=True)


def _noted(world: World, *, is_shared: bool = False) -> dict[str, Any]:
    meeting, teacher = room(world), world.actor("teacher")
    note = save_note(meeting, version=0, changes={"heard": "น้ำท่วม"}, by=teacher)
    if is_shared:
        share_note(meeting, by=teacher)
    return {"pk": meeting.pk, "note_pk": note.pk}


def answers(part: tuple[int, int], look: tuple[int, int], rest: tuple[int, int]) -> dict[str, Any]:
    """What those who take part get, those who may look on, and everybody else."""
    return everyone(*rest) | dict.fromkeys(TAKE_PART, part) | dict.fromkeys(LOOK_ON, look)


READ = answers((200, 405), (200, 405), (404, 405))
SENT = answers((405, 200), (405, 403), (405, 404))
OWN_NOTE = answers((404, 405), (404, 405), (404, 405)) | {"teacher": (200, 405)}

ROWS = [
    Access("meetings:note", a_meeting, answers((200, 302), (302, 403), (404, 404))),
    Access("meetings:note-save", a_meeting, SENT),
    Access("meetings:note-fill", a_meeting, SENT),
    Access("meetings:note-pdf", a_meeting, answers((200, 405), (403, 405), (404, 405))),
    Access(
        "meetings:note-share",
        with_a_note,
        # There is nothing to share before the first word.
        answers((405, 422), (405, 403), (405, 404)) | {"teacher": (405, 302)},
    ),
    Access("meetings:note-unshare", with_a_note, answers((405, 302), (405, 403), (405, 404))),
    Access("meetings:notes", with_a_note, READ),
    Access("meetings:note-shared", shared_note, READ),
    Access("meetings:note-shared", private_note, OWN_NOTE),
    Access("meetings:note-shared-pdf", shared_note, READ),
    Access("meetings:note-shared-pdf", private_note, OWN_NOTE),
    Access("meetings:questions", with_a_note, READ),
    Access("meetings:map", a_meeting, answers((200, 302), (200, 403), (404, 404))),
    Access("meetings:map-save", a_meeting, SENT),
    Access("meetings:map-mine", a_meeting, answers((200, 302), (403, 403), (404, 404))),
    Access("meetings:map-mine-save", a_meeting, SENT),
]
