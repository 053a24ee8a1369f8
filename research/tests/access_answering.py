"""Who gets what at the addresses of answering: whoever has the token, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from research.models import Invitation, Population, Survey
from research.services.answering import questions_of, send_answer
from research.services.opening import close_survey, open_survey
from research.services.tokens import token_of
from research.tests.factories import SurveyFactory, add_questions
from tests.access_matrix import Access, Answers, everyone
from tests.world import ROLES, World


def asking(world: World, **fields: Any) -> Survey:
    """A survey of the group that asks the office's people and the school's."""
    survey = SurveyFactory(owner_unit=world.group, office=world.office, **fields)
    add_questions(survey)
    return open_survey(survey, by=world.actor("officer"))


def of(survey: Survey, world: World, role: str = "teacher") -> Invitation:
    return survey.invitations.select_related("survey").get(member=world.members[role])


def with_token(world: World) -> dict[str, Any]:
    return {"token": token_of(of(asking(world), world))}


def with_used_token(world: World) -> dict[str, Any]:
    invitation = of(asking(world), world)
    send_answer(invitation, sheet={})
    return {"token": token_of(invitation)}


def with_token_too_early(world: World) -> dict[str, Any]:
    tomorrow = timezone.now() + timedelta(days=1)
    return {"token": token_of(of(asking(world, opens_at=tomorrow), world))}


def with_token_too_late(world: World) -> dict[str, Any]:
    survey = asking(world)
    token = token_of(of(survey, world))
    close_survey(survey, by=world.actor("officer"))
    return {"token": token}


def with_wrong_token(world: World) -> dict[str, Any]:
    asking(world)
    return {"token": "x" * 43}


def open_one(world: World) -> dict[str, Any]:
    return {"pk": asking(world).pk}


def open_for_teachers(world: World) -> dict[str, Any]:
    return {"pk": asking(world, populations=[Population.TEACHERS]).pk}


def a_draft(world: World) -> dict[str, Any]:
    return {"pk": SurveyFactory(owner_unit=world.group, office=world.office).pk}


def filled(world: World, kwargs: dict[str, Any]) -> dict[str, str]:
    """A filled sheet, sent for good."""
    questions = {one.kind: one for one in questions_of(Survey.objects.latest("pk"))}
    return {
        "action": "send",
        f"q{questions['single'].key}": "1",
        f"q{questions['likert'].key}": "4",
    }


def all_alike(get: int, post: int) -> Answers:
    """The page belongs to the token, not to who is signed in."""
    return dict.fromkeys(ROLES, (get, post))


def people(roles: tuple[str, ...], get: int) -> Answers:
    return dict.fromkeys(roles, (get, 405))


OFFICE = ("director", "deputy", "registrar", "officer")

ANSWERING_ROWS = [
    Access("research:answer", with_token, all_alike(200, 422)),
    Access("research:answer", with_token, all_alike(200, 302), post=filled),
    Access("research:answer", with_used_token, all_alike(200, 302), post=filled),
    Access("research:answer", with_token_too_early, all_alike(200, 200), post=filled),
    Access("research:answer", with_token_too_late, all_alike(410, 410), post=filled),
    Access("research:answer", with_wrong_token, all_alike(404, 404), post=filled),
    Access(
        "research:answer-mine",
        open_one,
        everyone(404, 405) | people((*OFFICE, "school-director", "teacher"), 302),
    ),
    Access(
        "research:answer-mine", open_for_teachers, everyone(404, 405) | people(("teacher",), 302)
    ),
    Access("research:answer-mine", a_draft, everyone(404, 405)),
    Access(
        "research:survey",
        open_for_teachers,
        everyone(404, 405) | people(("director", "deputy", "officer", "teacher"), 302),
    ),
    Access("research:survey", a_draft, everyone(404, 405) | people(("officer",), 302)),
]
