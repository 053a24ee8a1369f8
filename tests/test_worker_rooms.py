"""A real Celery worker on Redis: what every room publishes reaches the people it concerns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import LetterFactory
from knowledge.services.publishing import publish_article
from knowledge.tests.factories import own
from meetings.services.calling import create_meeting, invite_people
from members.models import Member, Role
from members.services import Actor
from members.tests.factories import ActorFactory, GroupFactory, HoldingFactory, SchoolFactory
from portal.announcements.tests.factories import published
from portal.core.clock import db_now
from portal.notifications.models import Notification
from portal.notifications.tests.test_worker import celery_worker, wait_for
from research.tests.factories import open_with

People = set[Member]


def a_letter() -> People:
    """A registrar numbers and sends; the worker makes the arrival, then tells the school's desk."""
    school = SchoolFactory()
    clerk = HoldingFactory(role=Role.SCHOOL_CLERK, unit=school).member
    registrar = ActorFactory(role=Role.CENTRAL_REGISTRAR, unit=school.office)
    letter = LetterFactory(owner_unit=GroupFactory(office=school.office))
    snapshot = prepare_sending(letter, by=registrar)
    register_letter(letter, snapshot=snapshot, key=None, by=registrar)
    return {clerk}


def an_article() -> People:
    author = ActorFactory(role=Role.OFFICER)
    colleague = HoldingFactory(role=Role.OFFICER, unit=author.holding.post.unit).member
    publish_article(own(author), by=author)
    return {colleague}


def a_meeting() -> People:
    chair: Actor = ActorFactory(role=Role.GROUP_HEAD)
    unit = chair.holding.post.unit
    colleague = HoldingFactory(role=Role.OFFICER, unit=unit).member
    starts_at = db_now() + timedelta(days=3)
    meeting = create_meeting(
        unit,
        title="ประชุมกลุ่ม",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        chair=chair.member,
        by=chair,
    )
    invite_people(meeting, by=chair)
    return {colleague}


def a_survey() -> People:
    survey, _ = open_with(teachers=2)
    return set(Member.objects.filter(pk__in=survey.invitations.values("member")))


def an_announcement() -> People:
    school = SchoolFactory()
    teacher = HoldingFactory(role=Role.TEACHER, unit=school).member
    published(unit=GroupFactory(office=school.office), to=[school])
    return {teacher}


DEEDS: dict[str, Callable[[], People]] = {
    "documents.letter_arrived": a_letter,
    "knowledge.article_published": an_article,
    "meetings.invited": a_meeting,
    "research.survey_opened": a_survey,
    "announcements.published": an_announcement,
}


@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_one_worker_tells_the_people_of_every_room(child_environment):
    def told() -> dict[str, People]:
        rows = Notification.objects.filter(notice__kind__in=DEEDS).select_related(
            "notice", "recipient"
        )
        found: dict[str, People] = {}
        for row in rows:
            found.setdefault(row.notice.kind, set()).add(row.recipient)
        return found

    with celery_worker(child_environment, "rooms"):
        expected = {topic: deed() for topic, deed in DEEDS.items()}
        wait_for(lambda: all(expected[topic] <= told().get(topic, set()) for topic in DEEDS))

    reached = told()
    assert {topic: expected[topic] & reached[topic] for topic in DEEDS} == expected
    assert all(expected.values())
