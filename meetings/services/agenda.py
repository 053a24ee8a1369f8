"""The agenda: its items in order, their files, and what was said about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from meetings.models import AgendaItem, Heading, Meeting, MeetingState
from meetings.services.standing import as_keeper
from members.models import Member
from members.services import Actor
from portal.audit.services import record
from portal.core.errors import DomainError
from portal.core.once import once
from portal.core.seen import require_as_seen
from portal.core.thaitext import tidy
from portal.files.models import FileUse, StoredFile
from portal.files.services import attach, detach, files_of
from portal.search.services import refresh

MOST_ITEMS = 100
ITEM_FIELDS = ("heading", "title", "presenter", "text", "discussion")
MOST_FILES = 10
ENCLOSURE = "enclosure"
OPEN_STATES = frozenset({MeetingState.PLANNED, MeetingState.HELD})


def _locked(meeting_id: int, by: Actor) -> tuple[Meeting, Actor]:
    """Return the meeting, locked, whose agenda the actor may change now."""
    meeting = Meeting.objects.select_related("unit").lock(meeting_id)
    actor = as_keeper(by, meeting)
    if meeting.state not in OPEN_STATES:
        raise DomainError("ปิดรายงานหรืองดประชุมแล้ว จึงแก้วาระไม่ได้")
    return meeting, actor


@transaction.atomic
def add_item(
    meeting: Meeting,
    *,
    heading: int,
    title: str,
    presenter: Member | None = None,
    text: str = "",
    key: UUID | None = None,
    by: Actor,
) -> AgendaItem:
    """The agenda has one more item, the last one under its heading."""
    locked, actor = _locked(meeting.pk, by)
    body = ["item", locked.pk, heading, title, text]
    with once(by, key, body) as done:
        if done.is_repeat and done.result:
            return AgendaItem.objects.get(pk=done.result["item"])
        rows = list(locked.agenda_items.filter(heading=heading))
        if locked.agenda_items.count() >= MOST_ITEMS:
            raise DomainError(f"วาระหนึ่งครั้งมีได้ไม่เกิน {MOST_ITEMS} เรื่อง")
        item = AgendaItem.objects.create(
            meeting=locked,
            heading=heading,
            position=max((row.position for row in rows), default=0) + 1,
            title=tidy(title).strip(),
            presenter=presenter,
            text=tidy(text).strip(),
        )
        done.result = {"item": item.pk}
    record("agenda_item.added", item, by=actor, meeting=locked.pk, heading=int(heading))
    refresh(locked, by=actor)
    return item


@transaction.atomic
def change_item(item: AgendaItem, *, seen: str = "", by: Actor, **details: Any) -> AgendaItem:
    """The item says what is named; under another heading it becomes the last one there.

    Overtaken when it no longer reads as the page showed it (`seen`).
    """
    meeting, actor = _locked(item.meeting_id, by)
    row = AgendaItem.objects.lock(item.pk)
    require_as_seen(row, ITEM_FIELDS, seen)
    for name in ("title", "text", "discussion"):
        if name in details:
            details[name] = tidy(details[name]).strip()
    changed = [name for name, value in details.items() if getattr(row, name) != value]
    if not changed:
        return row
    if "heading" in changed:
        under = meeting.agenda_items.filter(heading=details["heading"])
        row.position = max(under.values_list("position", flat=True), default=0) + 1
    for name in changed:
        setattr(row, name, details[name])
    row.save(update_fields=[*changed, "position"])
    record("agenda_item.changed", row, by=actor, meeting=meeting.pk, fields=changed)
    refresh(meeting, by=actor)
    return row


@transaction.atomic
def move_item(item: AgendaItem, *, step: int, by: Actor) -> None:
    """The item stands one place further (or nearer) under its heading; at an end it stays."""
    meeting, actor = _locked(item.meeting_id, by)
    rows = list(meeting.agenda_items.filter(heading=item.heading).order_by("position", "pk"))
    index = next((i for i, row in enumerate(rows) if row.pk == item.pk), None)
    if index is None or not 0 <= index + step < len(rows):
        return
    rows.insert(index + step, rows.pop(index))
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])
    record("agenda_item.moved", item, by=actor, meeting=meeting.pk, step=step)


@transaction.atomic
def remove_item(item: AgendaItem, *, by: Actor) -> None:
    """The item is no longer on the agenda; one with a resolution stays."""
    meeting, actor = _locked(item.meeting_id, by)
    row = AgendaItem.objects.filter(pk=item.pk).first()
    if row is None:
        return
    if row.resolutions.exists():
        raise DomainError("เรื่องนี้มีมติแล้ว จึงลบออกจากวาระไม่ได้")
    for use in files_of(row):
        detach(use, by=actor)
    record("agenda_item.removed", row, by=actor, meeting=meeting.pk, heading=row.heading)
    row.delete()
    refresh(meeting, by=actor)


@transaction.atomic
def attach_file(item: AgendaItem, *, stored: StoredFile, name: str, by: Actor) -> FileUse:
    """The file lies with the item; whoever sees the meeting may read it."""
    meeting, actor = _locked(item.meeting_id, by)
    earlier = files_of(item, ENCLOSURE)
    if len(earlier) >= MOST_FILES:
        raise DomainError(f"แนบได้ไม่เกิน {MOST_FILES} ไฟล์ต่อเรื่อง รวมไฟล์เป็น zip แล้วแนบใหม่")
    position = max((use.position for use in earlier), default=0) + 1
    use = attach(stored, item, role=ENCLOSURE, name=name, by=actor, position=position)
    record("agenda_item.file_attached", item, by=actor, meeting=meeting.pk)
    return use


@transaction.atomic
def remove_file(item: AgendaItem, *, use: FileUse, by: Actor) -> None:
    """The file no longer lies with the item."""
    meeting, actor = _locked(item.meeting_id, by)
    if use.pk not in {mine.pk for mine in files_of(item)}:
        raise DomainError("ไฟล์นี้ไม่ได้อยู่ในวาระนี้แล้ว")
    detach(use, by=actor)
    record("agenda_item.file_removed", item, by=actor, meeting=meeting.pk)


def by_heading(items: list[AgendaItem]) -> list[tuple[Heading, list[AgendaItem]]]:
    """Return every heading in the order of the office, with its items."""
    return [(heading, [row for row in items if row.heading == heading]) for heading in Heading]
