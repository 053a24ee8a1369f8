"""In which post somebody keeps a meeting or a series; and who may be asked to it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from meetings.models import Meeting, Series
from meetings.policies import HEAD_ROLES, can_manage
from meetings.querysets.meetings import STAFF_ROLES
from members.models import Holiday, Member, Role, Unit, UnitKind
from members.querysets import MemberQuerySet
from members.services import Actor, act_at, read_rule, resolve_audience
from portal.core.calendar import is_working_day
from portal.core.thaidates import weekday_date


def as_keeper(by: Actor, thing: Meeting | Series) -> Actor:
    """Return the same person as who keeps the thing: by name, else in the post that decides."""
    if can_manage(by, thing):  # type: ignore[arg-type]  # both have the same four people
        return by
    return act_at(by, [thing.unit_id], HEAD_ROLES)


def may_keep(by: Actor, thing: Meeting | Series) -> bool:
    """Answer whether `as_keeper` would say yes."""
    try:
        as_keeper(by, thing)
    except PermissionDenied:
        return False
    return True


def staff_of(unit: Unit) -> MemberQuerySet:
    """Return the people who work in the unit now."""
    people: MemberQuerySet = Member.objects.holding(units=[unit.pk], roles=STAFF_ROLES)
    return people


def people_of(meeting: Meeting) -> MemberQuerySet:
    """Return to whom a task of the meeting may be given: its people and the unit's own."""
    invited = meeting.attendances.values("member")
    kept = [pk for pk in (meeting.chair_id, meeting.secretary_id) if pk]
    found: MemberQuerySet = Member.objects.active()
    return (
        found.filter(pk__in=invited)
        | found.filter(pk__in=kept)
        | found.filter(pk__in=staff_of(meeting.unit).values("pk"))
    ).order_by("first_name", "last_name", "pk")


def invitees(thing: Meeting | Series) -> list[Member]:
    """Return whom the rule means today, as persons, with chair and secretary; by name.

    The own unit, a group or the office means all who work there; another school means its
    director.
    """
    office = thing.unit.office
    assert office is not None
    rule = read_rule(thing.rule)
    recipients = [] if rule.is_empty else resolve_audience(thing.rule, office=office)
    units = {unit for unit, member in recipients if member is None}
    wanted = {member for _, member in recipients if member is not None}
    wanted |= {pk for pk in (thing.chair_id, thing.secretary_id) if pk}
    schools = set(
        Unit.objects.filter(pk__in=units, kind=UnitKind.SCHOOL)
        .exclude(pk=thing.unit_id)
        .values_list("pk", flat=True)
    )
    found: MemberQuerySet = Member.objects.active()
    heads = Member.objects.holding(units=schools, roles=[Role.SCHOOL_DIRECTOR])
    staff = Member.objects.holding(units=units - schools, roles=STAFF_ROLES)
    chosen = (
        found.filter(pk__in=wanted)
        | found.filter(pk__in=heads.values("pk"))
        | found.filter(pk__in=staff.values("pk"))
    )
    return list(chosen.order_by("first_name", "last_name", "pk"))


def day_off(meeting: Meeting) -> str:
    """Say that the office is closed on the meeting's day, and why; nothing on a working day."""
    holiday = Holiday.objects.filter(office=meeting.unit.office_id, on=meeting.on).first()
    if holiday is not None:
        return f"{weekday_date(meeting.on)} เป็นวันหยุด: {holiday.name}"
    return "" if is_working_day(meeting.on) else f"{weekday_date(meeting.on)} ไม่ใช่วันทำการ"
