"""Reports: from members and visitors, once, to the right administrators, without leaking."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse

from members.models import Role
from members.tests.factories import HoldingFactory, OfficeFactory
from portal.core.errors import InvalidTransition
from portal.core.resources import resource_for
from portal.notifications.models import Notification
from portal.outbox.services import drain
from portal.problems.models import Problem, ProblemState
from portal.problems.services import bare_address, fix_problem, reopen_problem, report_problem
from portal.problems.tests.factories import ProblemFactory

pytestmark = pytest.mark.django_db

REPORT, INDEX = reverse("problems:report"), reverse("problems:index")


@pytest.fixture(autouse=True)
def _nobody_was_counted():
    cache.clear()


def say(client, message="กดส่งแล้วหน้าว่าง", **more):
    return client.post(REPORT, {"key": uuid4(), "message": message, **more})


def test_a_member_reports_and_the_administrators_are_told(client, world):
    stranger = HoldingFactory(role=Role.ADMINISTRATOR, unit=world.other_office).member
    client.force_login(world.members["teacher"])

    answer = say(client, page="/letters/inbox/", request_id="k7f3-9m2q")
    drain("test")

    problem = Problem.objects.get()
    told = Notification.objects.filter(notice__kind="problems.reported")
    assert answer.url == reverse("problems:thanks")
    assert (problem.member, problem.office) == (world.members["teacher"], world.office)
    assert (problem.page, problem.request_id) == ("/letters/inbox/", "k7f3-9m2q")
    assert [row.recipient for row in told] == [world.members["admin"]]
    assert stranger not in {row.recipient for row in told}
    assert "กดส่งแล้วหน้าว่าง" in told.get().notice.title


def test_a_visitor_reports_to_the_only_office(client):
    office = OfficeFactory()
    admin = HoldingFactory(role=Role.ADMINISTRATOR, unit=office).member

    answer = say(client, contact="ผู้ปกครอง 0812345678")
    drain("test")

    problem = Problem.objects.get()
    assert answer.status_code == 302
    assert (problem.office, problem.member, problem.contact) == (
        office,
        None,
        "ผู้ปกครอง 0812345678",
    )
    assert Notification.objects.get().recipient == admin


def test_with_several_offices_a_visitor_reaches_the_owner_only(client, world):
    office_admin = HoldingFactory(role=Role.ADMINISTRATOR, unit=world.office).member

    say(client)

    problem = Problem.objects.get()
    assert problem.office is None
    assert not Problem.objects.visible_to(office_admin).exists()
    assert Problem.objects.visible_to(world.members["admin"]).exists()


def test_the_same_form_twice_is_one_report(client, world):
    client.force_login(world.members["teacher"])
    body = {"key": uuid4(), "message": "กดสองครั้ง"}

    answers = [client.post(REPORT, body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Problem.objects.count() == 1


def test_the_form_knows_where_the_reader_comes_from(client, world):
    came_from = "http://testserver/letters/inbox/?q=เงินเดือน"

    page = client.get(f"{REPORT}?ref=k7f3-9m2q", headers={"referer": came_from}).content.decode()
    strange = client.get(
        f"{REPORT}?ref=<b>", headers={"referer": "http://elsewhere.example/x"}
    ).content.decode()

    assert 'value="/letters/inbox/"' in page
    assert "k7f3-9m2q" in page
    assert "เงินเดือน" not in page
    assert "elsewhere" not in strange
    assert "<b>" not in strange


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/letters/12/?q=เงินเดือน#top", "/letters/12/"),
        ("https://portal.example/surveys/a/3f9secret/", "/surveys/a/…/"),
        ("/accounts/password/reset/key/1-abc123/", "/accounts/password/reset/key/…/"),
        ("https://portal.example", "/"),
        ("", ""),
    ],
)
def test_an_address_is_kept_without_query_and_keys(address, kept):
    assert bare_address(address) == kept


def test_an_empty_report_keeps_the_rest(client):
    answer = say(client, message=" ", page="/x/")

    assert answer.status_code == 422
    assert 'value="/x/"' in answer.content.decode()
    assert not Problem.objects.exists()


def test_a_visitor_is_stopped_after_five_and_keeps_what_was_typed(client, world):
    answers = [say(client, message=f"ครั้งที่ {number}") for number in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "ครั้งที่ 5" in answers[-1].content.decode()
    assert Problem.objects.count() == 5


def test_another_visitor_is_not_stopped(client, world):
    for number in range(6):
        say(client, message=f"ครั้งที่ {number}")

    other = client.post(REPORT, {"key": uuid4(), "message": "คนอื่น"}, REMOTE_ADDR="198.51.100.7")

    assert other.status_code == 302


def test_an_administrator_settles_it_and_takes_it_back(client, world):
    problem = ProblemFactory(office=world.office, member=world.members["teacher"])
    client.force_login(world.members["admin"])

    listed = client.get(INDEX).content.decode()
    client.post(reverse("problems:fix", args=[problem.pk]))
    gone, done = client.get(INDEX), client.get(f"{INDEX}?tab=fixed")
    client.post(reverse("problems:reopen", args=[problem.pk]))

    assert str(problem) in listed
    assert str(problem) not in gone.content.decode()
    assert str(problem) in done.content.decode()
    assert Problem.objects.get().state == ProblemState.OPEN


def test_what_is_fixed_is_not_fixed_twice(world):
    problem, admin = ProblemFactory(office=world.office), world.actor("admin")
    fix_problem(problem, by=admin)

    with pytest.raises(InvalidTransition):
        fix_problem(problem, by=admin)
    reopen_problem(problem, by=admin)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_few_questions(client, world, count, django_assert_max_num_queries):
    ProblemFactory.create_batch(count, office=world.office, member=world.members["teacher"])
    client.force_login(world.members["admin"])
    client.get(INDEX)

    with django_assert_max_num_queries(9):
        client.get(INDEX)


def test_long_lists_go_on_by_key(client, world):
    ProblemFactory.create_batch(31, office=world.office)
    client.force_login(world.members["admin"])

    first = client.get(INDEX)
    second = client.get(f"{INDEX}?after={first.context['page'].next_cursor}")

    assert (len(first.context["page"].items), len(second.context["page"].items)) == (30, 1)


def test_readers_are_exactly_those_who_may_open_it(world):
    mine, nobodys = ProblemFactory(office=world.office), ProblemFactory(office=None)
    HoldingFactory(role=Role.ADMINISTRATOR, unit=world.other_office)
    HoldingFactory(role=Role.ADMINISTRATOR, unit=world.office)
    people = type(world.members["admin"]).objects.active()
    resource = resource_for("problems.problem")

    for problem in (mine, nobodys):
        readers = set(resource.readers(problem))
        assert readers == {
            member
            for member in people
            if resource.visible_to(member).filter(pk=problem.pk).exists()
        }
        assert readers


def test_a_report_stays_as_it_was_said(world):
    problem = report_problem(
        message="เดิม", page="", request_id="", contact="", key=uuid4(), by=world.actor("teacher")
    )

    with pytest.raises(DatabaseError):
        Problem.objects.filter(pk=problem.pk).update(message="ใหม่")
