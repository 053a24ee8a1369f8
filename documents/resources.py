"""What the house may find of letters, and what of them waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from documents.models import (
    Arrival,
    ArrivalState,
    Assignment,
    Letter,
    LetterOrigin,
    Matter,
    MatterState,
    Response,
    Routing,
    Step,
    StepKind,
)
from documents.querysets import OVERSEEING_ROLES, READING_DESK_ROLES, WRITING_ROLES
from members.models import DESK_ROLES, OFFICE_ROLES, Member, Unit
from members.querysets import holds
from portal.core.clock import bangkok
from portal.core.resources import (
    Findable,
    Resource,
    Waiting,
    in_office,
    in_unit,
    of_member,
    register,
    staff_of,
)

MAX_WAITING = 100
MOST_SCOPES = 200
DEEDS = {
    MatterState.RECEIVED: "เสนอ",
    MatterState.PROPOSED: "สั่งการ",
    MatterState.ROUTED: "มอบหมาย",
    MatterState.ASSIGNED: "รับเรื่อง",
    MatterState.IN_HAND: "ตอบหรือปิดเรื่อง",
}
PAGES = {
    MatterState.RECEIVED: "documents:matter-propose",
    MatterState.PROPOSED: "documents:matter-endorse",
    MatterState.ROUTED: "documents:matter-assign",
}


def arrival_waits(member: Member) -> Iterable[Waiting]:
    """Return what the member's desks still have to receive or to answer, by due date.

    What arrives at an office waits for its registrar, not for its director.
    """
    desks = Unit.objects.held_by(member, roles=DESK_ROLES)
    rows = (
        Arrival.objects.open()
        .at_desk_of(member)
        .filter(~Q(unit__kind="office") | Q(unit__in=desks) | Q(member=member))
        .select_related("letter", "unit")
        .order_by("due_at", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.letter.subject,
            url=row.get_absolute_url(),
            state="ยังไม่ลงรับ" if row.state == ArrivalState.WAITING else "รอตอบ",
            due_at=row.due_at,
            unit=row.letter.sender if row.unit_id == row.unit.office_id else row.unit.label,
            urgency=row.letter.urgency,
            deed="ลงรับ" if row.state == ArrivalState.WAITING else "ตอบ",
        )
        for row in rows
    ]


def matter_waits(member: Member) -> Iterable[Waiting]:
    """Return the matters of the office on which the next deed is this member's."""
    proposals = Step.objects.filter(
        matter=OuterRef("pk"), kind__in=[StepKind.PROPOSED, StepKind.ENDORSED]
    ).order_by("-position")
    rows = (
        Matter.objects.waiting_for(member)
        .select_related("arrival__letter__owner_unit", "arrival__entry")
        .annotate(said=Subquery(proposals.values("text")[:1]))
        .order_by("due_at", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.letter.subject,
            url=reverse(PAGES[MatterState(row.state)], args=[row.pk])
            if row.state in PAGES
            else row.get_absolute_url(),
            state=_standing(row),
            due_at=row.due_at,
            unit=f"{row.letter.sender} · เลขรับ {row.arrival.entry}",
            urgency=row.letter.urgency,
            deed=DEEDS[MatterState(row.state)],
        )
        for row in rows
    ]


def _standing(row: Any) -> str:
    """Say the state, and for whoever orders what was proposed."""
    if row.state == MatterState.PROPOSED and row.said:
        return f"{row.get_state_display()} · เสนอ: {row.said}"
    return str(row.get_state_display())


def routing_waits(member: Member) -> Iterable[Waiting]:
    """Return the copies of which the member's group has not taken note."""
    rows = (
        Routing.objects.to_note_by(member)
        .select_related("matter__arrival__letter__owner_unit", "matter__arrival__entry")
        .order_by("pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.matter.letter.subject,
            url=row.get_absolute_url(),
            state="เพื่อทราบ",
            unit=f"{row.matter.letter.sender} · เลขรับ {row.matter.arrival.entry}",
            urgency=row.matter.letter.urgency,
            deed="รับทราบ",
        )
        for row in rows
    ]


