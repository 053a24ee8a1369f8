"""Who sees a matter of the office, and that nothing of it leaves the office."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from documents.models import Arrival, Letter, Matter, MatterState, Routing
from documents.services.handling import (
    accept_matter,
    assign_matter,
    begin_reply,
    close_matter,
    return_matter,
)
from documents.services.routing import endorse_matter, note_routing, propose_matter
from documents.tests.factories import send
from documents.tests.matter_factories import (
    at_office,
    complete,
    from_outside,
    received,
    sent_by_school,
)
from members.models import Member, Role
from members.tests.factories import ActorFactory, HoldingFactory, MemberFactory, OfficeFactory
from portal.core.resources import resource_for, resources
from portal.home.services import my_work
from portal.notifications.models import Notification
from tests.walk import work
from tests.world import ROLES, make_world

pytestmark = pytest.mark.django_db

CANARY = "นกขมิ้นเหลืองอ่อน"


def people_of(house):
    """Everybody of the house, their neighbours, and people who have left."""
    day = {"to_on": "2021-01-01"}
    return {
        "registrar": house.registrar.member,
        "director": house.director.member,
        "deputy": house.deputy.member,
        "head": house.head.member,
        "clerk": house.clerk.member,
        "officer": house.officer.member,
        "other-clerk": house.other_clerk.member,
        "school-clerk": house.school_clerk.member,
        "teacher": ActorFactory(role=Role.TEACHER, unit=house.school).member,
        "admin": ActorFactory(role=Role.ADMINISTRATOR, unit=house.office).member,
        "stranger-director": ActorFactory(role=Role.DIRECTOR, unit=OfficeFactory()).member,
        "former-director": HoldingFactory(role=Role.DIRECTOR, unit=house.office, **day).member,
        "outsider": MemberFactory(),
        "owner": MemberFactory(is_superuser=True, is_staff=True),
    }


OVERSEERS = {"registrar", "director", "deputy"}
GROUP = {"head", "clerk", "officer"}


def states_of(house):
    """Yield a matter in each state, with the names of those who see it."""
    matter = received(house.school, by=house.registrar)
    yield matter, OVERSEERS
    post = house.director.holding.post
    matter = propose_matter(matter, post=post, main_unit=house.group, by=house.registrar)
    yield matter, OVERSEERS
    matter = endorse_matter(
        matter,
        text="มอบ",
        main_unit=house.group,
        copies=[house.other_group],
        by=house.director,
    )
    yield matter, OVERSEERS | GROUP | {"other-clerk"}
    matter = assign_matter(matter, officer=house.officer.member, by=house.clerk)
    yield matter, OVERSEERS | GROUP | {"other-clerk"}
    matter = accept_matter(matter, by=house.officer)
    matter = close_matter(matter, result="แจ้งแล้ว", by=house.officer)
    yield matter, OVERSEERS | GROUP | {"other-clerk"}


def test_a_matter_is_seen_by_those_who_have_to_do_with_it_and_both_sides_agree(house):
    people = people_of(house)

    for matter, expected in states_of(house):
        letter, arrival = matter.letter, matter.arrival
        seen = {n for n, m in people.items() if Matter.objects.visible_to(m).filter(pk=matter.pk)}
        assert seen == expected
        for thing in (matter, letter, arrival, *matter.routings.all()):
            resource = resource_for(thing._meta.label_lower)
            readers = set(resource.readers(thing).values_list("pk", flat=True))
            opens = {
                member.pk
                for member in Member.objects.all()
                if resource.visible_to(member).filter(pk=thing.pk).exists()
            }
            assert readers == opens, thing._meta.label_lower
        assert not Matter.objects.visible_to(None).exists()


def test_paper_from_outside_is_seen_by_overseers_alone_until_it_is_routed(house):
    office_officer = ActorFactory(role=Role.OFFICER, unit=house.office)
    matter = from_outside(house.registrar)

    for gate, thing in ((Letter.objects, matter.letter), (Matter.objects, matter)):
        assert gate.visible_to(house.director.member).filter(pk=thing.pk).exists()
        assert not gate.visible_to(office_officer.member).filter(pk=thing.pk).exists()
        assert not gate.visible_to(house.officer.member).filter(pk=thing.pk).exists()


def test_the_office_knows_nothing_of_a_letter_that_a_school_still_writes(house):
    letter = at_office(house.school).letter
    Letter.objects.filter(pk=letter.pk).update(state="draft", number=None)
    Arrival.objects.filter(letter=letter).update(member=house.school_clerk.member)

    for member in (house.registrar.member, house.director.member):
        assert not Letter.objects.visible_to(member).filter(pk=letter.pk).exists()


def test_readers_agree_for_every_role_of_the_world():
    world = make_world()
    registrar = world.actor("registrar")
    matter = received(world.school, by=registrar)
    members = [world.members[role] for role in ROLES if role in world.members]

    for thing in (matter, matter.letter, matter.arrival):
        resource = resource_for(thing._meta.label_lower)
        for member in members:
            is_reader = resource.readers(thing).filter(pk=member.pk).exists()
            assert is_reader == resource.visible_to(member).filter(pk=thing.pk).exists()


# What waits for whom ----------------------------------------------------------------------------


def test_each_step_waits_for_whom_it_concerns_with_the_words_of_its_deed(house):
    def deeds(actor):
        return [(row.state, row.deed) for row in my_work(actor.member)]

    matter = received(house.school, by=house.registrar)
    assert deeds(house.registrar) == [("รอเสนอ", "เสนอ")]
    assert deeds(house.director) == []
    post = house.director.holding.post
    propose_matter(matter, post=post, text="มอบกลุ่ม", by=house.registrar)
    assert deeds(house.director) == [("รอสั่งการ · เสนอ: มอบกลุ่ม", "สั่งการ")]
    assert (deeds(house.registrar), deeds(house.deputy)) == ([], [])
    row = my_work(house.director.member)[0]
    assert row.url == reverse("documents:matter-endorse", args=[matter.pk])
    endorse_matter(
        matter, text="มอบ", main_unit=house.group, copies=[house.other_group], by=house.director
    )
    assert deeds(house.clerk) == deeds(house.head) == [("รอมอบหมาย", "มอบหมาย")]
    assert deeds(house.other_clerk) == [("เพื่อทราบ", "รับทราบ")]
    assert deeds(house.officer) == []
    assign_matter(matter, officer=house.officer.member, by=house.clerk)
    assert deeds(house.officer) == [("รอรับเรื่อง", "รับเรื่อง")]
    accept_matter(matter, by=house.officer)
    assert deeds(house.officer) == [("กำลังดำเนินการ", "ตอบหรือปิดเรื่อง")]
    close_matter(matter, result="แจ้งแล้ว", by=house.officer)
    note_routing(matter.routings.get(is_main=False), by=house.other_clerk)
    everybody = (house.registrar, house.director, house.head, house.officer, house.other_clerk)
    assert [deeds(actor) for actor in everybody] == [[], [], [], [], []]


def test_what_waits_at_the_counter_waits_for_the_registrar_and_not_for_the_director(house):
    at_office(house.school)

    assert [row.state for row in my_work(house.registrar.member)] == ["ยังไม่ลงรับ"]
    assert my_work(house.director.member) == []


def test_what_waits_is_one_query_each(house, django_assert_num_queries):
    for _ in range(3):
        matter = received(house.school, by=house.registrar)
        post = house.director.holding.post
        propose_matter(matter, post=post, text="มอบ", by=house.registrar)

    for model in (Matter, Routing):
        resource = resource_for(model._meta.label_lower)
        with django_assert_num_queries(1):
            list(resource.waiting(house.director.member))


# Nothing leaves the office ----------------------------------------------------------------------


def test_a_school_sees_that_its_letter_came_and_was_answered_and_nothing_of_what_was_written(house):
    """Every word written inside the office carries a canary; no page or news of the school does."""
    letter = sent_by_school(house.school_clerk)
    registrar, director, officer = house.registrar, house.director, house.officer
    browser = Client()
    browser.force_login(registrar.member)
    arrival = letter.arrivals.get()
    browser.post(reverse("documents:receive"), {"key": uuid4(), "only": arrival.pk})
    matter = Matter.objects.get(arrival=arrival)
    propose_matter(matter, post=director.holding.post, text=f"{CANARY}1", by=registrar)
    endorse_matter(matter, text=f"{CANARY}2", main_unit=house.group, by=director)
    assign_matter(matter, officer=officer.member, text=f"{CANARY}3", by=house.clerk)
    return_matter(matter, reason=f"{CANARY}4", by=officer)
    assign_matter(matter, officer=officer.member, text=f"{CANARY}5", by=house.clerk)
    accept_matter(matter, by=officer)
    reply = send(complete(begin_reply(matter, by=officer), officer), by=registrar, key=uuid4())
    work()
    matter.refresh_from_db()
    assert matter.state == MatterState.ANSWERED

    school = Client()
    school.force_login(house.school_clerk.member)
    pages = [
        reverse("home"),
        reverse("documents:inbox", query={"tab": "all"}),
        reverse("documents:sent", query={"state": "all"}),
        reverse("documents:registers"),
        *(
            reverse("documents:register", args=[book.pk])
            for book in house.school.register_books.all()
        ),
        letter.get_absolute_url(),
        reply.get_absolute_url(),
        reverse("documents:letter-edit", args=[letter.pk]),
        reverse("notifications:inbox"),
    ]
    texts = {url: school.get(url).content.decode() for url in pages}
    own = texts[letter.get_absolute_url()]

    assert f"เลขรับ {arrival.entry or Arrival.objects.get(pk=arrival.pk).entry}" in own
    assert reply.number_text in own
    for url, text in texts.items():
        assert CANARY not in text, url
        assert house.officer.member.first_name not in text or url == reply.get_absolute_url(), url
    for name in ("matter", "matter-propose", "matter-endorse", "matter-close"):
        assert school.get(reverse(f"documents:{name}", args=[matter.pk])).status_code == 404
    told = Notification.objects.select_related("notice")
    own_news = told.filter(recipient=house.school_clerk.member)
    assert own_news.exists()
    assert not any(CANARY in str(vars(row.notice)) for row in own_news)
    insiders = told.exclude(recipient=house.school_clerk.member)
    assert any(CANARY in str(vars(row.notice)) for row in insiders)  # the canary would be seen
    for resource in resources():
        for thing in resource.visible_to(house.school_clerk.member)[:50]:
            found = resource.find(thing) if resource.find else None
            assert found is None or CANARY not in f"{found}"
