"""Whom a rule means today; and the recipients as they stood at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from members.domain import AudienceRule, Headcount, InvalidRule, Names, describe, shortened
from members.models import (
    Audience,
    AudienceMove,
    AudienceSnapshot,
    Holding,
    Member,
    Project,
    Unit,
    UnitKind,
)
from members.policies import can_save_audience
from members.querysets import UnitQuerySet
from members.services.changes import keep, stored
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.clock import db_now, today
from portal.core.errors import DomainError, require

ADDRESSABLE = (UnitKind.SCHOOL, UnitKind.GROUP, UnitKind.OFFICE)
LONGEST_TRANSACTION = timedelta(days=1)  # and far more than that

Recipient = tuple[int, int | None]
_Collected = tuple[dict[int, str], set[int]]


@dataclass(frozen=True)
class Drift:
    """What changed between a frozen audience and what its rule means now; empty is false."""

    gone: tuple[Recipient, ...] = ()
    come: tuple[Recipient, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.come)


def read_rule(rule: Any) -> AudienceRule:
    """Return the rule in stored or sent JSON; DomainError when it is not one."""
    try:
        return AudienceRule.parse(rule)
    except InvalidRule as error:
        raise DomainError("เงื่อนไขของผู้รับไม่ถูกต้อง เลือกผู้รับใหม่อีกครั้ง") from error


def resolve_audience(rule: dict[str, Any], *, office: Unit) -> list[Recipient]:
    """Return whom the rule means today, sorted and distinct: (unit, None) or (unit, member).

    Only open units of this office and active members with a post in it; ids of anything else are
    passed over, so that a rule from another office names nobody.
    """
    return _meant(read_rule(rule), office).recipients


def count_audience(rule: dict[str, Any], *, office: Unit) -> Headcount:
    """Return how many schools, other units and persons the rule means today."""
    return _meant(read_rule(rule), office).headcount


def describe_audience(rule: dict[str, Any], office: Unit) -> str:
    """Return the rule in the office's words: “โรงเรียนขนาดเล็ก ในอำเภอกงหรา ยกเว้น…”."""
    wanted = read_rule(rule)
    units = Unit.objects.filter(office=office)
    names: Names = {
        "districts": _names(units, wanted.districts),
        "clusters": _names(units, wanted.clusters),
        "projects": _names(Project.objects.filter(office=office), wanted.projects),
        "saved": _names(Audience.objects.of_office(office), wanted.saved),
        "units": _names(units, wanted.units),
        "groups": _names(units, wanted.groups),
        "members": _names(Member.objects.of_office(office), wanted.members),
        "except": _names(units, wanted.left_out),
    }
    return describe(wanted, names)


def freeze_audience(rule: dict[str, Any], *, office: Unit, by: Actor) -> AudienceSnapshot:
    """The recipients of this moment are kept and never change; nobody at all is DomainError."""
    wanted = read_rule(rule)
    standing = _standing_now()  # before the recipients: what moves in between is looked at again
    meant = _meant(wanted, office)
    if not meant.recipients:
        raise DomainError("ยังไม่มีผู้รับ เลือกผู้รับอย่างน้อยหนึ่งแห่ง")
    return AudienceSnapshot.objects.create(
        office=office,
        rule=wanted.to_json(),
        recipients=meant.recipients,
        standing=standing,
        total=meant.headcount.total,
        summary=shortened(f"{meant.headcount} · {describe_audience(rule, office)}"),
        frozen_at=db_now(),
        frozen_by=by.member,
    )


def stands_as_frozen(snapshot: AudienceSnapshot, rule: dict[str, Any], *, office: Unit) -> bool:
    """Answer whether the rule surely means today whom the snapshot holds: nothing moved since.

    Takes 36,000 schools no longer than one. No is no proof of a change: it says that the
    recipients are to be compared, as they always are on SQLite.
    """
    then = snapshot.standing
    is_asked_alike = snapshot.office_id == office.pk and snapshot.rule == read_rule(rule).to_json()
    if then is None or not is_asked_alike:
        return False
    return bool(then == _standing(then["after"]))


def _standing_now() -> dict[str, Any] | None:
    """Return what audiences rest on now; None on SQLite, where moves are not written down.

    Moves are counted from a row so old that what was written before it is committed.
    """
    if connection.vendor != "postgresql":
        return None
    old = AudienceMove.objects.filter(at__lt=Now() - LONGEST_TRANSACTION)
    return _standing(old.order_by("-at").values_list("pk", flat=True).first() or 0)


def _standing(after: int) -> dict[str, Any]:
    """Return the day, on which posts and schools begin and end, and how many moves are seen.

    Moves are only ever added, so that those who see as many see the same: one that was begun
    before the others and is committed after them counts, too.
    """
    moves = AudienceMove.objects.filter(pk__gt=after).count()
    return {"day": today().isoformat(), "after": after, "moves": moves}


