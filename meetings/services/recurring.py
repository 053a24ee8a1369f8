"""Series: make their meetings ahead, step over holidays, move, pause and end them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from meetings.domain.recurrence import Slot, slots, storyteller_of
from meetings.models import CancelCause, Meeting, Series, SeriesState
from meetings.policies import can_call
from meetings.querysets.meetings import STAFF_ROLES
from meetings.services.calling import cancel, invite, restore, to_invite
from meetings.services.standing import as_keeper
from members.models import Holiday, Member, Unit
from members.services import Actor, act_at, office_holidays, read_rule
from portal.audit.services import record
from portal.core.actors import SYSTEM
from portal.core.actors import Actor as AnyActor
from portal.core.clock import BANGKOK, db_now, today
from portal.core.errors import DomainError, require
from portal.core.once import once
from portal.core.seen import require_as_seen
from portal.core.thaitext import tidy
from portal.outbox.services import publish
from portal.search.services import refresh

AHEAD = timedelta(weeks=8)
INVITE_AHEAD = timedelta(days=7)
NO_TURN = "เปลี่ยนกำหนดของชุดประชุม"
MOVED = ("starts_at", "ends_at", "place", "online_url", "title", "chair_id", "secretary_id")
FIELDS = (
    "title",
    "rhythm",
    "weekday",
    "starts_time",
    "minutes",
    "place",
    "online_url",
    "from_on",
    "until_on",
    "chair",
    "secretary",
)
SHOWN = (*FIELDS, "rota")


@transaction.atomic
def create_series(
    unit: Unit,
    *,
    rule: dict[str, Any] | None = None,
    rota: Collection[int] = (),
    key: UUID | None = None,
    by: Actor,
    **fields: Any,
) -> Series:
    """The unit has a meeting that comes again; the ones of the next eight weeks are there."""
    actor = act_at(by, [unit.pk], STAFF_ROLES)
    require(can_call(actor, unit))
    body = ["series", unit.pk, {name: str(value) for name, value in fields.items()}, list(rota)]
    with once(by, key, body) as done:
        if done.is_repeat and done.result:
            return Series.objects.get(pk=done.result["series"])
        series = Series(
            unit=unit,
            rule={"groups": [unit.pk]} if rule is None else read_rule(rule).to_json(),
            rota=list(rota),
            created_by=by.member,
            created_at=db_now(),
            **fields,
        )
        series.title = tidy(series.title).strip()
        _check(series)
        series.save(force_insert=True)
        done.result = {"series": series.pk}
    record("series.created", series, by=actor, rhythm=series.rhythm, weekday=series.weekday)
    make_meetings(series, by=actor)
    return series


@transaction.atomic
def change_series(
    series: Series,
    *,
    rota: Collection[int] | None = None,
    seen: str = "",
    by: Actor,
    **fields: Any,
) -> Series:
    """The series is as named; its meetings to come follow, but those changed by hand stay.

    Overtaken when it no longer reads as the page showed it (`seen`).
    """
    locked = Series.objects.select_related("unit__office").lock(series.pk)
    actor = as_keeper(by, locked)
    if locked.state == SeriesState.ENDED:
        raise DomainError("ชุดประชุมนี้สิ้นสุดแล้ว สร้างชุดใหม่แทน")
    require_as_seen(locked, SHOWN, seen)
    changed = [name for name in FIELDS if name in fields and getattr(locked, name) != fields[name]]
    for name in changed:
        setattr(locked, name, fields[name])
    if rota is not None and list(rota) != locked.rota:
        locked.rota = list(rota)
        changed.append("rota")
    if not changed:
        return locked
    _check(locked)
    locked.save(update_fields=changed)
    record("series.changed", locked, by=actor, fields=changed)
    if locked.state == SeriesState.RUNNING:
        _follow(locked, by=actor)
        make_meetings(locked, by=actor)
    return locked


@transaction.atomic
def choose_series_people(series: Series, *, rule: dict[str, Any], by: Actor) -> Series:
    """The series is for whom the rule means; meetings whose people are not invited yet follow."""
    locked = Series.objects.lock(series.pk)
    actor = as_keeper(by, locked)
    locked.rule = read_rule(rule).to_json()
    locked.save(update_fields=["rule"])
    locked.meetings.planned().filter(invited_at__isnull=True, is_edited=False).update(
        rule=locked.rule
    )
    record("series.people_chosen", locked, by=actor, rule=locked.rule)
    return locked


@transaction.atomic
def pause_series(series: Series, *, by: Actor) -> Series:
    """No further meetings are made, and those to come on which nobody has worked are cancelled."""
    return _stop(series, SeriesState.PAUSED, "พักชุดประชุมไว้", by=by)


@transaction.atomic
def end_series(series: Series, *, by: Actor) -> Series:
    """The series is over; those to come on which nobody has worked are cancelled."""
    return _stop(series, SeriesState.ENDED, "ชุดประชุมสิ้นสุดแล้ว", by=by)


def _stop(series: Series, state: str, reason: str, *, by: Actor) -> Series:
    locked = Series.objects.select_related("unit__office").lock(series.pk)
    actor = as_keeper(by, locked)
    locked.move_to(state)
    locked.save(update_fields=["state"])
    record(f"series.{state}", locked, by=actor)
    for meeting in _to_come(locked).untouched().lock_all():
        cancel(meeting, cause=CancelCause.SERIES, reason=reason, by=actor)
    return locked


@transaction.atomic
def resume_series(series: Series, *, by: Actor) -> Series:
    """The series goes on: what its pause cancelled takes place again, and further ones are made."""
    locked = Series.objects.select_related("unit__office").lock(series.pk)
    actor = as_keeper(by, locked)
    locked.move_to(SeriesState.RUNNING)
    locked.save(update_fields=["state"])
    record("series.running", locked, by=actor)
    _follow(locked, by=actor)
    make_meetings(locked, by=actor)
    return locked


@transaction.atomic
def make_meetings(series: Series, *, by: AnyActor = SYSTEM) -> list[Meeting]:
    """Every turn of the next eight weeks has its one meeting; on a holiday it is cancelled.

    A second run, or a second worker, makes none twice: the series is the queue, and (series,
    turn) is unique. A holiday that came later cancels, one that went brings the meeting back.
    Whoever is to come to a meeting of the next seven days is invited.
    """
    locked = Series.objects.select_related("unit__office").lock(series.pk)
    if locked.state != SeriesState.RUNNING:
        return []
    assert locked.unit.office is not None
    closed = _holidays(locked.unit.office)
    already = set(locked.meetings.values_list("slot", flat=True))
    now = db_now()
    made = [
        _make(locked, slot, closed.get(slot.on), by=by)
        for slot in _slots_ahead(locked)
        if slot.key not in already and _moment(slot.on, locked) > now
    ]
    _heed_holidays(locked, closed, by=by)
    _invite_ahead(locked, by=by)
    return made


def _make(series: Series, slot: Slot, holiday: str | None, *, by: AnyActor) -> Meeting:
    starts_at = _moment(slot.on, series)
    turns = series.meetings.exclude(state="cancelled").filter(starts_at__lt=starts_at).count()
    teller = storyteller_of(series.rota, turns)
    meeting = Meeting.objects.create(
        unit=series.unit,
        series=series,
        slot=slot.key,
        title=series.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=series.minutes),
        place=series.place,
        online_url=series.online_url,
        chair=series.chair,
        secretary=series.secretary,
        storyteller=Member.objects.active().filter(pk=teller).first() if teller else None,
        rule=series.rule,
        created_by=series.created_by,
        created_at=db_now(),
    )
    record("meeting.made", meeting, by=by, series=series.pk, slot=slot.key)
    if holiday is not None:
        return cancel(meeting, cause=CancelCause.HOLIDAY, reason=holiday, by=by)
    refresh(meeting, by=by)
    return meeting


def _heed_holidays(series: Series, closed: dict[date, str], *, by: AnyActor) -> None:
    """Meetings to come do not lie on a holiday; one whose holiday is gone takes place."""
    to_come = _to_come(series)
    for meeting in to_come.planned().filter(is_edited=False).lock_all():
        if meeting.on in closed:
            cancel(meeting, cause=CancelCause.HOLIDAY, reason=closed[meeting.on], by=by)
    for meeting in to_come.filter(state="cancelled", cancel_cause=CancelCause.HOLIDAY).lock_all():
        if meeting.on not in closed:
            restore(meeting, by=by)


def _invite_ahead(series: Series, *, by: AnyActor) -> None:
    soon = _to_come(series).planned().filter(invited_at__isnull=True)
    for meeting in soon.filter(starts_at__lt=db_now() + INVITE_AHEAD).lock_all():
        people = to_invite(meeting)
        if people:
            invite(meeting, people, by=by)


def _follow(series: Series, *, by: AnyActor) -> None:
    """Meetings to come stand as their series says; one without a turn any more is cancelled.

    What the series itself cancelled comes back with its turn. Meetings changed by hand stay, and
    so do those on which somebody has worked when their turn is gone.
    """
    days = {slot.key: slot.on for slot in _slots_ahead(series)}
    now = db_now()
    of_the_series = _to_come(series).filter(is_edited=False)
    untouched = set(of_the_series.untouched().values_list("pk", flat=True))
    rows = of_the_series.filter(
        Q(state="planned") | Q(cancel_cause__in=[CancelCause.SERIES, CancelCause.HOLIDAY])
    )
    for meeting in rows.lock_all():
        day = days.get(meeting.slot)
        if day is None:
            if meeting.pk in untouched:
                cancel(meeting, cause=CancelCause.SERIES, reason=NO_TURN, by=by)
        elif (starts_at := _moment(day, series)) > now:
            if meeting.cancel_cause == CancelCause.SERIES:
                restore(meeting, by=by)
            _move(meeting, series, starts_at, by=by)


def _move(meeting: Meeting, series: Series, starts_at: datetime, *, by: AnyActor) -> None:
    was = [getattr(meeting, name) for name in MOVED]
    meeting.starts_at = starts_at
    meeting.ends_at = starts_at + timedelta(minutes=series.minutes)
    for name in ("title", "place", "online_url", "chair_id", "secretary_id"):
        setattr(meeting, name, getattr(series, name))
    now_is = [getattr(meeting, name) for name in MOVED]
    if was == now_is:
        return
    meeting.save(update_fields=[name.removesuffix("_id") for name in MOVED])
    record("meeting.moved", meeting, by=by, starts_at=[str(was[0]), str(starts_at)])
    if meeting.invited_at and meeting.is_planned and was[:4] != now_is[:4]:
        publish("meetings.changed", meeting, by=by)
    refresh(meeting, by=by)


def _slots_ahead(series: Series) -> list[Slot]:
    """Return the turns from today (or the series' beginning) for eight weeks (or to its end)."""
    first, last = max(today(), series.from_on), today() + AHEAD
    if series.until_on:
        last = min(last, series.until_on)
    return slots(series.rhythm, series.weekday, first, last)


def _to_come(series: Series) -> Any:
    return series.meetings.filter(starts_at__gt=db_now()).select_related("unit__office")


def _moment(day: date, series: Series) -> datetime:
    return datetime.combine(day, series.starts_time, tzinfo=BANGKOK)


def _holidays(office: Unit) -> dict[date, str]:
    """Return the days on which the office is closed, with their names."""
    names = dict(Holiday.objects.filter(office=office).values_list("on", "name"))
    return {day: names.get(day, "วันหยุด") for day in office_holidays(office)}


def _check(series: Series) -> None:
    if series.until_on and series.until_on < series.from_on:
        raise DomainError("วันสิ้นสุดต้องไม่ก่อนวันเริ่ม")
