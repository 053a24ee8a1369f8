"""Who gets what at the addresses of building surveys and reading their results."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from research.models import Survey
from research.tests.factories import (
    AnswerFactory,
    ClosedSurveyFactory,
    OpenSurveyFactory,
    SurveyFactory,
    add_questions,
)
from tests.access_matrix import Access, everyone, those
from tests.world import World

HEADS = ("director", "deputy")
OFFICE = ("director", "deputy", "registrar", "officer", "other-registrar")
OWN = ("officer",)
PEOPLE = (
    "admin",
    "director",
    "deputy",
    "registrar",
    "officer",
    "school-clerk",
    "school-director",
    "teacher",
    "other-clerk",
)


# What an address is about ------------------------------------------------------------------------


def draft_of(world: World) -> Survey:
    survey = SurveyFactory(owner_unit=world.group)
    add_questions(survey)
    return survey


def draft(world: World) -> dict[str, Any]:
    """A draft is its own group's business: not even the director knows of it."""
    return {"pk": draft_of(world).pk}


def section(world: World) -> dict[str, Any]:
    return {"pk": draft_of(world).sections.get(title="ด้านการสื่อสาร").pk}


def question(world: World) -> dict[str, Any]:
    return {"pk": draft_of(world).sections.get(title="ด้านการสื่อสาร").questions.first().pk}


def opened(world: World) -> dict[str, Any]:
    survey = OpenSurveyFactory(owner_unit=world.group)
    add_questions(survey)
    return {"pk": survey.pk}


def counted(world: World, **fields: Any) -> dict[str, Any]:
    survey = ClosedSurveyFactory(owner_unit=world.group, **fields)
    likert = add_questions(survey)["likert"]
    AnswerFactory.create_batch(6, survey=survey, data={likert.key: 4})
    return {"pk": survey.pk}


def closed(world: World) -> dict[str, Any]:
    return counted(world)


def published(world: World) -> dict[str, Any]:
    return counted(world, published_at=timezone.now())


# What is sent ------------------------------------------------------------------------------------


def keyed(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4()}


def words(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"title": "ด้านใหม่", "text": "ข้อใหม่", "labels": "มาก\nน้อย"}


def upwards(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"to": "up"}


def all_schools(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"to-all_schools": "on"}


def owner(name: str, setup: Any, get: int, post: int, *, body: Any = None) -> Access:
    """An address of the owner alone; whoever oversees the office sees the survey but may not."""
    sees = setup in {opened, closed}
    refused = those(HEADS, 405 if get == 405 else 403, 403) if sees else {}
    hidden = 405 if get == 405 else 404
    return Access(
        f"research:{name}",
        setup,
        everyone(hidden, 404) | refused | those(OWN, get, post),
        post=body,
    )


ROWS = [
    Access("research:index", None, everyone(200, 405)),
    Access("research:survey-new", None, everyone(403, 403) | those(OFFICE, 200, 422)),
    Access("research:survey-edit", draft, everyone(404, 405) | those(OWN, 200, 405)),
    Access(
        "research:survey-edit",
        opened,
        everyone(404, 405) | those(HEADS, 403, 405) | those(OWN, 302, 405),
    ),
    owner("survey-head", draft, 200, 422),
    owner("survey-head", opened, 302, 302),
    owner("survey-schools", draft, 200, 302, body=all_schools),
    owner("survey-discard", draft, 200, 302),
    owner("survey-discard", opened, 302, 302),
    owner("section-new", draft, 200, 302, body=words),
    owner("section-edit", section, 200, 302, body=words),
    owner("section-move", section, 405, 302, body=upwards),
    owner("section-remove", section, 200, 302),
    owner("question-new", section, 200, 302, body=words),
    owner("question-edit", question, 200, 302, body=words),
    owner("question-move", question, 405, 302, body=upwards),
    owner("question-remove", question, 200, 302),
    Access("research:survey-preview", draft, everyone(404, 405) | those(OWN, 200, 405)),
    Access("research:survey-preview", opened, everyone(404, 405) | those((*HEADS, *OWN), 200, 405)),
    owner("survey-open", draft, 200, 302, body=keyed),
    owner("survey-open", opened, 302, 302, body=keyed),
    owner("survey-close", opened, 200, 302),
    owner("survey-extend", opened, 200, 422),
    owner("survey-remind", opened, 200, 302),
    owner("survey-publish", closed, 405, 302),
    owner("survey-withdraw", closed, 405, 302),
    Access("research:survey-results", draft, everyone(404, 405) | those(OWN, 302, 405)),
    Access("research:survey-results", opened, everyone(404, 405) | those((*HEADS, *OWN), 200, 405)),
    Access("research:survey-results", closed, everyone(404, 405) | those((*HEADS, *OWN), 200, 405)),
    Access("research:survey-results", published, everyone(404, 405) | those(PEOPLE, 200, 405)),
    Access(
        "research:survey-results-xlsx",
        closed,
        everyone(405, 404) | those((*HEADS, *OWN), 405, 200),
    ),
    Access(
        "research:survey-results-xlsx",
        published,
        everyone(405, 404) | those(PEOPLE, 405, 403) | those((*HEADS, *OWN), 405, 200),
    ),
]
