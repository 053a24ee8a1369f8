"""Which survey a page is about, and in which post its reader acts."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from members.models import OFFICE_ROLES, Unit
from members.services import Actor
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


def in_post(request: PortalRequest, may: Callable[[Actor, Survey], bool], survey: Survey) -> Actor:
    """Return this person in the post that may do it, the acting one first; 403 when none may."""
    actor: Actor = request.actor
    others = [
        Actor(member=actor.member, holding=held, holdings=actor.holdings)
        for held in actor.holdings or ()
    ]
    for candidate in (actor, *others):
        if may(candidate, survey):
            return candidate
    raise PermissionDenied


def may_do(request: PortalRequest, may: Callable[[Actor, Survey], bool], survey: Survey) -> bool:
    """Answer whether one of this person's posts may do it."""
    try:
        in_post(request, may, survey)
    except PermissionDenied:
        return False
    return True


def editor_of(request: PortalRequest, survey: Survey) -> Actor:
    return in_post(request, can_edit, survey)


def building_units(actor: Actor) -> list[Unit]:
    """Return the units for which this person may build surveys, the acting one first."""
    held = [actor.holding, *(actor.holdings or ())]
    units = {
        holding.post.unit_id: holding.post.unit
        for holding in held
        if holding and holding.post.role in OFFICE_ROLES
    }
    return list(units.values())


def oversees(actor: Actor) -> bool:
    """Answer whether one of this person's posts sees the surveys of the whole office."""
    return any(held.post.role in OVERSEEING_ROLES for held in actor.holdings or ())
