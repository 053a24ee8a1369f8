"""Who may open a report; it is found by no search, and waits for nobody by a day."""

from __future__ import annotations

from portal.core.resources import Resource, register
from portal.problems.models import Problem
from portal.problems.services import readers

register(
    Resource(
        model=Problem,
        label="ปัญหาที่แจ้ง",
        icon="circle-alert",
        visible_to=lambda member: Problem.objects.visible_to(member),
        readers=readers,
    )
)
