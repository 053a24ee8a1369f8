"""Which letters, arrivals and registers a reader may find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Upper

from documents.domain import Sought, sought
from members.models import DESK_ROLES, OFFICE_ROLES, SCHOOL_DESK_ROLES, Holding, Post, Role, Unit
from members.querysets import holds, is_nobody
from portal.core.querysets import BaseQuerySet, has

if TYPE_CHECKING:
    from documents.models import (
        Arrival,
        Assignment,
        Inquiry,
        Letter,
        Matter,
        RegisterBook,
        RegisterEntry,
        Response,
        Routing,
    )
    from members.models import Member

Ids: TypeAlias = "QuerySet[Unit, Any] | Sequence[int]"
# What lies at a desk to be read; a recalled letter leaves only a trace there.
HELD_STATES = ("waiting", "received", "refused", "superseded")
OVERSEEING_ROLES = frozenset({Role.CENTRAL_REGISTRAR, Role.DEPUTY_DIRECTOR, Role.DIRECTOR})
WRITING_ROLES = OFFICE_ROLES | SCHOOL_DESK_ROLES
GROUP_DESK_ROLES = frozenset({Role.GROUP_CLERK, Role.GROUP_HEAD})
READING_DESK_ROLES = DESK_ROLES | {Role.GROUP_HEAD, Role.DIRECTOR, Role.DEPUTY_DIRECTOR}


def desks(member: Member | None) -> QuerySet[Unit, int] | list[int]:
    """Units whose post the member opens: as its clerk, registrar or head."""
    return Unit.objects.ids_held_by(member, roles=READING_DESK_ROLES)


def at_desk_of(member: Member | None, path: str = "") -> Q:
    """Arrivals (found at `path`) at a desk of the member, or addressed to the member in person."""
    return Q(**{f"{path}unit__in": desks(member), f"{path}member__isnull": True}) | Q(
        **{f"{path}member": member}
    )


def at_each_desk(member: int, units: Sequence[int], *, is_chosen: bool = False) -> list[Q]:
    """The parts of `at_desk_of` for a member who opens these units, each with an index of its own.

    `is_chosen`: only what arrived at the one unit among them that the reader chose.
    """
    in_person = Q(member=member, unit__in=units) if is_chosen else Q(member=member)
    return [*(Q(unit=unit, member__isnull=True) for unit in units), in_person]


def keeping_books(member: Member | None) -> QuerySet[Unit, int] | list[int]:
    """Units whose books the member reads: at its desk, or at work in it."""
    return Unit.objects.ids_held_by(member, roles=READING_DESK_ROLES | OFFICE_ROLES)


def sent_from(member: Member | None, path: str = "") -> Q:
    """Letters (found at `path`) of the member's own work, or of an office overseen.

    A draft is its unit's own business; whoever oversees the office sees it once it is submitted.
    What a school writes the office sees where it arrives, and what comes from outside nobody sent.
    """
    own = Unit.objects.ids_held_by(member, roles=WRITING_ROLES)
    overseen = Unit.objects.offices_held_by(member, roles=OVERSEEING_ROLES)
    return written_in(own=own, overseen=overseen, path=path)


def written_in(*, own: Ids, overseen: Ids, path: str = "") -> Q:
    """As `sent_from`, for a member who works in these units and oversees these offices."""
    return Q(
        Q(**{f"{path}owner_unit__in": own}), **{f"{path}origin__in": ["office", "school"]}
    ) | Q(
        Q(**{f"{path}office__in": overseen}),
        ~Q(**{f"{path}state__in": ["draft", "discarded"]}),
        **{f"{path}origin": "office"},
    )


def published_in(member: Member | None, path: str = "") -> Q:
    """Orders and announcements (found at `path`) sent to nobody: published inside their office."""
    staffed = Unit.objects.offices_held_by(member, roles=OFFICE_ROLES)
    return Q(
        **{
            f"{path}office__in": staffed,
            f"{path}kind__in": ["order", "announce"],
            f"{path}origin": "office",
            f"{path}state__in": ["registered", "sent"],
            f"{path}audience_rule": {},
        }
    )


def of_own_memo(member: Member | None, path: str = "") -> Q:
    """Matters (found at `path`) that a memo of an own group began: its writers follow them."""
    groups = Unit.objects.ids_held_by(member, roles=OFFICE_ROLES)
    letter = f"{path}arrival__letter__"
    return Q(
        **{f"{letter}owner_unit__in": groups, f"{letter}kind": "memo", f"{letter}origin": "office"}
    )


def passing_through(member: Member | None, path: str = "") -> Q:
    """Matters (found at `path`) of an office overseen, at an own group, or of the member's own."""
    overseen = Unit.objects.offices_held_by(member, roles=OVERSEEING_ROLES)
    groups = Unit.objects.ids_held_by(member, roles=OFFICE_ROLES)
    return in_hands_of(member, overseen=overseen, groups=groups, path=path)


