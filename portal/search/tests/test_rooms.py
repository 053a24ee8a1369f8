"""Things of every room: found by who may open them, at the same cost for one or three."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.tests.factories import SentLetterFactory
from knowledge.models import Visibility
from knowledge.tests.factories import PublishedFactory
from meetings.tests.factories import AgendaItemFactory, MeetingFactory
from members.tests.factories import GroupFactory, HoldingFactory
from portal.core.resources import resources
from portal.search.domain import read_query
from portal.search.services import find_things, index_things, reindex
from research.tests.factories import OpenSurveyFactory, QuestionFactory, SectionFactory

pytestmark = pytest.mark.django_db

WORD = "นิเทศภายใน"


def letter(world):
    return SentLetterFactory(owner_unit=world.group, office=world.office, subject=WORD)


def article(world):
    return PublishedFactory(owner_unit=world.school, title="เล่าเรื่อง", body=f"<p>{WORD}</p>")


def meeting(world):
    found = MeetingFactory(unit=world.group, people=[world.members["officer"]])
    AgendaItemFactory(meeting=found, title=f"เรื่องการ{WORD}")
    return found


def survey(world):
    found = OpenSurveyFactory(owner_unit=world.group)
    QuestionFactory(section=SectionFactory(survey=found), text=f"ท่านพอใจการ{WORD}เพียงใด")
    return found


def unit(world):
    return GroupFactory(office=world.office, name=f"กลุ่ม{WORD}")


def member(world):
    return HoldingFactory(unit=world.group, post__title=f"หัวหน้า{WORD}").member


MAKERS = [letter, article, meeting, survey, unit, member]


def found_by(reader):
    return len(find_things(read_query(WORD), member=reader).hits)


@pytest.mark.parametrize("make", MAKERS)
def test_a_thing_is_found_by_who_may_open_it_and_by_nobody_else(world, make):
    thing = make(world)
    kind = thing._meta.label_lower

    assert index_things(kind, [thing.pk]) == 1

    assert found_by(world.members["officer"]) == 1
    assert found_by(world.members["outsider"]) == 0
    assert found_by(world.members["other-registrar"]) == 0
    assert found_by(None) == 0


@pytest.mark.parametrize("make", MAKERS)
def test_three_things_cost_as_many_queries_as_one(world, make):
    def cost():
        thing = make(world)
        index_things(thing._meta.label_lower, [thing.pk])
        with CaptureQueriesContext(connection) as queries:
            found = found_by(world.members["officer"])
        return found, len(queries)

    one, cost_of_one = cost()
    cost()
    three, cost_of_three = cost()

    assert (one, three) == (1, 3)
    assert cost_of_three == cost_of_one


def test_visitors_find_public_articles_alone(world):
    shown = PublishedFactory(
        owner_unit=world.school, title=f"{WORD}ที่เปิดให้ทุกคน", visibility=Visibility.PUBLIC
    )
    for thing in (shown, *(make(world) for make in MAKERS)):
        index_things(thing._meta.label_lower, [thing.pk])

    found = find_things(read_query(WORD), member=None)

    assert [hit.url for hit in found.hits] == [shown.get_absolute_url()]
    assert found_by(world.members["officer"]) == len(MAKERS) + 1


def test_whatever_can_be_found_can_be_indexed_again(world):
    for make in MAKERS:
        make(world)

    kinds = {res.model._meta.label_lower for res in resources() if res.find and reindex(res)}

    assert {make(world)._meta.label_lower for make in MAKERS} <= kinds
