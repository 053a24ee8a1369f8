"""When mail goes and how a digest is put in order. Pure functions without Django."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from portal.core.calendar import add_working_days, is_working_day, next_working_morning
from portal.core.thaidates import BANGKOK, near, short_date

if TYPE_CHECKING:
    from portal.core.resources import Waiting

DIGEST_AT = time(7, 30)
SOON = 3
"""Working days within which a deadline has a place of its own in the morning mail."""
MAX_ATTEMPTS = 8
WAITS = (30, 120, 600, 3_600, 21_600, 86_400)
"""Seconds before the second, third, … try."""


def next_digest(now: datetime, holidays: Collection[date] = ()) -> datetime:
    """Return the next moment after `now` at which an office reads its morning mail."""
    return next_working_morning(now, holidays, at=DIGEST_AT)


def may_go(now: datetime, last_sent_on: date | None, holidays: Collection[date] = ()) -> bool:
    """Answer whether a digest may go now: a working day, from 07.30, none went today."""
    here = now.astimezone(BANGKOK)
    return (
        is_working_day(here.date(), holidays)
        and here.time() >= DIGEST_AT
        and last_sent_on != here.date()
    )


def wait_after(attempts: int, share: float) -> timedelta:
    """Return how long to wait after this many tries: half to all of the step, by `share`."""
    step = WAITS[min(max(attempts, 1), len(WAITS)) - 1]
    return timedelta(seconds=step * (0.5 + share / 2))


class Group(StrEnum):
    """The parts of a digest, in the order of reading."""

    OVERDUE = "เกินกำหนด"
    TODAY = "ครบกำหนดวันนี้"
    NEXT = "ครบกำหนดพรุ่งนี้"
    SOON = "ครบกำหนดภายใน 3 วันทำการ"
    NEW = "เรื่องใหม่"
    UNCLAIMED = "ยังไม่ลงรับ"
    WAITING = "ยังรออยู่"


@dataclass(frozen=True)
class News:
    """One notification of a member, as a digest tells it."""

    label: str
    title: str
    lines: Sequence[str]
    url: str
    link: str
    unit: str
    group: Group = Group.NEW


@dataclass
class Item:
    """One matter in a digest; for three schools of one clerk it is still one."""

    title: str
    link: str
    group: Group
    facts: str = ""
    urgency: int = 0
    lines: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)

    @property
    def meta(self) -> str:
        """Where and until when, in one line."""
        return " · ".join(part for part in (", ".join(self.units), self.facts) if part)


def heading_of(group: Group, now: datetime, holidays: Collection[date] = ()) -> str:
    """Return the words above a group; on a Friday the next working day is not tomorrow."""
    day = now.astimezone(BANGKOK).date()
    if group == Group.NEXT and add_working_days(day, 1, holidays) != day + timedelta(days=1):
        return "ครบกำหนดวันทำการถัดไป"
    return group.value


def _group_of(
    waiting: Waiting, now: datetime, holidays: Collection[date], *, is_new: bool
) -> Group:
    if waiting.due_at:
        if waiting.due_at < now and not waiting.is_event:
            return Group.OVERDUE
        today, due_on = now.astimezone(BANGKOK).date(), waiting.due_at.astimezone(BANGKOK).date()
        for group, days in ((Group.TODAY, 0), (Group.NEXT, 1), (Group.SOON, SOON)):
            last = add_working_days(today, days, holidays) if days else today
            if due_on <= last:
                return group
    if is_new:
        return Group.NEW
    return Group.UNCLAIMED if waiting.is_unclaimed else Group.WAITING


def _facts(waiting: Waiting, group: Group, now: datetime) -> str:
    if waiting.due_at is None:
        return waiting.state
    if group == Group.OVERDUE:
        return f"{waiting.state} ครบกำหนดเมื่อ {short_date(waiting.due_at)}"
    until = "" if waiting.is_event else "ภายใน "
    return f"{waiting.state} {until}{near(waiting.due_at, now)}"


def _add_lines(item: Item, news: News) -> None:
    """Add what the news says beyond the title under which the matter already stands.

    A reminder says nothing beyond the place in which it stands.
    """
    if news.group != Group.NEW and news.title != item.title:
        return
    said = [] if news.title == item.title else [news.label]
    item.lines.extend(line for line in [*said, *news.lines] if line not in item.lines)


def arrange(
    news: Iterable[News],
    waiting: Iterable[Waiting],
    now: datetime,
    holidays: Collection[date] = (),
) -> dict[Group, list[Item]]:
    """Return the matters of a digest by group, each once, however many things speak of it.

    What is told and also waits is one matter: it stands where its deadline puts it, under the
    subject that waits, with the lines of the news. Two things that wait at the same address (one
    circular for three schools) are one matter that names them all.
    """
    news = list(news)
    told = {one.url for one in news if one.group == Group.NEW}
    items: dict[str, Item] = {}
    for thing in sorted(waiting, key=lambda one: (one.due_at is None, one.due_at or now)):
        group = _group_of(thing, now, holidays, is_new=thing.url in told)
        facts = _facts(thing, group, now)
        item = items.setdefault(
            thing.url, Item(thing.subject, thing.url, group, facts, thing.urgency)
        )
        if thing.unit and thing.unit not in item.units:
            item.units.append(thing.unit)
    for one in news:
        address = one.url or one.link
        item = items.setdefault(address, Item(one.title, one.link, one.group, one.unit))
        item.link = one.link
        _add_lines(item, one)
    groups: dict[Group, list[Item]] = {group: [] for group in Group}
    for item in items.values():
        groups[item.group].append(item)
    return {group: rows for group, rows in groups.items() if rows}