def assignment_waits(member: Member) -> Iterable[Waiting]:
    """Return what was assigned to the member and is not acknowledged."""
    rows = (
        Assignment.objects.filter(assignee=member, acknowledged_at__isnull=True)
        .select_related("arrival__letter", "arrival__unit")
        .order_by("pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.arrival.letter.subject,
            url=row.arrival.get_absolute_url(),
            state="มอบหมายให้ท่าน",
            due_at=row.arrival.due_at,
            unit=row.arrival.unit.label,
            urgency=row.arrival.letter.urgency,
            deed="อ่านและรับทราบ",
        )
        for row in rows
    ]


def letter_waits(member: Member) -> Iterable[Waiting]:
    """Return the letters that wait for this member's registry to number and send them."""
    rows = (
        Letter.objects.to_register_by(member)
        .select_related("owner_unit")
        .order_by("-urgency", "submitted_at")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.subject,
            url=row.get_absolute_url(),
            state="รอออกเลข",
            due_at=row.due_at,
            unit=row.owner_unit.label,
            urgency=row.urgency,
            deed="ตรวจและออกเลข",
        )
        for row in rows
    ]


def _desk(arrivals: QuerySet[Arrival]) -> Q:
    """Members who open one of these arrivals."""
    return holds(
        "holdings__",
        post__unit__in=arrivals.filter(member__isnull=True).values("unit"),
        post__role__in=READING_DESK_ROLES,
    ) | Q(pk__in=arrivals.filter(member__isnull=False).values("member"))


def _senders(letter: Letter) -> Q:
    """Members of whose work the letter is."""
    if letter.origin == LetterOrigin.OUTSIDE:
        return Q(pk__in=[])
    own = holds("holdings__", post__unit=letter.owner_unit_id, post__role__in=WRITING_ROLES)
    if letter.state in {"draft", "discarded"} or letter.is_from_school:
        return own
    return own | holds(
        "holdings__", post__unit__office=letter.office_id, post__role__in=OVERSEEING_ROLES
    )


def _inside(matters: QuerySet[Matter]) -> QuerySet[Member]:
    """Members of the office who have to do with one of these matters."""
    overseers = holds(
        "holdings__",
        post__unit__office__in=matters.values("office"),
        post__role__in=OVERSEEING_ROLES,
    )
    groups = holds(
        "holdings__",
        post__unit__in=Routing.objects.filter(matter__in=matters.values("pk")).values("unit"),
        post__role__in=OFFICE_ROLES,
    )
    officers = Q(pk__in=matters.filter(officer__isnull=False).values("officer"))
    return Member.objects.fitting(overseers, groups, officers)


def matter_readers(matter: Matter) -> QuerySet[Member]:
    """Return the members to whom this matter is visible."""
    return _inside(Matter.objects.filter(pk=matter.pk))


def routing_readers(routing: Routing) -> QuerySet[Member]:
    """Return the members to whom the matter of this routing is visible."""
    return _inside(Matter.objects.filter(pk=routing.matter_id))


def arrival_readers(arrival: Arrival) -> QuerySet[Member]:
    """Return the members to whom this arrival is visible."""
    rows = Arrival.objects.filter(pk=arrival.pk)
    assignees = Assignment.objects.filter(arrival=arrival).values("assignee")
    inside = _inside(Matter.objects.filter(arrival=arrival))
    return Member.objects.fitting(_desk(rows), Q(pk__in=assignees)) | inside


def letter_readers(letter: Letter) -> QuerySet[Member]:
    """Return the members to whom this letter is visible."""
    rows = Arrival.objects.filter(letter=letter)
    assignees = Assignment.objects.filter(arrival__letter=letter).values("assignee")
    inside = _inside(Matter.objects.filter(arrival__letter=letter))
    return Member.objects.fitting(_senders(letter), _desk(rows), Q(pk__in=assignees)) | inside


def response_readers(response: Response) -> QuerySet[Member]:
    """Return the members to whom this answer is visible."""
    arrival = response.arrival
    rows = Arrival.objects.filter(pk=arrival.pk)
    return Member.objects.fitting(_senders(arrival.letter), _desk(rows))


# What the search keeps ---------------------------------------------------------------------------


