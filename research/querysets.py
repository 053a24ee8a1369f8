"""Which surveys a reader may find, and what waits in the intake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet

from members.models import OFFICE_ROLES, Role, Unit
from members.querysets import is_nobody
from portal.core.querysets import BaseQuerySet
from portal.core.thaitext import normalise

if TYPE_CHECKING:
    from members.models import Member
    from research.models import Answer, Intake, Invitation, Survey

LONGEST_SEARCH = 200
OVERSEEING_ROLES = frozenset({Role.DEPUTY_DIRECTOR, Role.DIRECTOR})


def kept_by(member: Member | None, path: str = "") -> Q:
    """Surveys (found at `path`) of the member's own office work, or of an office overseen.

    A draft is its unit's own business; whoever oversees the office sees it once it is open.
    """
    own = Unit.objects.held_by(member, roles=OFFICE_ROLES)
    overseen = Unit.objects.held_by(member, roles=OVERSEEING_ROLES).values("office")
    return Q(**{f"{path}owner_unit__in": own}) | (
        Q(**{f"{path}office__in": overseen}) & ~Q(**{f"{path}state": "draft"})
    )


def published_for(member: Member | None) -> Q:
    """Surveys whose summary is published, in the offices where the member holds a post."""
    offices = Unit.objects.held_by(member).values("office")
    return Q(published_at__isnull=False, office__in=offices)


def _intake() -> QuerySet[Intake]:
    return apps.get_model("research", "Intake")._default_manager.all()


class SurveyQuerySet(BaseQuerySet["Survey"]):
    """Questionnaires of the office."""

    def kept_by(self, member: Member | None) -> Self:
        """Surveys whose results the member may see: own unit's, or of an office overseen."""
        if is_nobody(member):
            return self.none()
        return self.filter(kept_by(member))

    def visible_to(self, member: Member | None) -> Self:
        """Surveys kept by the member, those that ask or asked the member, and published ones."""
        if is_nobody(member):
            return self.none()
        asked = self.model._default_manager.filter(invitations__member=member)
        return self.filter(kept_by(member) | Q(pk__in=asked.values("pk")) | published_for(member))

    def open(self) -> Self:
        """Surveys that are out; their time may still be to come, or be over."""
        return self.filter(state="open")

    def matching(self, words: str) -> Self:
        """Surveys with these words in the title."""
        text = normalise(words.replace("\x00", "")[:LONGEST_SEARCH])
        return self.filter(title_search__contains=text) if text else self


class InvitationQuerySet(BaseQuerySet["Invitation"]):
    """Who is asked."""

    def sealed(self) -> Self:
        """Invitations whose answer lies in the intake, not yet opened."""
        return self.filter(Exists(_intake().filter(token_hash=OuterRef("token_hash"))))

    def unsent(self) -> Self:
        """Invitations without an answer, opened or sealed."""
        return self.filter(
            ~Exists(_intake().filter(token_hash=OuterRef("token_hash"))), has_participated=False
        )

    def unmarked(self) -> Self:
        """Invitations whose participation is not known: all that a reminder may go by."""
        return self.filter(has_participated=False)


class IntakeQuerySet(BaseQuerySet["Intake"]):
    """Sealed answers that wait for their batch."""


class AnswerQuerySet(BaseQuerySet["Answer"]):
    """Anonymous answer sheets; `services.results` shows none of fewer than five."""
