"""Choosing a post, and answering in which capacity something is done."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import path, reverse
from playwright.sync_api import expect

from members.models import Role
from members.services import act_at
from members.tests.factories import HoldingFactory, MemberFactory, OfficeFactory, SchoolFactory
from portal.urls import urlpatterns as house

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


# A room that uses what is tested here ---------------------------------------------------------


def deed(request):
    """A deed that is possible at any school's desk of the member."""
    units = [held.post.unit_id for held in request.actor.holdings]
    actor = act_at(request.actor, units, {Role.SCHOOL_CLERK})
    return HttpResponse(f"{actor.holding.post.unit.name}|{request.POST.getlist('word')}")


urlpatterns = [
    *house,
    path("deed/", deed, name="deed"),
]


@pytest.fixture
def clerk_of_two():
    office, member = OfficeFactory(), MemberFactory()
    schools = [SchoolFactory(office=office, name=f"โรงเรียน{name}") for name in ("ก", "ข")]
    holdings = [
        HoldingFactory(member=member, role=Role.SCHOOL_CLERK, unit=school) for school in schools
    ]
    return member, holdings


# Choosing a post ------------------------------------------------------------------------------


def test_the_chosen_post_acts_from_now_on(client, clerk_of_two):
    member, holdings = clerk_of_two
    client.force_login(member)

    response = client.post(
        reverse("members:choose-post"), {"holding": holdings[1].pk, "next": "/members-page?tab=1"}
    )

    assert (response.status_code, response["Location"]) == (302, "/members-page?tab=1")
    assert client.session["holding"] == holdings[1].pk
    assert client.get(reverse("home")).wsgi_request.actor.holding == holdings[1]


@pytest.mark.parametrize("holding", ["", "x", "0", "99999999999999999999", "๑"])
def test_only_a_post_of_ones_own_can_be_chosen(client, clerk_of_two, holding):
    member, _ = clerk_of_two
    HoldingFactory(role=Role.SCHOOL_CLERK)
    client.force_login(member)

    assert client.post(reverse("members:choose-post"), {"holding": holding}).status_code == 404
    assert "holding" not in client.session


def test_a_strangers_post_does_not_exist(client, clerk_of_two):
    stranger = HoldingFactory(role=Role.SCHOOL_CLERK)
    client.force_login(clerk_of_two[0])

    response = client.post(reverse("members:choose-post"), {"holding": stranger.pk})

    assert response.status_code == 404


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil"]
)
def test_one_never_leaves_the_house_by_choosing_a_post(client, clerk_of_two, elsewhere):
    member, holdings = clerk_of_two
    client.force_login(member)

    response = client.post(
        reverse("members:choose-post"), {"holding": holdings[0].pk, "next": elsewhere}
    )

    assert response["Location"] == reverse("home")


# In which capacity ----------------------------------------------------------------------------


def test_where_nothing_decides_the_page_asks_and_keeps_what_was_typed(client, clerk_of_two):
    member, holdings = clerk_of_two
    client.force_login(member)

    asked = client.post(
        reverse("deed") + "?page=2",
        {"word": ["หนึ่ง", "สอง <&>"], "paper": SimpleUploadedFile("a.pdf", b"%PDF")},
    )
    page = asked.content.decode()

    assert asked.status_code == 422
    assert [held.pk for held in asked.context["holdings"]] == [held.pk for held in holdings]
    assert asked.context["kept"] == [("word", "หนึ่ง"), ("word", "สอง <&>")]
    assert asked.context["action"] == reverse("deed") + "?page=2"
    assert 'value="สอง &lt;&amp;&gt;"' in page
    assert "ไฟล์ที่เลือกไว้ต้องเลือกใหม่" in page


def test_the_answer_does_the_deed_and_leaves_the_session_alone(client, clerk_of_two):
    member, holdings = clerk_of_two
    plain = HoldingFactory(member=member, role=Role.TEACHER)
    client.force_login(member)
    session = client.session
    session["holding"] = plain.pk
    session.save()

    done = client.post(reverse("deed"), {"word": "หนึ่ง", "as_holding": holdings[1].pk})

    assert done.content.decode() == "โรงเรียนข|['หนึ่ง']"
    assert client.session["holding"] == plain.pk


def test_a_strangers_post_in_the_answer_decides_nothing(client, clerk_of_two):
    member, _ = clerk_of_two
    plain = HoldingFactory(member=member, role=Role.TEACHER)
    stranger = HoldingFactory(role=Role.SCHOOL_CLERK)
    client.force_login(member)
    session = client.session
    session["holding"] = plain.pk
    session.save()

    asked = client.post(reverse("deed"), {"as_holding": stranger.pk})

    assert asked.status_code == 422


def test_a_page_that_needs_a_capacity_asks_for_the_session(client, clerk_of_two):
    member, _ = clerk_of_two
    client.force_login(member)

    asked = client.get(reverse("deed") + "?page=2")

    assert asked.context["action"] == reverse("members:choose-post")
    assert asked.context["kept"] == [("next", reverse("deed") + "?page=2")]


def test_the_question_takes_the_whole_page_also_for_htmx(client, clerk_of_two):
    member, _ = clerk_of_two
    client.force_login(member)

    asked = client.post(reverse("deed"), {}, headers={"HX-Request": "true"})

    assert asked["HX-Retarget"] == "body"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_question_is_answered_with_one_press(phone, sign_in, live_server, axe, clerk_of_two):
    member, _ = clerk_of_two
    sign_in(phone, member.username)
    phone.goto(live_server.url + reverse("deed"))

    axe(phone)
    phone.get_by_role("button", name="โรงเรียนข").click()

    expect(phone.locator("body")).to_have_text("โรงเรียนข|[]")
