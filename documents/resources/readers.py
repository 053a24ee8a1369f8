"""The other side of `visible_to`: who reads a letter, an arrival, an answer, a matter."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from documents.models import (
    Arrival,
    Assignment,
    Inquiry,
    Letter,
    LetterKind,
    LetterOrigin,
    Matter,
    RegisterBook,
    RegisterEntry,
    Response,
    Routing,
)
from documents.querysets import (
    HELD_STATES,
    OVERSEEING_ROLES,
    READING_DESK_ROLES,
    WRITING_ROLES,
)
from members.models import OFFICE_ROLES, Member
from members.querysets import holds


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
    is_published = letter.is_decree and letter.is_sent and letter.audience_rule == {}
    roles = OFFICE_ROLES if is_published else OVERSEEING_ROLES
    return own | holds("holdings__", post__unit__office=letter.office_id, post__role__in=roles)


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


def _of_memo(matters: QuerySet[Matter]) -> QuerySet[Member]:
    """Members of the group whose memo began one of these matters."""
    memos = matters.filter(
        arrival__letter__kind=LetterKind.MEMO, arrival__letter__origin=LetterOrigin.OFFICE
    )
    writers = holds(
        "holdings__",
        post__unit__in=memos.values("arrival__letter__owner_unit"),
        post__role__in=OFFICE_ROLES,
    )
    return Member.objects.fitting(writers)


def matter_readers(matter: Matter) -> QuerySet[Member]:
    """Return the members to whom this matter is visible."""
    rows = Matter.objects.filter(pk=matter.pk)
    return _inside(rows) | _of_memo(rows)


def routing_readers(routing: Routing) -> QuerySet[Member]:
    """Return the members to whom the matter of this routing is visible."""
    rows = Matter.objects.filter(pk=routing.matter_id)
    return _inside(rows) | _of_memo(rows)


def arrival_readers(arrival: Arrival) -> QuerySet[Member]:
    """Return the members to whom this arrival is visible."""
    rows = Arrival.objects.filter(pk=arrival.pk)
    assignees = Assignment.objects.filter(arrival=arrival).values("assignee")
    inside = _inside(Matter.objects.filter(arrival=arrival))
    return Member.objects.fitting(_desk(rows), Q(pk__in=assignees)) | inside


def letter_readers(letter: Letter) -> QuerySet[Member]:
    """Return the members to whom this letter is visible."""
    rows = Arrival.objects.filter(letter=letter, state__in=HELD_STATES)
    assignees = Assignment.objects.filter(arrival__in=rows.values("pk")).values("assignee")
    inside = _inside(Matter.objects.filter(arrival__letter=letter))
    return Member.objects.fitting(_senders(letter), _desk(rows), Q(pk__in=assignees)) | inside


def response_readers(response: Response) -> QuerySet[Member]:
    """Return the members to whom this answer is visible."""
    arrival = response.arrival
    rows = Arrival.objects.filter(pk=arrival.pk)
    return Member.objects.fitting(_senders(arrival.letter), _desk(rows))


def inquiry_readers(inquiry: Inquiry) -> QuerySet[Member]:
    """Return the members to whom this question is visible with the name of who asked."""
    rows = Arrival.objects.filter(pk=inquiry.arrival_id, state__in=HELD_STATES)
    if not rows.exists():
        return Member.objects.none()
    return Member.objects.fitting(_senders(inquiry.arrival.letter), _desk(rows))


def book_readers(book: RegisterBook) -> QuerySet[Member]:
    """Return the members to whom this register is visible."""
    return _keepers(book.unit_id)


def entry_readers(entry: RegisterEntry) -> QuerySet[Member]:
    """Return the members to whom this line is visible."""
    return _keepers(entry.book.unit_id)


def _keepers(unit_id: int) -> QuerySet[Member]:
    """Return whose desk or office work is in the unit."""
    roles = READING_DESK_ROLES | OFFICE_ROLES
    return Member.objects.fitting(holds("holdings__", post__unit=unit_id, post__role__in=roles))
