"""Which announcements a reader may find, and which stand before whom today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from members.models import OFFICE_ROLES, SCHOOL_DESK_ROLES, Unit
from members.querysets import is_nobody
from portal.core.clock import today
from portal.core.querysets import BaseQuerySet

if TYPE_CHECKING:
    from members.models import Member
    from portal.announcements.models import Acknowledgement, Announcement, Recipient

ANNOUNCING_ROLES = OFFICE_ROLES | SCHOOL_DESK_ROLES


def reaching(member: Member | None) -> Q:
    """Recipients that mean this member: a unit where they hold a post today, or they themselves."""
    return Q(unit__in=Unit.objects.held_by(member), member__isnull=True) | Q(member=member)


class RecipientQuerySet(BaseQuerySet["Recipient"]):
    """For whom announcements are."""

    def reaching(self, member: Member | None) -> Self:
        return self.none() if is_nobody(member) else self.filter(reaching(member))


class AcknowledgementQuerySet(BaseQuerySet["Acknowledgement"]):
    """Who has said that they know."""


class AnnouncementQuerySet(BaseQuerySet["Announcement"]):
    """Announcements of an office, its groups and its schools."""

    def begun(self, on: date | None = None) -> Self:
        """Published ones whose first day has come on the day (today); the last may be over."""
        return self.filter(state="published", from_on__lte=on or today())

    def current(self, on: date | None = None) -> Self:
        """Published ones that are shown on the day (today)."""
        on = on or today()
        return self.begun(on).filter(Q(until_on__isnull=True) | Q(until_on__gte=on))

    def public(self) -> Self:
        return self.filter(visibility="public")

    def addressed_to(self, member: Member | None) -> Self:
        """Those that were sent to the member, in person or through a unit."""
        if member is None or is_nobody(member):
            return self.none()
        return self.reaching(member.pk, Unit.objects.ids_held_by(member))

    def reaching(self, member: int, units: QuerySet[Unit, int] | Sequence[int]) -> Self:
        """Those that were sent to this member in person, or to one of the units."""
        by_unit = Q(recipients__unit__in=units, recipients__member__isnull=True)
        rows = self.model._default_manager.filter(by_unit | Q(recipients__member=member))
        return self.filter(pk__in=rows.values("pk"))

    def of_own_unit(self, member: Member | None) -> Self:
        """Those of a unit for which the member may announce, in every state."""
        return self.filter(unit__in=Unit.objects.held_by(member, roles=ANNOUNCING_ROLES))

    def visible_to(self, member: Member | None) -> Self:
        """Those the member may read.

        A visitor (None) reads what is public; a member also what was sent to them, once its first
        day has come; whoever may announce for a unit reads all of that unit's.
        """
        everything = self.model._default_manager
        public = everything.begun().public()
        if is_nobody(member):
            return self.filter(pk__in=public.values("pk")) if member is None else self.none()
        sent = everything.begun().addressed_to(member)
        own = everything.of_own_unit(member)
        return self.filter(
            Q(pk__in=public.values("pk")) | Q(pk__in=sent.values("pk")) | Q(pk__in=own.values("pk"))
        )

    def with_acknowledgement(self, member: Member | int | None) -> Self:
        """Each with `is_acknowledged`: whether this member has said that they know."""
        done = self.model._default_manager.filter(
            pk=OuterRef("pk"), acknowledgements__member=member
        )
        return self.annotate(is_acknowledged=Exists(done))

    def waiting_for(self, member: Member | None) -> Self:
        """Those shown today that ask this member for a word and have none yet."""
        asked = self.current().addressed_to(member).filter(needs_acknowledgement=True)
        return asked.with_acknowledgement(member).filter(is_acknowledged=False)

    def by_need(self, member: Member | int | None) -> Self:
        """What asks this member for a word first, then what is urgent, then the newest."""
        asks = Case(
            When(needs_acknowledgement=True, is_acknowledged=False, then=Value(0)), default=Value(1)
        )
        found = self.with_acknowledgement(member).annotate(need=asks)
        return found.order_by("need", "-is_urgent", F("published_at").desc(), "-pk")
