"""Write, publish, withdraw and acknowledge announcements; what stands before whom today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from members.models import AudienceSnapshot, Member, Unit, UnitKind
from members.querysets import holds
from members.services import Actor, audience_drift, freeze_audience
from portal.announcements.models import (
    Acknowledgement,
    Announcement,
    AnnouncementState,
    Recipient,
)
from portal.announcements.policies import (
    can_acknowledge,
    can_announce,
    can_choose_audience,
    can_manage,
)
from portal.audit.services import record
from portal.core.clock import db_now, today
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import once
from portal.core.prepared import prepared
from portal.core.seen import require_as_seen
from portal.core.thaidates import day_bounds
from portal.files.models import FileUse, StoredFile
from portal.files.services import attach, detach, files_of
from portal.outbox.services import publish
from portal.richtext.domain import clean_html, plain_text
from portal.search.services import refresh

ATTACHMENT = "attachment"
MOST_FILES = 10
AUDIENCE = ("audience_rule",)
STRIP = 3  # announcements above a list
DEEDS = {
    "announcement.created": "เริ่มร่าง",
    "announcement.published": "เผยแพร่",
    "announcement.withdrawn": "ถอนประกาศ",
    "announcement.discarded": "ทิ้งร่าง",
    "announcement.restored": "เอาร่างกลับมา",
}
TYPED = ("title", "is_urgent", "needs_acknowledgement", "from_on", "until_on")


class Outrun(Conflict):
    """Somebody else saved the draft since this page was opened."""

    def __init__(self) -> None:
        super().__init__("มีคนแก้ร่างนี้พร้อมกัน สิ่งที่ท่านพิมพ์ยังอยู่ในแบบ ดูของเขาก่อน แล้วบันทึกอีกครั้งถ้าจะใช้ของท่าน")


# Writing ----------------------------------------------------------------------------------------


@transaction.atomic
def create_announcement(
    unit: Unit, *, title: str, text: str, key: UUID | None = None, by: Actor, **said: Any
) -> Announcement:
    """There is a draft of the unit; one that a school writes is for its own people."""
    require(can_announce(by, unit))
    body = {"announcement": unit.pk, "title": title, "text": text, **said}
    with once(by, key, body) as done:
        if done.is_repeat and done.result:
            return Announcement.objects.get(pk=done.result["announcement"])
        announcement = Announcement(unit=unit, author=by.member, title=title, saved_at=db_now())
        if unit.kind == UnitKind.SCHOOL:
            announcement.audience_rule = {"units": [unit.pk]}
        _fill(announcement, title=title, text=text, **said)
        announcement.save(force_insert=True)
        record("announcement.created", announcement, by=by)
        done.result = {"announcement": announcement.pk}
    return announcement


def _fill(announcement: Announcement, *, text: str, **said: Any) -> list[str]:
    """Put what was typed into the draft in memory; return the names of the fields."""
    announcement.text = clean_html(text)
    names = [name for name in TYPED if name in said]
    for name in names:
        setattr(announcement, name, said[name])
    if "visibility" in said and announcement.unit.kind != UnitKind.SCHOOL:
        announcement.visibility = said["visibility"]
    return [*names, "text", "visibility"]


def _locked_draft(announcement: Announcement, by: Actor) -> Announcement:
    """Lock the draft for a change by one of its unit."""
    locked = Announcement.objects.select_related("unit__office").lock(announcement.pk)
    require(can_manage(by, locked))
    if not locked.is_draft:
        raise DomainError(f"“{locked}” {locked.standing} จึงแก้ไม่ได้")
    return locked


@transaction.atomic
def save_draft(
    announcement: Announcement, *, version: int, text: str, by: Actor, **said: Any
) -> Announcement:
    """The draft says what was typed; Outrun when somebody saved it since it was opened."""
    locked = _locked_draft(announcement, by)
    before = Announcement.objects.get(pk=locked.pk)
    names = _fill(locked, text=text, **said)
    if all(getattr(before, name) == getattr(locked, name) for name in names):
        return locked
    if locked.version != version:
        raise Outrun
    locked.version += 1
    locked.saved_at = db_now()
    locked.save(update_fields=[*names, "version", "saved_at"])
    return locked


@transaction.atomic
def set_audience(
    announcement: Announcement, *, rule: dict[str, Any], seen: str = "", by: Actor
) -> Announcement:
    """The draft is for these recipients; Overtaken when others were chosen since it was `seen`."""
    locked = _locked_draft(announcement, by)
    require(can_choose_audience(by, locked))
    require_as_seen(locked, AUDIENCE, seen)
    locked.audience_rule = rule
    locked.saved_at = db_now()
    locked.save(update_fields=["audience_rule", "saved_at"])
    return locked


@transaction.atomic
def attach_file(announcement: Announcement, *, stored: StoredFile, name: str, by: Actor) -> FileUse:
    """The file hangs on the draft, behind those before it."""
    locked = _locked_draft(announcement, by)
    there = files_of(locked, ATTACHMENT)
    if len(there) >= MOST_FILES:
        raise DomainError(f"แนบได้ไม่เกิน {MOST_FILES} ไฟล์ รวมเป็น zip หรือถอดไฟล์ที่ไม่ใช้")
    position = max((use.position for use in there), default=0) + 1
    return attach(stored, locked, role=ATTACHMENT, name=name, by=by, position=position)


@transaction.atomic
def remove_file(announcement: Announcement, *, use: FileUse, by: Actor) -> None:
    """The file hangs on the draft no more."""
    _locked_draft(announcement, by)
    detach(use, by=by)


@transaction.atomic
def discard_draft(announcement: Announcement, *, by: Actor) -> Announcement:
    """The draft is thrown away; it can be taken back."""
    locked = Announcement.objects.select_related("unit").lock(announcement.pk)
    require(can_manage(by, locked))
    locked.move_to(AnnouncementState.DISCARDED)
    locked.save(update_fields=["state"])
    record("announcement.discarded", locked, by=by)
    return locked


@transaction.atomic
def restore_draft(announcement: Announcement, *, by: Actor) -> Announcement:
    """A draft that was thrown away is there again."""
    locked = Announcement.objects.select_related("unit").lock(announcement.pk)
    require(can_manage(by, locked))
    locked.move_to(AnnouncementState.DRAFT)
    locked.save(update_fields=["state"])
    record("announcement.restored", locked, by=by)
    return locked


# Publishing -------------------------------------------------------------------------------------


def missing_for_publishing(announcement: Announcement) -> list[str]:
    """Return in short sentences what the draft lacks."""
    missing = []
    if not announcement.title:
        missing.append("ใส่ชื่อเรื่อง")
    if not announcement.text:
        missing.append("เขียนข้อความ")
    if not announcement.audience_rule and not announcement.is_public:
        missing.append("เลือกผู้รับ")
    elif not announcement.audience_rule and announcement.needs_acknowledgement:
        missing.append("เลือกผู้รับที่ต้องกดรับทราบ")
    if announcement.is_over:
        missing.append("แก้วันสุดท้ายที่แสดง ผ่านไปแล้ว")
    return missing


def prepare_publishing(announcement: Announcement, *, by: Actor) -> AudienceSnapshot:
    """The recipients are frozen as they stand now, for the page that asks once more."""
    require(can_manage(by, announcement))
    if not announcement.is_draft:
        raise DomainError(f"“{announcement}” {announcement.standing}")
    if missing := missing_for_publishing(announcement):
        raise DomainError(" · ".join(missing))
    if announcement.audience_rule:
        return freeze_audience(announcement.audience_rule, office=announcement.office, by=by)
    return AudienceSnapshot.objects.create(
        office=announcement.office,
        total=0,
        summary="ทุกคน ทางหน้าแรกของเว็บไซต์",
        frozen_at=db_now(),
        frozen_by=by.member,
    )


@transaction.atomic
def publish_announcement(
    announcement: Announcement, *, snapshot: AudienceSnapshot, key: UUID | None, by: Actor
) -> Announcement:
    """It stands before the frozen recipients from its first day, and they are told on that day.

    The same key twice is one announcement. Raises InvalidTransition when another form has
    published it, and Conflict when the recipients moved since the page that asked.
    """
    with once(by, key, {"publish": announcement.pk, "snapshot": snapshot.pk}) as done:
        locked = Announcement.objects.select_related("unit__office").lock(announcement.pk)
        if done.is_repeat:
            return locked
        require(can_manage(by, locked))
        locked.move_to(AnnouncementState.PUBLISHED)
        if missing := missing_for_publishing(locked):
            raise DomainError(" · ".join(missing))
        if snapshot.rule != locked.audience_rule or audience_drift(snapshot):
            raise Conflict("ผู้รับเปลี่ยนไปตั้งแต่เปิดหน้านี้ ตรวจแล้วยืนยันอีกครั้ง")
        locked.snapshot = snapshot
        locked.from_on = max(locked.from_on or today(), today())
        locked.published_at, locked.published_by = db_now(), by.member
        locked.save(update_fields=["state", "snapshot", "from_on", "published_at", "published_by"])
        Recipient.objects.bulk_create(
            Recipient(announcement=locked, unit_id=unit, member_id=member)
            for unit, member in snapshot.recipients
        )
        record("announcement.published", locked, by=by, recipients=snapshot.total)
        begins, _ = day_bounds(locked.from_on)
        publish(
            "announcements.published",
            locked,
            by=by,
            due_at=begins if locked.from_on > today() else None,
        )
        refresh(locked, by=by)
        done.result = {"announcement": locked.pk}
    return locked


@transaction.atomic
def withdraw_announcement(announcement: Announcement, *, reason: str, by: Actor) -> Announcement:
    """Its recipients see it no more; its unit keeps it, with the reason."""
    locked = Announcement.objects.select_related("unit").lock(announcement.pk)
    require(can_manage(by, locked))
    locked.move_to(AnnouncementState.WITHDRAWN)
    locked.withdrawn_at, locked.withdraw_reason = db_now(), reason
    locked.save(update_fields=["state", "withdrawn_at", "withdraw_reason"])
    record("announcement.withdrawn", locked, by=by, reason=reason)
    refresh(locked, by=by)
    return locked


@transaction.atomic
def acknowledge(announcement: Announcement, *, by: Actor) -> Acknowledgement:
    """The member has said that they know: once, however often they say it."""
    locked = Announcement.objects.lock(announcement.pk)
    require(can_acknowledge(by, locked))
    if not locked.is_published:
        raise DomainError("ประกาศนี้ถูกถอนแล้ว ไม่ต้องรับทราบ")
    known = Acknowledgement.objects.filter(announcement=locked, member=by.member).first()
    if known:
        return known
    known = Acknowledgement(announcement=locked, member=by.member, at=db_now())
    known.save(force_insert=True)
    record("announcement.acknowledged", locked, by=by)
    return known


# Who was told, and who knows --------------------------------------------------------------------


def people_among(recipients: Iterable[Iterable[int | None]]) -> QuerySet[Member]:
    """Return the active members that frozen recipients mean today."""
    rows = [tuple(row) for row in recipients]
    units = [unit for unit, member in rows if member is None]
    persons = [member for _, member in rows if member is not None]
    return Member.objects.fitting(holds("holdings__", post__unit__in=units), Q(pk__in=persons))


def people_of(announcement: Announcement) -> QuerySet[Member]:
    """Return the active members to whom the announcement was sent, as they stand today."""
    rows = Recipient.objects.filter(announcement=announcement)
    units = rows.filter(member__isnull=True).values("unit")
    persons = rows.filter(member__isnull=False).values("member")
    return Member.objects.fitting(holds("holdings__", post__unit__in=units), Q(pk__in=persons))


# For the other pages of the house ---------------------------------------------------------------


def current_for(member: Member, limit: int = 3) -> list[Announcement]:
    """Return what stands before the member today: what asks for a word first. One query."""
    shown = Announcement.objects.current().addressed_to(member).select_related("unit")
    return list(shown.by_need(member)[:limit])


def strip_for(member: Member) -> list[Announcement]:
    """Return what must not be missed: what asks for a word, and what is urgent. One query."""
    return _pressing(member.pk, tuple(Unit.objects.ids_held_by(member)), today())


@prepared
def _pressing(member: int, units: tuple[int, ...], day: date) -> QuerySet[Announcement]:
    shown = Announcement.objects.current(day).reaching(member, units).select_related("unit")
    pressing = Q(needs_acknowledgement=True, is_acknowledged=False) | Q(
        is_urgent=True, needs_acknowledgement=False
    )
    return shown.by_need(member).filter(pressing)[:STRIP]


def public_news(limit: int = 5) -> list[Announcement]:
    """Return the newest news for visitors. One query."""
    shown = Announcement.objects.current().public().select_related("unit")
    return list(shown.order_by("-published_at", "-pk")[:limit])


def summary(announcement: Announcement, length: int = 160) -> str:
    """Return the first words of its text on one line."""
    words = " ".join(plain_text(announcement.text).split())
    return words if len(words) <= length else f"{words[:length].rstrip()}…"
