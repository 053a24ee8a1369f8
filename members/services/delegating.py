"""Stand-ins: who acts in whose stead, by which order, from when to when.

Public Administration Act B.E. 2534, sections 38 to 50: an order names the person and the post; who
acts so acts under its words (รักษาราชการแทน, ปฏิบัติราชการแทน), and gives nothing further.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from members.models import (
    OFFICE_ROLES,
    ActingPhrase,
    Holding,
    Member,
    Role,
    Unit,
    UnitKind,
)
from members.policies import GIVEN_TO_NOBODY, can_delegate
from members.querysets import HoldingQuerySet, holdings_today
from members.services.changes import check, facts
from members.services.finding import find_anew
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.clock import db_now, today
from portal.core.errors import DomainError, require
from portal.core.once import once
from portal.outbox.services import publish

GIVEN_TOPIC = "members.delegation_given"


@dataclass(frozen=True)
class Order:
    """What the order says: in which words, its number and day, from and to which day."""

    phrase: ActingPhrase
    number: str
    on: date
    from_on: date
    to_on: date
    remark: str = ""


@transaction.atomic
def give_delegation(
    own: Holding, *, to: Member, order: Order, key: UUID | None = None, by: Actor
) -> Holding:
    """`to` holds the post in the stead of who holds it, in the time of the order, and is told.

    Never longer than the giver holds it, never further, and never from a day that is over. The
    same form sent twice gives once.
    """
    with once(by, key, [own.pk, to.pk, *map(str, astuple(order))]) as done:
        if done.result is None:
            done.result = {"holding": _give(own, to=to, order=order, by=by).pk}
    return Holding.objects.select_related("member", "post__unit").get(pk=done.result["holding"])


def _give(own: Holding, *, to: Member, order: Order, by: Actor) -> Holding:
    own = Holding.objects.select_related("post__unit__office", "member").lock(own.pk)
    require(can_delegate(by, own))
    _refuse_wrong_time(own, order)
    if own.acting_for_id is not None:
        raise DomainError("ตำแหน่งที่ปฏิบัติแทนผู้อื่น มอบต่อไม่ได้")
    if own.post.role in GIVEN_TO_NOBODY:
        raise DomainError("ตำแหน่งผู้ดูแลระบบมอบให้ผู้อื่นทำแทนไม่ได้ ให้ตั้งผู้ดูแลระบบเพิ่ม")
    if not candidates(own).filter(member=to).exists():
        raise DomainError("มอบได้เฉพาะผู้ที่มีตำแหน่งอยู่ในเขตนี้ และไม่ใช่เจ้าของตำแหน่งเอง")
    Member.objects.lock(to.pk)  # the queue of whoever gives this person something
    stand_in = Holding(
        member=to,
        post=own.post,
        acting_for=own,
        phrase=order.phrase,
        order_number=order.number,
        order_on=order.on,
        from_on=order.from_on,
        to_on=order.to_on,
        remark=order.remark,
    )
    check(stand_in)
    stand_in.save(force_insert=True)
    record("delegation.given", stand_in, by=by, principal=own.member_id, **facts(stand_in))
    publish(GIVEN_TOPIC, stand_in, by=by)
    find_anew(stand_in, by=by)
    return stand_in


def _refuse_wrong_time(own: Holding, order: Order) -> None:
    if order.to_on < order.from_on:
        raise DomainError("วันสุดท้ายต้องไม่ก่อนวันแรก")
    if order.from_on < today():
        raise DomainError("มอบย้อนหลังไม่ได้ วันแรกต้องเป็นวันนี้หรือหลังจากนี้")
    begun, last = own.from_on, own.to_on
    if own.ended_at or order.from_on < begun or (last is not None and order.to_on > last):
        raise DomainError("มอบได้เฉพาะในช่วงที่เจ้าของตำแหน่งครองตำแหน่งนี้อยู่")


@transaction.atomic
def withdraw_delegation(stand_in: Holding, *, by: Actor) -> Holding:
    """The stand-in acts no longer, from this moment; what they did stays theirs."""
    stand_in = Holding.objects.lock(stand_in.pk)
    own = stand_in.acting_for
    if own is None:
        raise DomainError("ตำแหน่งนี้ไม่ใช่การปฏิบัติแทน")
    require(can_delegate(by, own))
    if stand_in.ended_at or (stand_in.to_on and stand_in.to_on < today()):
        raise DomainError("การมอบนี้สิ้นสุดไปแล้ว")
    stand_in.ended_at = db_now()
    stand_in.save(update_fields=["ended_at"])
    record("delegation.withdrawn", stand_in, by=by, principal=own.member_id)
    find_anew(stand_in, by=by)
    return stand_in


def candidates(own: Holding) -> HoldingQuerySet:
    """Return the holdings of those who may stand in: of an office's post its own people.

    Of a school's post its people and the directors of the other schools. Deputies come first, as
    the office has its posts in order. Everybody is there by a post of their own.
    """
    unit, office = own.post.unit, own.post.unit.office_id
    near = Q(post__unit=unit)
    if unit.kind == UnitKind.SCHOOL:
        near |= Q(post__unit__office=office, post__role=Role.SCHOOL_DIRECTOR)
    else:
        near |= Q(post__unit__office=office, post__role__in=OFFICE_ROLES)
    held: HoldingQuerySet = Holding.objects.current().filter(near, acting_for__isnull=True)
    held = held.exclude(post__role__in=GIVEN_TO_NOBODY)  # who keeps the system reads no letters
    others = held.exclude(member=own.member_id).select_related("member", "post__unit")
    return others.annotate(elsewhere=~Q(post__unit=unit)).order_by(
        "elsewhere", "post__sort_order", "post__unit__name", "member__first_name", "pk"
    )


def signing_holding(unit: Unit, role: Role) -> Holding | None:
    """Return whose name stands under the unit's letters today.

    Who is in charge of the post (รักษาราชการแทน) signs before its own holder, who is away.
    """
    held = Holding.objects.current().filter(post__unit=unit, post__role=role)
    away = held.filter(phrase=ActingPhrase.IN_CHARGE)
    own = held.filter(acting_for__isnull=True)
    for found in (away.order_by("-from_on", "pk"), own.order_by("post__sort_order", "pk")):
        if holding := found.select_related("member", "post").first():
            return holding
    return None


def own_title(stand_in: Holding) -> str:
    """Return the title of the stand-in's own post, of the same unit when they have one there."""
    own = Holding.objects.current().filter(member=stand_in.member_id, acting_for__isnull=True)
    unit = stand_in.post.unit_id
    held = own.annotate(elsewhere=~Q(post__unit=unit)).select_related("post__unit")
    first = held.order_by("elsewhere", "post__sort_order", "pk").first()
    if first is None:
        return ""
    if first.post.role == Role.SCHOOL_DIRECTOR:
        return f"ผู้อำนวยการ{first.post.unit.name}"
    return first.post.title


def own_to_give(member: Member) -> list[Holding]:
    """Return the holdings of this person, their own, in which somebody may stand in for them."""
    held = holdings_today(member)
    return [
        one for one in held if one.acting_for_id is None and one.post.role not in GIVEN_TO_NOBODY
    ]


def given_by(member: Member) -> HoldingQuerySet:
    """Return what this person gave, running and to come first."""
    return _told(Holding.objects.filter(acting_for__member=member))


def given_to(member: Member) -> HoldingQuerySet:
    """Return in whose stead this person acts, acted and will act."""
    return _told(Holding.objects.filter(acting_for__isnull=False, member=member))


def _told(holdings: HoldingQuerySet) -> HoldingQuerySet:
    rows: HoldingQuerySet = holdings.select_related(
        "member", "post__unit__office", "acting_for__member"
    )
    return rows.order_by("-to_on", "-pk")
