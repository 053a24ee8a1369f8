"""What the parts of the demo share: a letter before its recipients act, the script, the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import models

from documents.models import (
    Arrival,
    Dispatch,
    Extension,
    Letter,
    RegisterEntry,
    Response,
)
from documents.services.registering import REGISTERED, seal_of
from members.models import Holding, Member
from portal.audit.models import AuditEntry
from portal.core.actors import SYSTEM
from portal.core.calendar import is_working_day
from portal.core.clock import BANGKOK, bangkok, db_now
from portal.home.management.demo.people import CLERKS_SCHOOLS
from portal.home.management.demo.texts import (
    Template,
)

BATCH = 2_000
TYPESET_AT_MOST = 150
SCHOOLS_AT_ONCE = 200
Progress = Callable[[int, int], None]

# What lies on the desk of the clerk of three schools: subject begins with → school → state.
PAKPHON, TANOT, HATKHAITAO = CLERKS_SCHOOLS
SCRIPT: dict[str, dict[str, str]] = {
    "สำรวจความเสียหาย": {PAKPHON: "unopened", TANOT: "unopened", HATKHAITAO: "unopened"},
    "รายงานการดำเนินงานโครงการอาหารกลางวัน": {TANOT: "unanswered"},
    "แจ้งชื่อกรรมการคุมสอบ": {PAKPHON: "unanswered"},
    "ขอเชิญร่วมกิจกรรมแลกเปลี่ยน": {HATKHAITAO: "unopened"},
    "อบรมการใช้ระบบ": {PAKPHON: "unopened"},
    "การคัดกรองสุขภาพ": {TANOT: "opened"},
    "ขอให้ปรับปรุงข้อมูลครุภัณฑ์": {HATKHAITAO: "opened"},
    "แจ้งตารางการนิเทศ": {PAKPHON: "today"},
    "แจ้งโอนเงินอุดหนุน": {TANOT: "today"},
}
# The last letters of the term, newest first, with days before today and hour of sending.
RECENT = (
    ("สำรวจความเสียหาย", 1, time(8, 5)),
    ("ขอเชิญร่วมกิจกรรมแลกเปลี่ยน", 0, time(8, 15)),
    ("อบรมการใช้ระบบ", 1, time(15, 40)),
    ("การคัดกรองสุขภาพ", 2, time(10, 20)),
    ("แจ้งชื่อกรรมการคุมสอบ", 3, time(9, 30)),
    ("ขอให้ปรับปรุงข้อมูลครุภัณฑ์", 4, time(13, 30)),
    ("แจ้งตารางการนิเทศ", 4, time(14, 10)),
    ("แจ้งโอนเงินอุดหนุน", 5, time(11, 0)),
    ("รายงานการดำเนินงานโครงการอาหารกลางวัน", 9, time(9, 15)),
)


@dataclass
class Plan:
    """One letter of the demo before its recipients act."""

    template: Template
    sent_at: datetime
    due_at: datetime | None
    subject: str
    is_recent: bool = False
    letter: Letter | None = None
    dispatch: Dispatch | None = None


@dataclass
class Outcome:
    """What one school did with one letter."""

    arrival: Arrival
    responses: list[Response] = field(default_factory=list)
    extension: Extension | None = None
    assignee: Member | None = None
    note: str = ""


def at_hour(day: date, hour: time) -> datetime:
    """Return that hour of the day in Bangkok."""
    return datetime.combine(day, hour, tzinfo=BANGKOK)


def past_working_days(count: int, now: datetime, holidays: frozenset[date]) -> list[date]:
    """Return so many working days, newest first, beginning before today."""
    days: list[date] = []
    day = bangkok(now).date()
    while len(days) < count:
        day -= timedelta(days=1)
        if is_working_day(day, holidays):
            days.append(day)
    return days


def questions_of(template: Template) -> list[dict[str, Any]]:
    """Return the short form of a template as a letter keeps it."""
    return [
        {"key": f"q{number}", "hint": "", **question}
        for number, question in enumerate(template.questions, start=1)
    ]


Deed = tuple[models.Model, str, Holding | None, datetime, dict[str, Any]]


def registering(entry: RegisterEntry, holding: Holding) -> Deed:
    """Return the deed that the history knows of a line of a register."""
    facts = {"book": entry.book_id, "number": entry.number, "row": seal_of(entry)}
    return entry, REGISTERED, holding, entry.registered_at, facts


def write_history(deeds: Iterable[Deed]) -> None:
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(
                at=at,
                action=action,
                subject_type=subject._meta.label_lower,
                subject_id=subject.pk,
                member_id=holding.member_id if holding else None,
                holding_id=holding.pk if holding else None,
                capacity=str(holding) if holding else SYSTEM.name,
                data=data,
            )
            for subject, action, holding, at, data in deeds
        ),
        batch_size=BATCH,
    )


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let the house's clock stand at a moment of the past."""
    before = settings.CLOCK_SHIFT_SECONDS
    settings.CLOCK_SHIFT_SECONDS = before + (moment - db_now()).total_seconds()
    try:
        yield
    finally:
        settings.CLOCK_SHIFT_SECONDS = before