def find_letter(letter: Letter) -> Findable | None:
    """Return how a letter is found once it was handed in; what comes from outside is a matter."""
    if letter.state in {"draft", "discarded"} or letter.origin == LetterOrigin.OUTSIDE:
        return None
    return Findable(
        title=letter.subject,
        url=letter.get_absolute_url(),
        body=" ".join(
            part
            for part in (letter.line_new, letter.line_do, letter.addressee, letter.body)
            if part
        ),
        number=letter.number_text,
        on=letter.dated_on or bangkok(letter.saved_at).date(),
        place=letter.sender if letter.is_sent else f"{letter.sender} · รอออกเลข",
    )


def letter_scopes(letter: Letter) -> frozenset[str]:
    """Return who may find it: its owner, the office, its recipients, and who was given it.

    A letter to very many is found by the whole office: the gate decides, not the index.
    """
    words = {in_unit(letter.owner_unit_id), staff_of(letter.office_id)}
    rows = Arrival.objects.filter(letter=letter)
    units = set(
        rows.filter(member__isnull=True)
        .order_by()
        .values_list("unit", flat=True)[: MOST_SCOPES + 1]
    )
    if len(units) > MOST_SCOPES:
        words.add(in_office(letter.office_id))
    else:
        words |= {in_unit(unit) for unit in units}
    people = set(rows.filter(member__isnull=False).values_list("member", flat=True))
    people |= set(
        Assignment.objects.filter(arrival__letter=letter).values_list("assignee", flat=True)
    )
    people |= set(
        Matter.objects.filter(arrival__letter=letter, officer__isnull=False).values_list(
            "officer", flat=True
        )
    )
    return frozenset(words | {of_member(person) for person in people})


def find_matter(matter: Matter) -> Findable:
    """Return how a matter is found inside the office, by its receive number, too."""
    letter = matter.letter
    words = {staff_of(matter.office_id)}
    if matter.officer_id:
        words.add(of_member(matter.officer_id))
    texts = [step.text for step in matter.steps.all() if step.text]
    return Findable(
        title=letter.subject,
        url=matter.get_absolute_url(),
        scopes=frozenset(words),
        body=" ".join([letter.sender, *texts]),
        number=f"{matter.arrival.entry} {letter.number_text}".strip(),
        on=bangkok(matter.received_at).date(),
        place=f"{letter.sender} · เลขรับ {matter.arrival.entry} · {matter.get_state_display()}",
    )


def with_letter_parts(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    return letters.select_related("owner_unit")


def with_matter_parts(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    parts = matters.select_related("arrival__entry__book", "arrival__letter__owner_unit")
    return parts.prefetch_related("steps")


register(
    Resource(
        model=Letter,
        label="หนังสือ",
        icon="mail",
        visible_to=lambda member: Letter.objects.visible_to(member),
        readers=letter_readers,
        find=find_letter,
        with_parts=with_letter_parts,
        scopes=letter_scopes,
        waiting=letter_waits,
    )
)
register(
    Resource(
        model=Arrival,
        label="หนังสือเข้า",
        icon="inbox",
        visible_to=lambda member: Arrival.objects.visible_to(member),
        readers=arrival_readers,
        waiting=arrival_waits,
    )
)
register(
    Resource(
        model=Response,
        label="คำตอบ",
        icon="reply",
        visible_to=lambda member: Response.objects.visible_to(member),
        readers=response_readers,
    )
)
register(
    Resource(
        model=Assignment,
        label="งานที่มอบหมาย",
        icon="users",
        visible_to=lambda member: Assignment.objects.visible_to(member),
        waiting=assignment_waits,
    )
)
register(
    Resource(
        model=Matter,
        label="เรื่องเข้าสำนักงาน",
        icon="inbox",
        visible_to=lambda member: Matter.objects.visible_to(member),
        readers=matter_readers,
        find=find_matter,
        with_parts=with_matter_parts,
        waiting=matter_waits,
    )
)
register(
    Resource(
        model=Routing,
        label="เรื่องเพื่อทราบ",
        icon="inbox",
        visible_to=lambda member: Routing.objects.visible_to(member),
        readers=routing_readers,
        waiting=routing_waits,
    )
)
