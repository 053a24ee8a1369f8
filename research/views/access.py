"""Which survey a page is about, and in which post its reader acts."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from members.services import Actor, act_where
from portal.core.actors import PortalRequest
from research.models import Question, Section, Survey
from research.policies import can_edit
from research.querysets import OVERSEEING_ROLES


def survey_of(request: PortalRequest, pk: int) -> Survey:
    """Return the survey when this member may see it; anything else does not exist."""
    return get_object_or_404(
        Survey.objects.visible_to(request.user).select_related("owner_unit", "office"), pk=pk
    )


def section_of(request: PortalRequest, pk: int) -> Section:
    surveys = Survey.objects.visible_to(request.user)
    return get_object_or_404(
        Section.objects.select_related("survey__owner_unit").filter(survey__in=surveys), pk=pk
    )


def question_of(request: PortalRequest, pk: int) -> Question:
    surveys = Survey.objects.visible_to(request.user)
    return get_object_or_404(
        Question.objects.select_related("section__survey__owner_unit").filter(
            section__survey__in=surveys
        ),
        pk=pk,
    )


def editor_of(request: PortalRequest, survey: Survey) -> Actor:
    return act_where(request.actor, can_edit, survey)


def oversees(actor: Actor) -> bool:
    """Answer whether one of this person's posts sees the surveys of the whole office."""
    return any(held.post.role in OVERSEEING_ROLES for held in actor.holdings or ())
