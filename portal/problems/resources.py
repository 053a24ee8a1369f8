"""Who may open a report; it is found by no search, and waits for nobody by a day."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from members.models import Member, Role, Unit
from members.querysets import holds
from portal.core.resources import Resource, register
from portal.problems.models import Problem


def readers(problem: Problem) -> QuerySet[Member]:
    """Return the office's administrators and the owner of the installation."""
    units = Unit.objects.filter(office=problem.office_id, office__isnull=False)
    own = holds("holdings__", post__unit__in=units, post__role=Role.ADMINISTRATOR)
    administrators = Member.objects.filter(own).values("pk")
    return Member.objects.active().filter(Q(pk__in=administrators) | Q(is_superuser=True))


register(
    Resource(
        model=Problem,
        label="ปัญหาที่แจ้ง",
        icon="circle-alert",
        visible_to=lambda member: Problem.objects.visible_to(member),
        readers=readers,
    )
)
