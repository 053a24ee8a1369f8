"""From the registry to the groups: propose, endorse, send on, take note."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from documents.models import Matter, MatterState, Routing, Step, StepKind
from documents.policies import ORDERING_ROLES, can_endorse, can_note, can_propose
from documents.services.matters import add_step, keep, locked_matter
from members.models import Holding, Post, Role, Unit, UnitKind
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import bangkok, db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import once
from portal.core.thaidates import short_date
from portal.outbox.services import publish

MAX_TEXT = 2_000


class AlreadyMoved(Conflict):
    """Somebody did something with the matter since the page was opened."""

    def __init__(self) -> None:
        super().__init__("มีผู้ดำเนินการกับเรื่องนี้แล้วตั้งแต่เปิดหน้านี้ อ่านก่อนแล้วจึงสั่งการ")


def ordering_posts(office: Unit) -> list[Post]:
    """Return the posts of director and deputies that somebody holds today, the director first."""
    held = Holding.objects.current().filter(
        post__unit__office=office, post__role__in=ORDERING_ROLES
    )
    posts = {
        holding.post_id: holding.post
        for holding in held.select_related("post__unit").order_by("post__sort_order", "pk")
    }
    return sorted(posts.values(), key=lambda post: post.role != Role.DIRECTOR)


def groups_of(office: Unit) -> list[Unit]:
    """Return the groups to which a matter of the office may go."""
    return list(Unit.objects.open().groups().filter(office=office).order_by("sort_order", "name"))


@transaction.atomic
def propose_matter(
    matter: Matter,
    *,
    post: Post,
    text: str = "",
    main_unit: Unit | None = None,
    copies: Iterable[Unit] = (),
    key: UUID | None = None,
    by: Actor,
) -> Matter:
    """The matter waits for the order of this post, with the registrar's proposal.

    The groups named are only proposed; the order begins with them.
    """
    also = _distinct(copies, main_unit)
    with once(by, key, {"propose": matter.pk, "post": post.pk, "text": text}) as done:
        locked = locked_matter(matter)
        if done.is_repeat:
            return locked
        require(can_propose(by, locked))
        _require_post(post, locked)
        _require_groups([*also, *([main_unit] if main_unit else [])], locked)
        if locked.state != MatterState.RECEIVED:
            raise AlreadyMoved
        locked.move_to(MatterState.PROPOSED)
        locked.proposed_to = post
        step = add_step(
            locked,
            StepKind.PROPOSED,
            text=_tidy(text),
            to_text=post.title,
            data={
                "main": main_unit.pk if main_unit else None,
                "copies": [unit.pk for unit in also],
            },
            by=by,
        )
        keep(locked, "proposed_to", by=by)
        record("matter.proposed", locked, by=by, post=post.pk, step=step.pk)
        publish("documents.matter_proposed", locked, by=by, step=step.pk)
        done.result = {"matter": locked.pk}
    return locked


@transaction.atomic
def endorse_matter(
    matter: Matter,
    *,
    text: str,
    seen: int | None = None,
    main_unit: Unit | None = None,
    copies: Iterable[Unit] = (),
    pass_to: Post | None = None,
    due_at: datetime | None = None,
    key: UUID | None = None,
    by: Actor,
) -> Matter:
    """The order stands on the letter for good, and the matter goes where it says.

    To the main group with copies to the others; or on to another post, which orders after this
    one; or, with neither, to the files: its result is the order. `seen` is how many steps the
    page showed: when there are more, AlreadyMoved is raised and nothing is written.
    """
    also = _distinct(copies, main_unit)
    body = {"endorse": matter.pk, "text": text, "main": main_unit.pk if main_unit else None}
    with once(by, key, body) as done:
        locked = locked_matter(matter)
        if done.is_repeat:
            return locked
        require(can_endorse(by, locked))
        _refuse_own_in_anothers_stead(locked, by)
        if seen is not None and locked.steps.count() != seen:
            raise AlreadyMoved
        if locked.state != MatterState.PROPOSED:
            raise AlreadyMoved
        if not text.strip():
            raise DomainError("เขียนคำสั่ง หรือเลือกจากรายการ")
        _require_groups([*also, *([main_unit] if main_unit else [])], locked)
        fields, to_text = _follow_order(
            locked, main_unit=main_unit, copies=also, pass_to=pass_to, text=text, by=by
        )
        if due_at is not None:
            _require_future(due_at)
            locked.due_at = due_at
            to_text = f"{to_text} ภายใน {short_date(bangkok(due_at))}"
        step = add_step(locked, StepKind.ENDORSED, text=_tidy(text), to_text=to_text, by=by)
        keep(locked, "due_at", *fields, by=by)
        record("matter.endorsed", locked, by=by, state=locked.state, step=step.pk, to=to_text)
        _tell(locked, step, also, by=by)
        done.result = {"matter": locked.pk}
    return locked


def _refuse_own_in_anothers_stead(matter: Matter, by: Actor) -> None:
    """Nobody orders upon what they wrote themselves in the stead of who should have judged it."""
    if by.for_post is not None and matter.arrival.letter.drafter_id == by.member.pk:
        raise DomainError("ท่านร่างหนังสือฉบับนี้เอง จึงสั่งการแทนผู้อื่นในเรื่องนี้ไม่ได้ ให้ผู้บังคับบัญชาคนอื่นสั่ง")


def _follow_order(
    matter: Matter,
    *,
    main_unit: Unit | None,
    copies: list[Unit],
    pass_to: Post | None,
    text: str,
    by: Actor,
) -> tuple[list[str], str]:
    """Move the matter as the order says; return the fields that changed, and to whom it went."""
    if pass_to is not None:
        _require_post(pass_to, matter)
        if pass_to.pk == matter.proposed_to_id:
            raise DomainError("เรื่องอยู่ที่ตำแหน่งนี้แล้ว เลือกผู้สั่งการคนต่อไป")
        matter.move_to(MatterState.PROPOSED)
        matter.proposed_to = pass_to
        return ["proposed_to"], f"เสนอ{pass_to.title}"
    if main_unit is not None:
        _route(matter, main_unit, copies)
        return ["main_unit", "officer"], _units_words(main_unit, copies)
    matter.move_to(MatterState.CLOSED)
    matter.settled_at = db_now()
    matter.result = _tidy(text)[:1000]
    _note_copies(matter, copies)
    return ["settled_at", "result"], _units_words(None, copies)


def _tell(matter: Matter, step: Step, copies: list[Unit], *, by: Actor) -> None:
    """Publish what happened to those whose turn it is."""
    if matter.state == MatterState.PROPOSED:
        publish("documents.matter_proposed", matter, by=by, step=step.pk)
        return
    units = [unit.pk for unit in copies]
    if matter.state == MatterState.ROUTED and matter.main_unit_id is not None:
        units.append(matter.main_unit_id)
    if units:
        publish("documents.matter_routed", matter, by=by, step=step.pk, units=units)
    if matter.state == MatterState.CLOSED:
        publish("documents.matter_settled", matter, by=by, step=step.pk)


@transaction.atomic
def route_matter(
    matter: Matter,
    *,
    main_unit: Unit,
    copies: Iterable[Unit] = (),
    text: str = "",
    due_at: datetime | None = None,
    key: UUID | None = None,
    by: Actor,
) -> Matter:
    """The registrar sent it straight to the group (clause 39); its desk and the copies are told."""
    also = _distinct(copies, main_unit)
    with once(by, key, {"route": matter.pk, "main": main_unit.pk, "text": text}) as done:
        locked = locked_matter(matter)
        if done.is_repeat:
            return locked
        require(can_propose(by, locked))
        _require_groups([main_unit, *also], locked)
        if locked.state != MatterState.RECEIVED:
            raise AlreadyMoved
        _route(locked, main_unit, also)
        if due_at is not None:
            _require_future(due_at)
            locked.due_at = due_at
        step = add_step(
            locked,
            StepKind.ROUTED,
            text=_tidy(text),
            to_text=_units_words(main_unit, also),
            by=by,
        )
        keep(locked, "main_unit", "officer", "due_at", by=by)
        record("matter.routed", locked, by=by, units=[main_unit.pk, *(unit.pk for unit in also)])
        _tell(locked, step, also, by=by)
        done.result = {"matter": locked.pk}
    return locked


def _route(matter: Matter, main_unit: Unit, copies: list[Unit]) -> None:
    """The group acts from now on; a group that acted before keeps a copy."""
    matter.move_to(MatterState.ROUTED)
    matter.main_unit = main_unit
    matter.officer = None
    now = db_now()
    matter.routings.filter(is_main=True).exclude(unit=main_unit).update(
        is_main=False, acknowledged_at=now
    )
    Routing.objects.update_or_create(
        matter=matter,
        unit=main_unit,
        defaults={"is_main": True},
        create_defaults={"is_main": True, "routed_at": now},
    )
    _note_copies(matter, copies)


def _note_copies(matter: Matter, copies: list[Unit]) -> None:
    already = set(matter.routings.values_list("unit_id", flat=True))
    now = db_now()
    Routing.objects.bulk_create(
        Routing(matter=matter, unit=unit, routed_at=now)
        for unit in copies
        if unit.pk not in already
    )


@transaction.atomic
def note_routing(routing: Routing, *, by: Actor) -> Routing:
    """The group knows; the time is kept. A second time changes nothing."""
    matter = locked_matter(routing.matter)
    locked = Routing.objects.select_related("unit").lock(routing.pk)
    require(can_note(by, locked))
    if locked.acknowledged_at is None and not locked.is_main:
        locked.acknowledged_at = db_now()
        locked.acknowledged_by = by.member
        locked.save(update_fields=["acknowledged_at", "acknowledged_by"])
        add_step(matter, StepKind.ACKNOWLEDGED, to_text=locked.unit.name, by=by)
        record("matter.noted", matter, by=by, unit=locked.unit_id)
    return locked


# What may be named ------------------------------------------------------------------------------


def _distinct(units: Iterable[Unit], main_unit: Unit | None) -> list[Unit]:
    """Return the copies once each, without the group that acts."""
    found = {unit.pk: unit for unit in units}
    if main_unit:
        found.pop(main_unit.pk, None)
    return list(found.values())


def _require_groups(units: list[Unit], matter: Matter) -> None:
    if any(u.office_id != matter.office_id or u.kind != UnitKind.GROUP for u in units):
        raise DomainError("เลือกกลุ่มของสำนักงานนี้")


def _require_post(post: Post, matter: Matter) -> None:
    if post.role not in ORDERING_ROLES or post.unit.office_id != matter.office_id:
        raise DomainError("เลือกผู้อำนวยการหรือรองผู้อำนวยการของสำนักงานนี้")


def _require_future(due_at: datetime) -> None:
    if due_at <= db_now():
        raise DomainError("กำหนดที่ใส่ผ่านไปแล้ว ใส่วันที่ยังไม่ถึง")


def _units_words(main_unit: Unit | None, copies: list[Unit]) -> str:
    words = [f"{main_unit.name} (หลัก)"] if main_unit else []
    words += [f"{unit.name} (ทราบ)" for unit in copies]
    return ", ".join(words)


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()[:MAX_TEXT]