def in_hands_of(member: Any, *, overseen: Ids, groups: Ids, path: str = "") -> Q:
    """Matters (found at `path`) of these offices, at these groups, or with this officer."""
    return (
        Q(**{f"{path}office__in": overseen})
        | Q(**{f"{path}routings__unit__in": groups})
        | Q(**{f"{path}officer": member})
    )


def about(what: Sought, path: str = "") -> Q:
    """Letters (found at `path`) whose subject, or number by any part, has the words."""
    return Q(has(F(f"{path}subject_search"), what.text)) | numbered(what, path)


def numbered(what: Sought, path: str = "") -> Q:
    """Letters (found at `path`) whose number has the words in any part."""
    text = f"{path}number_text"
    found = Q(has(Upper(text) if what.has_case else F(text), what.part))
    return found if what.number is None else found | Q(**{f"{path}number": what.number})


def here_too(rows: QuerySet[Any]) -> Exists:
    """A row that is among these, too; asked row by row where few are looked at, else at once."""
    return Exists(rows.filter(pk=OuterRef("pk")))


class LetterQuerySet(BaseQuerySet["Letter"]):
    """Letters written in an office."""

    def sent_from(self, member: Member | None) -> Self:
        """Letters the member writes, registers or follows for an office; own units' drafts, too."""
        if is_nobody(member):
            return self.none()
        return self.filter(sent_from(member))

    def published_in(self, member: Member | None) -> Self:
        """Orders and announcements that the member's office only published inside."""
        return self.none() if is_nobody(member) else self.filter(published_in(member))

    def to_register_by(self, member: Member | None) -> Self:
        """Submitted letters that wait for the member's registry."""
        offices = Unit.objects.held_by(member, roles=[Role.CENTRAL_REGISTRAR]).values("office")
        issuing = Unit.objects.held_by(member, roles=[Role.GROUP_CLERK, Role.GROUP_HEAD]).filter(
            can_issue_numbers=True
        )
        own = Q(Q(owner_unit__in=issuing), ~Q(kind__in=["order", "announce"]))
        return self.filter(Q(office__in=offices) | own, state="submitted")

    def matching(self, words: str) -> Self:
        """Letters with these words in the subject, or this in their number."""
        return self.filter(about(sought(words))) if words else self

    def visible_to(self, member: Member | None) -> Self:
        """Letters the member may open.

        Those of the own work, at an own desk, given to the member in a unit, in hand inside the
        office, or published inside it.
        """
        if is_nobody(member):
            return self.none()
        rows = self.model._default_manager
        held = {"arrivals__state__in": HELD_STATES}
        arrived = rows.filter(at_desk_of(member, "arrivals__"), **held)
        assigned = rows.filter(arrivals__assignments__assignee=member, **held)
        inside = rows.filter(passing_through(member, "arrivals__matter__"))
        return self.filter(
            sent_from(member)
            | published_in(member)
            | here_too(arrived)
            | here_too(assigned)
            | here_too(inside)
        )


