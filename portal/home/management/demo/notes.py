"""Notes and mind maps of the term's meetings: most of them shared, some without a name.

Written in bulk with the times of their meetings; the pages that lie open today are the director's,
which fits, and the officer's, which is two lines too long.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from meetings.domain.maps import from_outline
from meetings.domain.notes import TASK_LIMITS
from meetings.models import Meeting, MeetingState, MindMap, Note
from meetings.services.noting import save_note
from members.models import Holding, Member
from members.services import Actor
from portal.core.clock import db_now
from portal.home.management.demo.people import Cast
from portal.home.management.demo.plans import Deed, write_history
from portal.home.management.demo.texts.notes import DIRECTOR, MAPS, SHEETS, TOO_LONG, Sheet

MEETINGS_WITH_NOTES = 60
MOST_NOTES = 6
SHARED_SHARE, NAMELESS_SHARE, MAP_SHARE = 0.7, 0.25, 0.6


@transaction.atomic
def make_notes(cast: Cast, *, rng: Random) -> None:
    """The latest meetings have notes of their participants and maps of their rooms."""
    rows = Meeting.objects.filter(state__in=[MeetingState.HELD, MeetingState.CLOSED])
    latest = list(rows.select_related("chair", "secretary").order_by("-starts_at", "-pk"))
    noted = [meeting for meeting in latest if _about(meeting)][:MEETINGS_WITH_NOTES]
    # Whoever looks at a room of the demo finds its newest meeting full.
    first_of = {_about(meeting): meeting for meeting in reversed(latest) if _about(meeting)}
    noted += [meeting for meeting in first_of.values() if meeting not in noted]

    own = _own_pages(noted)
    notes = [note for meeting in noted for note in _notes(meeting, own, rng)]
    Note.objects.bulk_create(notes)
    maps = [
        _map(meeting)
        for meeting in noted
        if meeting in first_of.values() or rng.random() < MAP_SHARE
    ]
    MindMap.objects.bulk_create(maps)
    _write_history(notes)
    _write_own(own)


def _about(meeting: Meeting) -> str:
    return next((word for word in SHEETS if word in meeting.title), "")


def _own_pages(noted: Sequence[Meeting]) -> dict[str, tuple[Meeting, Sheet]]:
    """The pages of the people one can sign in as, by user name."""
    found: dict[str, tuple[Meeting, Sheet]] = {}
    for username, sheet in (("director", DIRECTOR), ("officer", TOO_LONG)):
        for meeting in noted:
            if meeting.attendances.filter(member__username=username).exists():
                found[username] = (meeting, sheet)
                break
    return found


def _notes(meeting: Meeting, own: dict[str, tuple[Meeting, Sheet]], rng: Random) -> list[Note]:
    attending = [row.member for row in meeting.attendances.select_related("member").order_by("pk")]
    apart = {name for name, (of, _) in own.items() if of.pk == meeting.pk}
    writers = [member for member in attending if member.username not in apart]
    chosen = rng.sample(writers, min(len(writers), rng.randint(2, MOST_NOTES)))
    sheets = SHEETS[_about(meeting)]
    start = rng.randrange(len(sheets))
    return [
        _note(meeting, writer, sheets[(start + number) % len(sheets)], rng)
        for number, writer in enumerate(chosen[: len(sheets)])
    ]


def _note(meeting: Meeting, writer: Member, sheet: Sheet, rng: Random) -> Note:
    saved_at = _in_time(meeting.starts_at + timedelta(minutes=rng.randint(20, 110)))
    is_shared = rng.random() < SHARED_SHARE
    return Note(
        meeting=meeting,
        writer=writer,
        version=rng.randint(3, 40),
        saved_at=saved_at,
        shared_at=_in_time(saved_at + timedelta(minutes=rng.randint(1, 30))) if is_shared else None,
        asks_by_name=rng.random() >= NAMELESS_SHARE,
        **_fields(sheet),
    )


def _fields(sheet: Sheet) -> dict[str, object]:
    tasks = [dict(zip(TASK_LIMITS, line.split(" | "), strict=True)) for line in sheet.tasks]
    return {
        "heard": sheet.heard,
        "thought": sheet.thought,
        "asked": sheet.asked,
        "written": sheet.written,
        "tasks": tasks,
    }


def _map(meeting: Meeting) -> MindMap:
    drawer = meeting.secretary or meeting.chair
    return MindMap(
        meeting=meeting,
        tree=from_outline(MAPS[_about(meeting)], title=meeting.title),
        version=1,
        saved_at=_in_time(meeting.starts_at + timedelta(minutes=40)),
        saved_by=drawer,
    )


def _in_time(moment: datetime) -> datetime:
    return min(moment, db_now())


def _write_history(notes: Sequence[Note]) -> None:
    holdings = {
        one.member_id: one
        for one in Holding.objects.current().select_related("member", "post__unit").order_by("-pk")
    }
    shared: list[Deed] = [
        (note, "note.shared", holdings.get(note.writer_id), note.shared_at, {})
        for note in notes
        if note.shared_at
    ]
    write_history(shared)


def _write_own(own: dict[str, tuple[Meeting, Sheet]]) -> None:
    """Save the pages that lie open, as their writers would."""
    for username, (meeting, sheet) in own.items():
        holding = (
            Holding.objects.current()
            .filter(member__username=username)
            .select_related("member", "post__unit")
            .order_by("pk")
            .first()
        )
        if holding is None:
            continue
        by = Actor(member=holding.member, holding=holding)
        save_note(meeting, version=0, changes=_fields(sheet), by=by)
