"""Keep people, units, posts and holidays: every change with what it was before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from allauth.account.models import EmailAddress
from django.db import transaction

from members.models import Holding, Holiday, Member, Post, Unit, UnitKind
from members.policies import can_administer, can_change_member
from members.services.changes import check, facts, keep, plain, save_changes, stored
from members.services.devices import end_sessions
from members.services.failures import forgive_names
from members.services.finding import find_anew
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.clock import db_now, today
from portal.core.errors import DomainError, require
from portal.search.services import refresh


@transaction.atomic
def save_unit(unit: Unit, *, changes: Iterable[str] = (), by: Actor) -> Unit:
    """The unit is stored: as a new one, or with those of the named fields that changed.

    A new office belongs to itself. Only the owner of the installation founds offices.
    """
    before = stored(unit)
    require(can_administer(by, unit.office))
    require(before is None or can_administer(by, before.office))
    check(unit)
    if before is None:
        unit.save(force_insert=True)
        if unit.kind == UnitKind.OFFICE:
            unit.office = unit
            unit.save(update_fields=["office"])
        record("unit.added", unit, by=by, **facts(unit))
    else:
        save_changes(unit, before, changes, by=by, action="unit.changed")
    find_anew(unit, by=by)
    return unit


@transaction.atomic
def save_member(
    member: Member, *, changes: Iterable[str] = (), password: str | None = None, by: Actor
) -> Member:
    """The person is stored; with `password` they sign in with it from now on.

    A new person without a password cannot sign in yet. Addresses under which somebody could sign
    in before are forgotten. Whoever is shut out or has a new password is signed out everywhere.
    Only the owner of the installation makes other owners.
    """
    before = stored(member)
    require(can_change_member(by, member))
    require(before is None or can_change_member(by, before))
    if password:
        member.set_password(password)
    elif before is None:
        member.set_unusable_password()
    check(member)
    if before is None:
        member.save(force_insert=True)
        record("member.added", member, by=by, **facts(member))
        refresh(member, by=by)
        return member
    named = [*changes, *(["password"] if password else [])]
    save_changes(member, before, named, by=by, action="member.changed")
    EmailAddress.objects.filter(user=member).exclude(email=member.email).delete()
    _sign_out(member, before, named, by=by)
    refresh(member, by=by)
    return member


def _sign_out(member: Member, before: Member, changes: Iterable[str], *, by: Actor) -> None:
    """End the sessions of whoever was shut out or has a new password, at once.

    Somebody who gave themselves a new one is signed out by it on the next page, as Django does.
    Failures with the old one count no longer.
    """
    if "password" in changes:
        forgive_names(member.username, member.email)
    is_shut_out = "is_active" in changes and before.is_active and not member.is_active
    if is_shut_out:
        end_sessions(member, why="shut out", by=by)
    elif "password" in changes and by.member != member:
        end_sessions(member, why="new password", by=by)


@transaction.atomic
def save_post(post: Post, *, changes: Iterable[str] = (), by: Actor) -> Post:
    """The post is stored; who holds it now acts in its role and unit."""
    before = stored(post)
    require(can_administer(by, post.unit.office))
    require(before is None or can_administer(by, before.unit.office))
    keep(post, before, changes, by=by, noun="post")
    find_anew(post, by=by)
    return post


@transaction.atomic
def save_holding(holding: Holding, *, changes: Iterable[str] = (), by: Actor) -> Holding:
    """The member holds the post in that time; the same post never twice on one day."""
    # The person is the queue: two forms for the same holding are checked one after the other.
    Member.objects.lock(holding.member_id)
    before = stored(holding)
    require(can_administer(by, holding.post.unit.office))
    require(before is None or can_administer(by, before.post.unit.office))
    keep(holding, before, changes, by=by, noun="holding")
    find_anew(holding, *([before] if before else []), by=by)
    return holding


@transaction.atomic
def end_holding(holding: Holding, *, on: date | None = None, by: Actor) -> Holding:
    """`on` is the last day on which the member holds the post; without it they hold it no longer.

    Whoever stood in for it does so no longer either.
    """
    holding = Holding.objects.select_related("post__unit__office").lock(holding.pk)
    require(can_administer(by, holding.post.unit.office))
    end(holding, on=on, by=by)
    return holding


def end(holding: Holding, *, on: date | None, by: Actor) -> None:
    """The holding, which is locked, ends after the day, or at once; the history says so."""
    last, day = holding.to_on, today()
    if holding.ended_at or (last and last < day):
        raise DomainError("พ้นจากตำแหน่งนี้ไปแล้ว")
    if on is None:
        holding.ended_at = db_now()
        holding.to_on = max(holding.from_on, min(last or day, day))
    elif on < holding.from_on:
        raise DomainError("วันที่สิ้นสุดต้องไม่ก่อนวันที่เริ่ม")
    else:
        holding.to_on = on
    holding.save(update_fields=["to_on", "ended_at"])
    days = [plain(last), plain(holding.to_on)]
    action = "holding.ended" if on else "holding.ended_at_once"
    record(action, holding, by=by, to_on=days)
    find_anew(holding, by=by)


@transaction.atomic
def save_holiday(holiday: Holiday, *, changes: Iterable[str] = (), by: Actor) -> Holiday:
    """The office is closed on that day, and deadlines step over it."""
    before = stored(holiday)
    require(can_administer(by, holiday.office))
    require(before is None or can_administer(by, before.office))
    return keep(holiday, before, changes, by=by, noun="holiday")


@transaction.atomic
def remove_holiday(holiday: Holiday, *, by: Actor) -> None:
    """The office is open on that day after all."""
    require(can_administer(by, holiday.office))
    record("holiday.removed", holiday, by=by, on=plain(holiday.on), name=holiday.name)
    holiday.delete()


def office_holidays(office: Unit) -> frozenset[date]:
    """Return the days on which the office is closed."""
    return frozenset(Holiday.objects.filter(office=office).values_list("on", flat=True))