class ArrivalQuerySet(BaseQuerySet["Arrival"]):
    """Letters as they lie with one recipient."""

    def at_desk_of(self, member: Member | None) -> Self:
        """Arrivals the member opens as clerk, registrar or head of a unit, or as the addressee."""
        if is_nobody(member):
            return self.none()
        return self.filter(at_desk_of(member))

    def followed_by(self, member: Member | None) -> Self:
        """Arrivals of letters that the member's own work sent: the rows of their boards."""
        if is_nobody(member):
            return self.none()
        return self.filter(sent_from(member, "letter__"))

    def visible_to(self, member: Member | None) -> Self:
        """Arrivals at an own desk, assigned to the member, or in hand inside the office.

        Never a neighbour school's. A recalled one is there with its trace; its letter is not.
        """
        if is_nobody(member):
            return self.none()
        return self.reached_by(
            member,
            desks=desks(member),
            overseen=Unit.objects.offices_held_by(member, roles=OVERSEEING_ROLES),
            groups=Unit.objects.ids_held_by(member, roles=OFFICE_ROLES),
        )

    def reached_by(self, member: Any, *, desks: Ids, overseen: Ids, groups: Ids) -> Self:
        """As `visible_to`, for a member whose desks, overseen offices and groups are these."""
        rows = self.model._default_manager
        assigned = rows.filter(assignments__assignee=member)
        inside = rows.filter(in_hands_of(member, overseen=overseen, groups=groups, path="matter__"))
        at_desk = Q(unit__in=desks, member__isnull=True) | Q(member=member)
        return self.filter(at_desk | here_too(assigned) | here_too(inside))

    def receipted_to(self, member: Member | None) -> Self:
        """Received arrivals whose slip the member may print: the recipient's and the sender's."""
        if is_nobody(member):
            return self.none()
        rows = self.model._default_manager
        sent = rows.filter(sent_from(member, "letter__"))
        seen = rows.visible_to(member)
        return self.filter(here_too(sent) | here_too(seen), state="received")

    def matching(self, words: str) -> Self:
        """Arrivals of letters with these words in the subject, or this in their number."""
        return self.about(sought(words)) if words else self

    def about(self, what: Sought) -> Self:
        """As `matching`."""
        return self.filter(about(what, "letter__")).findable(what)

    def findable(self, what: Sought) -> Self:
        """Nobody finds by its subject what was taken back from them; by its number they do."""
        return self.filter(Q(state__in=HELD_STATES) | numbered(what, "letter__"))

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


class InquiryQuerySet(BaseQuerySet["Inquiry"]):
    """Questions about received letters."""

    def visible_to(self, member: Member | None) -> Self:
        """Questions of an own desk, and those about a letter the member's office work sent.

        The published ones of other desks are read through `published`, which hides who asked.
        With a letter that was taken back, its questions are gone.
        """
        if is_nobody(member):
            return self.none()
        return self.filter(
            at_desk_of(member, "arrival__") | sent_from(member, "arrival__letter__"),
            arrival__state__in=HELD_STATES,
        )

    def asked_of(self, member: Member | None) -> Self:
        """Questions about letters of the member's office work, never those of the own desk."""
        if is_nobody(member):
            return self.none()
        return self.filter(sent_from(member, "arrival__letter__"), arrival__state__in=HELD_STATES)

    def waiting_for(self, member: Member | None) -> Self:
        """Open questions that this member answers: about an own letter.

        Once whoever wrote the letter has left the group, its desk does.
        """
        if is_nobody(member):
            return self.none()
        groups = Unit.objects.held_by(member, roles=GROUP_DESK_ROLES)
        own = Unit.objects.held_by(member, roles=OFFICE_ROLES)
        writes_there = Holding.objects.current().filter(
            member=OuterRef("arrival__letter__drafter"),
            post__unit=OuterRef("arrival__letter__owner_unit"),
        )
        return self.open().filter(
            Q(arrival__letter__drafter=member, arrival__letter__owner_unit__in=own)
            | Q(~Exists(writes_there), arrival__letter__owner_unit__in=groups)
        )

    def published(self) -> Self:
        """Questions answered for all recipients of the letter."""
        return self.filter(is_published=True, arrival__state__in=HELD_STATES)

    def open(self) -> Self:
        """Questions not answered, about letters that are still the recipient's."""
        return self.filter(answered_at__isnull=True, arrival__state__in=["waiting", "received"])


