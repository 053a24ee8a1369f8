"""How far a survey has come, in numbers; who it was stands in none of them."""

from __future__ import annotations

from dataclasses import dataclass

from research.models import Intake, Invitation, Survey


@dataclass(frozen=True)
class Turnout:
    """How many were asked, how many answers are opened, and how many lie sealed."""

    invited: int
    opened: int
    sealed: int

    @property
    def sent(self) -> int:
        return self.opened + self.sealed


def turnout_of(survey: Survey) -> Turnout:
    """Return how far the survey has come; who it was is nowhere in it."""
    invitations = Invitation.objects.filter(survey=survey)
    opened = invitations.filter(has_participated=True).count()
    sealed = invitations.unmarked().sealed().count() if Intake.objects.exists() else 0
    return Turnout(invited=survey.invited, opened=opened, sealed=sealed)
