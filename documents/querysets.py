"""Which letters, arrivals and registers a reader may find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from members.models import DESK_ROLES, OFFICE_ROLES, Role, Unit
from portal.core.querysets import BaseQuerySet
from portal.core.thaitext import normalise

if TYPE_CHECKING:
    from documents.models import (
        Arrival,
        Assignment,
        Letter,
        RegisterBook,
        RegisterEntry,
        Response,
    )
    from members.models import Member

NBSP = "\u00a0"
NUL = "\x00"  # PostgreSQL keeps none and looks for none
LONGEST_SEARCH = 200
OVERSEEING_ROLES = frozenset({Role.CENTRAL_REGISTRAR, Role.DEPUTY_DIRECTOR, Role.DIRECTOR})
READING_DESK_ROLES = DESK_ROLES | {Role.GROUP_HEAD, Role.DIRECTOR, Role.DEPUTY_DIRECTOR}


def is_nobody(member: Member | None) -> bool:
    """Answer whether there is no one to find anything: not signed in, or shut out."""
    return member is None or not member.pk or not member.is_active


def desks(member: Member | None) -> QuerySet[Unit]:
    """Units whose post the member opens: as its clerk, registrar or head."""
    return Unit.objects.held_by(member, roles=READING_DESK_ROLES)


def at_desk_of(member: Member | None, path: str = "") -> Q:
    """Arrivals (found at `path`) at a desk of the member, or addressed to the member in person."""
    return Q(**{f"{path}unit__in": desks(member), f"{path}member__isnull": True}) | Q(
        **{f"{path}member": member}
    )


def sent_from(member: Member | None, path: str = "") -> Q:
    """Letters (found at `path`) of the member's own office work, or of an office overseen.

    A draft is its unit's own business; whoever oversees the office sees it once it is submitted.
    """
    own = Unit.objects.held_by(member, roles=OFFICE_ROLES)
    overseen = Unit.objects.held_by(member, roles=OVERSEEING_ROLES).values("office")
    return Q(**{f"{path}owner_unit__in": own}) | (
        Q(**{f"{path}office__in": overseen}) & ~Q(**{f"{path}state__in": ["draft", "discarded"]})
    )


def about(words: str, path: str = "") -> Q:
    """Letters (found at `path`) whose subject, or number by any part, has the words."""
    text = normalise(words.replace(NUL, "")[:LONGEST_SEARCH])
    number = text.replace(" ", NBSP)
    found = Q(**{f"{path}subject_search__contains": text}) | Q(
        **{f"{path}number_text__icontains": number}
    )
    if text.isdecimal() and len(text) < 9:
        found |= Q(**{f"{path}number": int(text)})
    return found


class LetterQuerySet(BaseQuerySet["Letter"]):
    """Letters written in an office."""

    def sent_from(self, member: Member | None) -> Self:
        """Letters the member writes, registers or follows for an office; own units' drafts, too."""
        if is_nobody(member):
            return self.none()
        return self.filter(sent_from(member))

    def to_register_by(self, member: Member | None) -> Self:
        """Submitted letters that wait for the member's registry."""
        offices = Unit.objects.held_by(member, roles=[Role.CENTRAL_REGISTRAR]).values("office")
        issuing = Unit.objects.held_by(member, roles=[Role.GROUP_CLERK, Role.GROUP_HEAD]).filter(
            can_issue_numbers=True
        )
        return self.filter(Q(office__in=offices) | Q(owner_unit__in=issuing), state="submitted")

    def matching(self, words: str) -> Self:
        """Letters with these words in the subject, or this in their number."""
        return self.filter(about(words)) if words else self

    def visible_to(self, member: Member | None) -> Self:
        """Letters the member may open: own office work, at an own desk, or assigned in a school."""
        if is_nobody(member):
            return self.none()
        rows = self.model._default_manager
        arrived = rows.filter(at_desk_of(member, "arrivals__"))
        assigned = rows.filter(arrivals__assignments__assignee=member)
        return self.filter(
            sent_from(member) | Q(pk__in=arrived.values("pk")) | Q(pk__in=assigned.values("pk"))
        )


class ArrivalQuerySet(BaseQuerySet["Arrival"]):
    """Letters as they lie with one recipient."""

    def at_desk_of(self, member: Member | None) -> Self:
        """Arrivals the member opens as clerk, registrar or head of a unit, or as the addressee."""
        if is_nobody(member):
            return self.none()
        return self.filter(at_desk_of(member))

    def followed_by(self, member: Member | None) -> Self:
        """Arrivals of letters that the member's office work sent: the rows of their boards."""
        if is_nobody(member):
            return self.none()
        return self.filter(sent_from(member, "letter__"))

    def visible_to(self, member: Member | None) -> Self:
        """Arrivals at an own desk or assigned to the member; never a neighbour school's."""
        if is_nobody(member):
            return self.none()
        assigned = self.model._default_manager.filter(assignments__assignee=member)
        return self.filter(at_desk_of(member) | Q(pk__in=assigned.values("pk")))

    def matching(self, words: str) -> Self:
        """Arrivals of letters with these words in the subject, or this in their number."""
        return self.filter(about(words, "letter__")) if words else self

    def open(self) -> Self:
        """Arrivals on which the recipient still has something to do."""
        return self.filter(is_open=True)


class ResponseQuerySet(BaseQuerySet["Response"]):
    """Answers of recipients."""

    def visible_to(self, member: Member | None) -> Self:
        """Answers of an own desk, and answers to a letter the member's office work sent."""
        if is_nobody(member):
            return self.none()
        return self.filter(at_desk_of(member, "arrival__") | sent_from(member, "arrival__letter__"))


class AssignmentQuerySet(BaseQuerySet["Assignment"]):
    """Work a school gave to its own people; the office never sees it."""

    def visible_to(self, member: Member | None) -> Self:
        if is_nobody(member):
            return self.none()
        return self.filter(Q(assignee=member) | at_desk_of(member, "arrival__"))


class RegisterBookQuerySet(BaseQuerySet["RegisterBook"]):
    """Registers; every unit owns its own."""

    def visible_to(self, member: Member | None) -> Self:
        """Books of the units whose desk or office work is the member's."""
        if is_nobody(member):
            return self.none()
        units = Unit.objects.held_by(member, roles=READING_DESK_ROLES | OFFICE_ROLES)
        return self.filter(unit__in=units)


class RegisterEntryQuerySet(BaseQuerySet["RegisterEntry"]):
    """Lines of registers."""