class AssignmentQuerySet(BaseQuerySet["Assignment"]):
    """Work a school gave to its own people; the office never sees it."""

    def visible_to(self, member: Member | None) -> Self:
        if is_nobody(member):
            return self.none()
        return self.filter(Q(assignee=member) | at_desk_of(member, "arrival__"))


class MatterQuerySet(BaseQuerySet["Matter"]):
    """Letters on their way through the office."""

    def visible_to(self, member: Member | None) -> Self:
        """Matters of an office overseen, at an own group, of an own memo, or the member's own.

        Never a school's.
        """
        if is_nobody(member):
            return self.none()
        rows = self.model._default_manager.filter(passing_through(member) | of_own_memo(member))
        return self.filter(pk__in=rows.values("pk"))

    def waiting_for(self, member: Member | None) -> Self:
        """Matters on which the next deed is this member's, in one of their posts."""
        if is_nobody(member):
            return self.none()
        offices = Unit.objects.held_by(member, roles=[Role.CENTRAL_REGISTRAR]).values("office")
        groups = Unit.objects.held_by(member, roles=GROUP_DESK_ROLES)
        posts = Post.objects.filter(holds("holdings__", member=member))
        return self.filter(
            Q(state="received", office__in=offices)
            | Q(state="proposed", proposed_to__in=posts.values("pk"))
            | Q(state="routed", main_unit__in=groups)
            | Q(state__in=["assigned", "in_hand"], officer=member)
        )

    def open(self) -> Self:
        return self.exclude(state__in=["answered", "closed"])

    def matching(self, words: str) -> Self:
        """Matters whose letter has the words in subject, number, sender or receive number."""
        if not words:
            return self
        what = sought(words)
        found = about(what, "arrival__letter__")
        found |= Q(arrival__letter__outside_party__icontains=what.text)
        found |= Q(arrival__letter__owner_unit__name__icontains=what.text)
        if what.number is not None:
            found |= Q(arrival__entry__number=what.number)
        return self.filter(found)


class RoutingQuerySet(BaseQuerySet["Routing"]):
    """Matters as they lie with one group."""

    def visible_to(self, member: Member | None) -> Self:
        """Routings of matters that the member sees."""
        if is_nobody(member):
            return self.none()
        way = passing_through(member, "matter__") | of_own_memo(member, "matter__")
        return self.filter(pk__in=self.model._default_manager.filter(way).values("pk"))

    def to_note_by(self, member: Member | None) -> Self:
        """Copies that a group desk of the member has not acknowledged yet."""
        if is_nobody(member):
            return self.none()
        groups = Unit.objects.held_by(member, roles=GROUP_DESK_ROLES)
        return self.filter(unit__in=groups, is_main=False, acknowledged_at__isnull=True)


class RegisterBookQuerySet(BaseQuerySet["RegisterBook"]):
    """Registers; every unit owns its own."""

    def visible_to(self, member: Member | None) -> Self:
        """Books of the units whose desk or office work is the member's."""
        if is_nobody(member):
            return self.none()
        return self.filter(unit__in=keeping_books(member))


class RegisterEntryQuerySet(BaseQuerySet["RegisterEntry"]):
    """Lines of registers."""

    def visible_to(self, member: Member | None) -> Self:
        """Lines of the books of the member's units."""
        if is_nobody(member):
            return self.none()
        return self.filter(book__unit__in=keeping_books(member))
