"""Which meetings, and what belongs to them, a reader may find."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from members.models import OFFICE_ROLES, SCHOOL_DESK_ROLES, Role, Unit
from members.querysets import is_nobody
from portal.core.querysets import BaseQuerySet

if TYPE_CHECKING:
    from meetings.models import (
        AgendaItem,
        Attendance,
        Correction,
        Meeting,
        Resolution,
        Series,
        Task,
    )
    from members.models import Member

STAFF_ROLES = OFFICE_ROLES | SCHOOL_DESK_ROLES | {Role.TEACHER}
OVERSEEING_ROLES = frozenset({Role.DIRECTOR, Role.DEPUTY_DIRECTOR})
LONGEST_SEARCH = 200
NUL = "\x00"  # PostgreSQL keeps none and looks for none


def of_own_work(member: Member | None, path: str = "") -> Q:
    """What (found at `path`) a unit of the member owns, or a unit of an office they lead."""
    own = Unit.objects.held_by(member, roles=STAFF_ROLES)
    overseen = Unit.objects.held_by(member, roles=OVERSEEING_ROLES).values("office")
    return Q(**{f"{path}unit__in": own}) | Q(**{f"{path}unit__office__in": overseen})


def _meetings(rows: BaseQuerySet[Any]) -> MeetingQuerySet:
    """Return the meetings, from a queryset of what belongs to them; models import this module."""
    model: Any = rows.model._meta.get_field("meeting").related_model
    found: MeetingQuerySet = model._default_manager.all()
    return found


class SeriesQuerySet(BaseQuerySet["Series"]):
    """Meetings that come again."""

    def visible_to(self, member: Member | None) -> Self:
        """Series of own units, of the office one leads, kept by oneself, or to which one came."""
        if is_nobody(member):
            return self.none()
        rows = self.model._default_manager
        invited = rows.filter(meetings__attendances__member=member)
        kept = Q(chair=member) | Q(secretary=member) | Q(created_by=member)
        return self.filter(of_own_work(member) | kept | Q(pk__in=invited.values("pk")))

    def running(self) -> Self:
        """Series of which further meetings are made."""
        return self.filter(state="running")


class MeetingQuerySet(BaseQuerySet["Meeting"]):
    """Meetings of offices, groups and schools."""

    def visible_to(self, member: Member | None) -> Self:
        """Meetings of own units, of the office one leads, and those one has a part in.

        A part is: invited, chair, secretary, who called it, or a task that came of it.
        """
        if is_nobody(member):
            return self.none()
        rows = self.model._default_manager
        invited = rows.filter(attendances__member=member)
        tasked = rows.filter(resolutions__tasks__assignee=member)
        kept = Q(chair=member) | Q(secretary=member) | Q(created_by=member)
        return self.filter(
            of_own_work(member)
            | kept
            | Q(pk__in=invited.values("pk"))
            | Q(pk__in=tasked.values("pk"))
        )

    def of(self, member: Member) -> Self:
        """Meetings the member attends or keeps."""
        rows = self.model._default_manager
        invited = rows.filter(attendances__member=member)
        kept = Q(chair=member) | Q(secretary=member) | Q(created_by=member)
        return self.filter(kept | Q(pk__in=invited.values("pk")))

    def planned(self) -> Self:
        return self.filter(state="planned")

    def untouched(self) -> Self:
        """Planned meetings on which nobody has worked yet: as their series made them."""
        rows = self.model._default_manager
        worked_on = rows.filter(
            Q(agenda_items__isnull=False) | Q(attendances__answer__in=["accepted", "declined"])
        )
        return self.filter(state="planned", is_edited=False).exclude(pk__in=worked_on.values("pk"))

    def starting(self, first: datetime, last: datetime) -> Self:
        """Meetings that begin from `first` until just before `last`."""
        return self.filter(starts_at__gte=first, starts_at__lt=last)

    def matching(self, words: str) -> Self:
        """Meetings with these words in their title, agenda or resolutions."""
        text = words.replace(NUL, "").strip()[:LONGEST_SEARCH]
        if not text:
            return self
        rows = self.model._default_manager
        found = rows.filter(
            Q(title__icontains=text)
            | Q(agenda_items__title__icontains=text)
            | Q(resolutions__text__icontains=text)
        )
        return self.filter(pk__in=found.values("pk"))


class AgendaItemQuerySet(BaseQuerySet["AgendaItem"]):
    """Items of agendas."""

    def visible_to(self, member: Member | None) -> Self:
        """Items of meetings the member sees."""
        return self.filter(meeting__in=_meetings(self).visible_to(member))


class AttendanceQuerySet(BaseQuerySet["Attendance"]):
    """Who is invited to which meeting, and who came."""

    def visible_to(self, member: Member | None) -> Self:
        """Who is of the meetings the member sees."""
        return self.filter(meeting__in=_meetings(self).visible_to(member))


class ResolutionQuerySet(BaseQuerySet["Resolution"]):
    """What meetings resolved."""

    def visible_to(self, member: Member | None) -> Self:
        """Resolutions of meetings the member sees."""
        return self.filter(meeting__in=_meetings(self).visible_to(member))


class CorrectionQuerySet(BaseQuerySet["Correction"]):
    """What was corrected after the minutes were closed."""


class TaskQuerySet(BaseQuerySet["Task"]):
    """What follows from resolutions."""

    def visible_to(self, member: Member | None) -> Self:
        """Tasks of meetings the member sees; one's own always are."""
        model: Any = self.model._meta.get_field("resolution").related_model
        return self.filter(resolution__in=model.objects.visible_to(member))

    def open(self) -> Self:
        """Tasks that are still to be done."""
        return self.filter(state="open")

    def overdue(self, on: date) -> Self:
        """Open tasks whose day has passed."""
        return self.open().filter(due_on__lt=on)
