"""The one-page note: kept while it is typed, shared, measured and printed on exactly one page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from meetings.domain.notes import BOXES, Gauge, clean_tasks, gauge_of, too_long
from meetings.models import Meeting, Note
from meetings.policies import can_take_notes
from members.models import Member
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import BANGKOK, db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.locks import lock_on
from portal.core.thaidates import WEEKDAYS, short_date, short_datetime, short_time
from portal.core.thaitext import tidy
from portal.papers.domain import NoteFill, NotePaper
from portal.papers.services import measure_note, typeset
from portal.search.services import refresh

NOTE_FIELDS = frozenset({*BOXES, "tasks", "asks_by_name"})


class NoteConflict(Conflict):
    """The note was saved elsewhere since this page was opened; `current` is how it stands now."""

    def __init__(self, current: Note) -> None:
        super().__init__("โน้ตนี้บันทึกจากอีกหน้าหนึ่งแล้ว เลือกว่าจะเก็บฉบับใด")
        self.current = current


class TooLong(DomainError):
    """The note does not fit one page; the text names the parts and their lines."""

    def __init__(self, fill: NoteFill) -> None:
        super().__init__(f"{too_long(fill)} จึงยังไม่พอดีหนึ่งหน้า")
        self.fill = fill


def note_of(meeting: Meeting, by: Actor) -> Note:
    """Return the actor's note of the meeting; an empty, unsaved one before the first word."""
    note = Note.objects.filter(meeting=meeting, writer=by.member).first()
    note = note or Note(meeting=meeting, writer=by.member, saved_at=db_now())
    note.meeting, note.writer = meeting, by.member
    return note


@transaction.atomic
def save_note(meeting: Meeting, *, version: int, changes: Mapping[str, Any], by: Actor) -> Note:
    """The actor's note of the meeting holds `changes`; its version is one higher.

    `version` is the one the writer's page was made from (0 before the first save): when the note
    moved on since, NoteConflict is raised and nothing is changed. What does not fit one page is
    kept as well; only printing waits. A private note is not audited.
    """
    if unknown := set(changes) - NOTE_FIELDS:
        raise ValueError(f"not fields of a note: {sorted(unknown)}")
    note = _locked(meeting, by)
    if note.version != version:
        raise NoteConflict(note)
    for name, value in changes.items():
        setattr(note, name, tidy(value) if name in BOXES else value)
    note.tasks = clean_tasks(note.tasks)
    note.version += 1
    note.saved_at = db_now()
    if note.pk:
        note.save(update_fields=[*changes, "tasks", "version", "saved_at"])
    else:
        note.save(force_insert=True)
    if note.is_shared:
        refresh(meeting, by=by)
    return note


@transaction.atomic
def share_note(meeting: Meeting, *, by: Actor) -> Note:
    """Whoever sees the meeting may read the actor's note; sharing twice is once."""
    note = _locked(meeting, by)
    if not note.pk:
        raise DomainError("โน้ตยังว่างอยู่ เขียนแล้วจึงแบ่งปัน")
    if note.is_shared:
        return note
    note.shared_at = db_now()
    note.save(update_fields=["shared_at"])
    record("note.shared", note, by=by, meeting=meeting.pk)
    refresh(meeting, by=by)
    return note


@transaction.atomic
def unshare_note(meeting: Meeting, *, by: Actor) -> Note:
    """The actor's note is theirs alone again."""
    note = _locked(meeting, by)
    if not note.is_shared:
        return note
    note.shared_at = None
    note.save(update_fields=["shared_at"])
    record("note.unshared", note, by=by, meeting=meeting.pk)
    refresh(meeting, by=by)
    return note


def _locked(meeting: Meeting, by: Actor) -> Note:
    """Return the actor's note under lock; a new one when there is none yet."""
    require(can_take_notes(by, meeting))
    lock_on(f"note:{meeting.pk}:{by.member.pk}")
    return note_of(meeting, by)


# On paper ---------------------------------------------------------------------------------------


def note_fill(note: Note) -> NoteFill:
    """How full the note is: each part's lines, and the size that it is printed at."""
    return measure_note(_paper(note).data())


def note_gauge(note: Note) -> Gauge:
    """The same in words, for the page."""
    return gauge_of(note_fill(note))


def print_note(note: Note) -> bytes:
    """The note as PDF on exactly one page of A4; TooLong names what stands in the way."""
    fill = note_fill(note)
    if not fill.fits:
        raise TooLong(fill)
    return typeset("one_page_note", _paper(note).data())


def _paper(note: Note) -> NotePaper:
    office = note.meeting.unit.office or note.meeting.unit
    return NotePaper(
        meeting=str(note.meeting),
        writer=str(note.writer),
        held=held(note.meeting),
        tasks=clean_tasks(note.tasks),
        office=office.label,
        saved=f"บันทึกเมื่อ {short_datetime(note.saved_at)}",
        date=note.saved_at.astimezone(BANGKOK),
        **{name: getattr(note, name) for name in BOXES},
    )


def held(meeting: Meeting) -> str:
    """When and where: พฤหัสบดี 19 พ.ย. 2569 13.30 น. · ห้องประชุมลำปำ."""
    weekday = WEEKDAYS[meeting.on.weekday()]
    when = f"{weekday} {short_date(meeting.on)} {short_time(meeting.starts_at)}"
    return f"{when} · {meeting.place}" if meeting.place else when


def as_typed(note: Note, changes: Mapping[str, Any]) -> Note:
    """A copy of the note with `changes`, to be measured; nothing is saved."""
    fields = {field.attname: getattr(note, field.attname) for field in note._meta.concrete_fields}
    copy = Note(**fields | dict(changes))
    copy.meeting, copy.writer = note.meeting, note.writer
    return copy


def as_read_by(reader: Member, note: Note) -> Note:
    """The shared note as the reader has it: nameless questions stand with the room's alone."""
    if note.asks_by_name or note.writer_id == reader.pk:
        return note
    return as_typed(note, {"asked": ""})


# What the room sees -----------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class RoomQuestion:
    """One question of the room; `asker` is empty when it was asked without a name."""

    text: str
    asker: str


def questions_of_the_room(meeting: Meeting) -> list[RoomQuestion]:
    """The questions of all shared notes: first those with a name, as they were shared.

    The nameless ones follow in the order of their words, so that their order tells nobody's.
    """
    notes = list(meeting.notes.shared().select_related("writer"))
    named = [
        RoomQuestion(text, str(note.writer))
        for note in notes
        if note.asks_by_name
        for text in note.questions
    ]
    nameless = sorted(text for note in notes if not note.asks_by_name for text in note.questions)
    return named + [RoomQuestion(text, "") for text in nameless]


def shared_words(meeting: Meeting) -> str:
    """What the search reads of the meeting's shared notes; those who see it may read them."""
    shared = [note for note in meeting.notes.all() if note.is_shared]
    texts = [
        text
        for note in shared
        for text in (
            *(getattr(note, name) for name in BOXES if name != "asked" or note.asks_by_name),
            *(" ".join(row.values()) for row in note.tasks),
        )
    ]
    # Nameless questions stand apart from what their writers noted.
    texts += sorted(note.asked for note in shared if not note.asks_by_name)
    return "\n".join(text for text in texts if text)
