"""The room's first page: what asks me, what my unit asks, what was found."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, SchoolFactory
from research.models import Intake, Survey
from research.tests.factories import (
    ClosedSurveyFactory,
    OpenSurveyFactory,
    SurveyFactory,
    open_with,
)
from research.tests.findings import invite

pytestmark = [pytest.mark.django_db, pytest.mark.engine]

INDEX = reverse("research:index")


@pytest.fixture
def officer(client):
    actor = ActorFactory(role=Role.OFFICER, unit=GroupFactory())
    client.force_login(actor.member)
    return actor


def page(client, **query):
    return client.get(INDEX, query).content.decode()


def own_queries(client, **query):
    """How many statements the page makes on the tables of its own room."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(INDEX, query).status_code == 200
    return sum('"research_' in row["sql"] for row in queries)


def test_a_teacher_sees_what_asks_them_and_no_list_of_a_unit(client):
    survey, _ = open_with(teachers=5)
    client.force_login(survey.invitations.first().member)

    shown = page(client)

    assert survey.title in shown
    assert "ของกลุ่ม" not in shown
    assert "สร้างแบบสอบถาม" not in shown
    assert page(client, list="kept").count(survey.title) == 1, "the first list instead"


def test_what_i_have_sent_is_marked_sealed_or_counted(client):
    survey, _ = open_with(teachers=5)
    invitation = survey.invitations.first()
    client.force_login(invitation.member)
    assert "ตอบแล้ว" not in page(client)

    sealed = Intake.objects.create(token_hash=invitation.token_hash, sealed=b"x")
    assert "ตอบแล้ว" in page(client)

    sealed.delete()
    invitation.has_participated = True
    invitation.save(update_fields=["has_participated"])
    assert "ตอบแล้ว" in page(client)


def test_my_units_surveys_stand_with_state_and_progress(client, officer):
    group = officer.holding.post.unit
    SurveyFactory(owner_unit=group, title="ร่างหนึ่ง")
    survey = OpenSurveyFactory(owner_unit=group, title="เปิดอยู่", invited=4)
    invite(survey, group, 4)
    survey.invitations.filter(pk=survey.invitations.first().pk).update(has_participated=True)
    Intake.objects.create(token_hash=survey.invitations.last().token_hash, sealed=b"x")
    SurveyFactory(title="ของกลุ่มอื่น")

    shown = page(client, list="kept")

    assert "ร่างหนึ่ง" in shown
    assert "ตอบ <b>2</b>/4" in shown
    assert "ของกลุ่มอื่น" not in shown


def test_the_director_sees_the_offices_surveys_and_no_draft(client):
    director = ActorFactory(role=Role.DIRECTOR)
    group = GroupFactory(office=director.holding.post.unit)
    SurveyFactory(owner_unit=group, title="ร่างของกลุ่ม")
    OpenSurveyFactory(owner_unit=group, title="ที่เปิดอยู่")
    client.force_login(director.member)

    shown = page(client, list="kept")

    assert "ของสำนักงาน" in shown
    assert "ที่เปิดอยู่" in shown
    assert "ร่างของกลุ่ม" not in shown


def test_published_results_are_for_everybody_of_the_office(client):
    group = GroupFactory()
    ClosedSurveyFactory(owner_unit=group, title="เผยแพร่แล้ว", published_at=timezone.now())
    ClosedSurveyFactory(owner_unit=group, title="ยังไม่เผยแพร่")
    ClosedSurveyFactory(title="ของเขตอื่น", published_at=timezone.now())
    teacher = ActorFactory(role=Role.TEACHER, unit=SchoolFactory(office=group.office))
    client.force_login(teacher.member)

    shown = page(client, list="found")

    assert "เผยแพร่แล้ว" in shown
    assert "ยังไม่เผยแพร่" not in shown
    assert "ของเขตอื่น" not in shown


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("mine", "ยังไม่มีแบบสอบถามถึงท่าน"),
        ("kept", "กลุ่มยังไม่มีแบบสอบถาม"),
        ("found", "ยังไม่มีผลสำรวจที่เปิดดูได้"),
    ],
)
def test_an_empty_list_says_what_will_be_here(client, officer, which, said):
    assert said in page(client, list=which)


def test_a_search_looks_into_titles(client, officer):
    group = officer.holding.post.unit
    SurveyFactory(owner_unit=group, title="การพัฒนาตนเองของครู")
    SurveyFactory(owner_unit=group, title="ระบบเบิกจ่าย")

    shown = page(client, list="kept", q="พัฒนา")

    assert "การพัฒนาตนเองของครู" in shown
    assert "ระบบเบิกจ่าย" not in shown
    assert "ไม่พบแบบสอบถามตามที่ค้น" in page(client, list="kept", q="ไม่มีคำนี้")


@pytest.mark.parametrize(
    "query", [{"list": "x"}, {"q": "\x00"}, {"after": "!!"}, {"q": "ก" * 9999}]
)
def test_nonsense_in_the_address_is_the_first_page(client, officer, query):
    assert client.get(INDEX, query).status_code == 200


@pytest.mark.parametrize("which", ["mine", "kept", "found"])
def test_a_long_list_goes_on_by_key(client, officer, which):
    group = officer.holding.post.unit
    for number in range(31):
        survey = ClosedSurveyFactory(owner_unit=group, title=f"ฉบับที่ {number:02d} จบ")
        survey.invitations.create(
            member=officer.member, population="staff", token_hash=f"hash{number}"
        )

    first = page(client, list=which)
    address = first.split('class="btn btn-quiet" href="/surveys/?')[1].split('"')[0]
    second = client.get(f"{INDEX}?{address.replace('&amp;', '&')}").content.decode()

    titles = Survey.objects.values_list("title", flat=True)
    assert sum(title in first for title in titles) == 30
    assert sum(title in second for title in titles) == 1


@pytest.mark.parametrize("which", ["mine", "kept", "found"])
def test_one_row_costs_what_three_cost(client, officer, which):
    group = officer.holding.post.unit

    def add():
        survey = ClosedSurveyFactory(owner_unit=group)
        survey.invitations.create(
            member=officer.member, population="staff", token_hash=f"hash{survey.pk}"
        )

    add()
    one = own_queries(client, list=which)
    add()
    add()

    assert own_queries(client, list=which) == one <= 4