def audience_drift(snapshot: AudienceSnapshot) -> Drift:
    """Return who left and who joined since the freeze: a school closed, a group was changed."""
    then = {(unit, member) for unit, member in snapshot.recipients}
    now = set(resolve_audience(snapshot.rule, office=snapshot.office))
    return Drift(
        gone=tuple(sorted(then - now, key=_order)), come=tuple(sorted(now - then, key=_order))
    )


@transaction.atomic
def save_audience(name: str, rule: dict[str, Any], *, owner_unit: Unit, by: Actor) -> Audience:
    """The unit has a group of recipients of this name; one that was there has the new rule."""
    require(can_save_audience(by, owner_unit))
    # The unit is the queue, so that the same name, saved twice at once, is one group.
    Unit.objects.lock(owner_unit.pk)
    audience = Audience.objects.filter(owner_unit=owner_unit, name=name).first()
    if audience is None:
        audience = Audience(owner_unit=owner_unit, name=name)
    audience.rule = rule
    return change_audience(audience, changes=["rule"], by=by)


@transaction.atomic
def change_audience(audience: Audience, *, changes: Iterable[str], by: Actor) -> Audience:
    """The group has the new name, owner or rule, or is new; letters that were sent keep theirs."""
    before = stored(audience)
    require(can_save_audience(by, audience.owner_unit))
    require(before is None or can_save_audience(by, before.owner_unit))
    return keep(audience, before, changes, by=by, noun="audience")


@transaction.atomic
def remove_audience(audience: Audience, *, by: Actor) -> None:
    """The group is offered no more; rules that name it mean nobody by it."""
    require(can_save_audience(by, audience.owner_unit))
    record("audience.removed", audience, by=by, name=audience.name, rule=audience.rule)
    audience.delete()


@dataclass(frozen=True)
class _Meant:
    """The units a rule means, with their kind, and the persons, with the unit they are found in."""

    units: dict[int, str]
    persons: dict[int, int]

    @property
    def recipients(self) -> list[Recipient]:
        units: list[Recipient] = [(unit, None) for unit in self.units]
        return sorted([*units, *((unit, who) for who, unit in self.persons.items())], key=_order)

    @property
    def headcount(self) -> Headcount:
        schools = sum(kind == UnitKind.SCHOOL for kind in self.units.values())
        return Headcount(
            schools=schools, units=len(self.units) - schools, persons=len(self.persons)
        )


def _meant(rule: AudienceRule, office: Unit) -> _Meant:
    units, members = _collect(rule, office, opened={})
    return _Meant(units=units, persons=_homes(members, office))


def _collect(rule: AudienceRule, office: Unit, *, opened: dict[int, _Collected]) -> _Collected:
    """Return the units with their kind and the ids of persons that a rule names.

    `opened` keeps what each saved group came to: one that is named twice is read once, and one
    that names itself adds nothing.
    """
    units: dict[int, str] = {}
    members = set(rule.members)
    for found in (_described(rule, office), _named(rule, office)):
        units.update(found.order_by().values_list("pk", "kind"))
    for audience in _saved(rule, office):
        if audience.pk not in opened:
            opened[audience.pk] = {}, set()
            opened[audience.pk] = _collect(read_rule(audience.rule), office, opened=opened)
        more_units, more_members = opened[audience.pk]
        units.update(more_units)
        members |= more_members
    for pk in rule.left_out:
        units.pop(pk, None)
    return units, members


def _saved(rule: AudienceRule, office: Unit) -> Iterable[Audience]:
    if not rule.saved:
        return []
    return Audience.objects.of_office(office).filter(pk__in=rule.saved).order_by("pk")


def _open_units(office: Unit) -> UnitQuerySet:
    return Unit.objects.open().filter(office=office)


def _described(rule: AudienceRule, office: Unit) -> UnitQuerySet:
    """Return the schools asked for by place, size and project."""
    if not rule.is_described:
        return Unit.objects.none()
    schools = _open_units(office).schools()
    if rule.all_schools:
        return schools
    if rule.districts or rule.clusters:
        schools = schools.in_places(rule.districts, rule.clusters)
    if rule.projects:
        schools = schools.in_projects(rule.projects)
    return schools.of_size(rule.sizes) if rule.sizes else schools


def _named(rule: AudienceRule, office: Unit) -> UnitQuerySet:
    """Return the units asked for by name."""
    if not (rule.units or rule.groups):
        return Unit.objects.none()
    return _open_units(office).filter(pk__in=[*rule.units, *rule.groups], kind__in=ADDRESSABLE)


def _homes(members: set[int], office: Unit) -> dict[int, int]:
    """Return for each of the members with a post in the office the unit of their first post."""
    if not members:
        return {}
    held = (
        Holding.objects.current()
        .filter(member__in=members, post__unit__in=_open_units(office))
        .order_by("-post__sort_order", "-pk")
    )
    return dict(held.values_list("member_id", "post__unit_id"))


def _names(things: QuerySet[Any], ids: tuple[int, ...]) -> list[str]:
    return [str(thing) for thing in things.filter(pk__in=ids)] if ids else []


def _order(recipient: Recipient) -> tuple[int, int]:
    return recipient[0], recipient[1] or 0
