"""Who reads reports, and says that something works again."""

from __future__ import annotations

from members.models import Member, Unit
from members.querysets import sees_everything
from members.services import Actor
from portal.problems.models import Problem


def can_read_problems(member: Member) -> bool:
    """Whoever administers an office, in any of their posts, and the owner of the installation."""
    return sees_everything(member) or Unit.objects.administered_by(member).exists()


def can_settle(actor: Actor, problem: Problem) -> bool:
    """Whoever reads the report."""
    return Problem.objects.visible_to(actor.member).filter(pk=problem.pk).exists()
