"""The history: one line for every deed."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from members.tests.factories import ActorFactory, SchoolFactory
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.core.actors import SYSTEM
from portal.core.clock import db_now

pytestmark = pytest.mark.django_db


def test_a_line_says_who_did_what_to_what_in_which_post_and_what_changed():
    school, actor, before = SchoolFactory(), ActorFactory(), db_now()

    record("unit.renamed", school, by=actor, name=["บ้านนา", "บ้านนาบอน"])

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_type, entry.subject_id) == (
        "unit.renamed",
        "members.unit",
        school.pk,
    )
    assert (entry.member, entry.holding_id, entry.for_post_id) == (
        actor.member,
        actor.holding.pk,
        None,
    )
    assert entry.data == {"name": ["บ้านนา", "บ้านนาบอน"]}
    assert before <= entry.at <= db_now()


def test_the_capacity_stays_true_when_the_post_is_renamed():
    actor = ActorFactory()
    capacity = str(actor.holding)
    entry = record("test.done", SchoolFactory(), by=actor)

    actor.holding.post.title = "ตำแหน่งใหม่"
    actor.holding.post.save(update_fields=["title"])

    entry.refresh_from_db()
    assert entry.capacity == capacity != str(actor.holding)


def test_the_house_acts_under_its_own_name():
    entry = record("test.done", SchoolFactory(), by=SYSTEM)

    entry.refresh_from_db()
    assert (entry.member, entry.holding_id, entry.capacity) == (None, None, "ระบบ")


def test_a_line_may_carry_the_time_of_its_deed():
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

    entry = record("test.done", SchoolFactory(), by=SYSTEM, at=moment)

    assert entry.at == moment


def test_a_deed_that_failed_leaves_no_line():
    school = SchoolFactory()

    def fail():
        with transaction.atomic():
            record("test.done", school, by=SYSTEM)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert not AuditEntry.objects.exists()
