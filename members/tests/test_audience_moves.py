"""Nothing moved since an audience was frozen: said by one number, whatever changed it."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from members.models import (
    Audience,
    AudienceMove,
    Holding,
    Member,
    Post,
    Project,
    ProjectStay,
    Role,
    Unit,
)
from members.services import freeze_audience, resolve_audience, save_unit, stands_as_frozen
from members.tests.factories import (
    ActorFactory,
    AudienceFactory,
    GroupFactory,
    HoldingFactory,
    ProjectStayFactory,
    SchoolFactory,
)
from portal.audit.models import AuditEntry
from portal.core.clock import db_now, today
from portal.core.triggers import TRIGGERS, Noter


class Area:
    """An office with a group, two schools, a person in one of them, and a saved group of it."""

    def __init__(self):
        self.school = SchoolFactory()
        self.office = self.school.office
        self.other = SchoolFactory(office=self.office)
        self.group = GroupFactory(office=self.office)
        self.holding = HoldingFactory(unit=self.school, role=Role.SCHOOL_CLERK)
        self.stay = ProjectStayFactory(project__office=self.office)
        rule = {"units": [self.other.pk], "projects": [self.stay.project_id]}
        self.saved = AudienceFactory(owner_unit=self.group, rule=rule)
        self.rule = {
            "all_schools": True,
            "saved": [self.saved.pk],
            "members": [self.holding.member_id],
        }

    def frozen(self):
        return freeze_audience(self.rule, office=self.office, by=ActorFactory(unit=self.group))

    def stands(self, snapshot):
        snapshot.refresh_from_db()
        return stands_as_frozen(snapshot, self.rule, office=self.office)


MOVES = {
    "a school is opened": lambda area: SchoolFactory(office=area.office),
    "a school is closed": lambda area: Unit.objects.filter(pk=area.other.pk).update(
        closed_on=today()
    ),
    "a post is held": lambda area: HoldingFactory(unit=area.school),
    "a holding ends": lambda area: Holding.objects.update(to_on=today()),
    "a holding is taken away": lambda area: area.holding.delete(),
    "a post comes first": lambda area: Post.objects.update(sort_order=9),
    "a person is shut out": lambda area: Member.objects.filter(pk=area.holding.member_id).update(
        is_active=False
    ),
    "a school joins a project": lambda area: ProjectStayFactory(
        project=area.stay.project, unit=area.school
    ),
    "a school leaves a project": lambda area: ProjectStay.objects.update(to_on=today()),
    "a project is closed": lambda area: Project.objects.update(closed_on=today()),
    "a saved group means others": lambda area: Audience.objects.update(rule={"units": []}),
    "a saved group is no more": lambda area: area.saved.delete(),
    "somebody writes SQL": lambda area: execute("UPDATE members_unit SET pupils = 3"),
}


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("move", MOVES)
def test_whatever_changes_an_audience_is_noticed_by_whatever_way_it_comes(move):
    area = Area()
    snapshot = area.frozen()
    assert area.stands(snapshot)

    MOVES[move](area)

    assert not area.stands(snapshot)
    assert area.stands(area.frozen())


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_sign_in_and_an_undone_change_move_nothing():
    area = Area()
    snapshot = area.frozen()

    Member.objects.update(last_login=db_now())
    with transaction.atomic():
        MOVES["a school is closed"](area)
        transaction.set_rollback(True)

    assert area.stands(snapshot)


@pytest.mark.postgres
@pytest.mark.django_db
def test_over_midnight_posts_and_schools_begin_and_end_and_it_is_looked_at_again(clock):
    clock(2026, 11, 20, 23, 59)
    area = Area()
    snapshot = area.frozen()
    stood = area.stands(snapshot)

    clock(2026, 11, 21, 0, 0, 1)

    assert (stood, area.stands(snapshot)) == (True, False)


@pytest.mark.postgres
@pytest.mark.django_db
def test_it_speaks_of_its_own_rule_and_office_alone():
    area = Area()
    snapshot = area.frozen()

    assert not stands_as_frozen(snapshot, {"all_schools": True}, office=area.office)
    assert not stands_as_frozen(snapshot, area.rule, office=SchoolFactory().office)


@pytest.mark.postgres
@pytest.mark.django_db
def test_moves_of_long_ago_are_counted_no_more():
    area = Area()
    AudienceMove.objects.update(at=db_now() - timedelta(days=2))
    SchoolFactory(office=area.office)

    snapshot = area.frozen()

    assert snapshot.standing["moves"] < AudienceMove.objects.count()
    assert area.stands(snapshot)
    MOVES["a school is closed"](area)
    assert not area.stands(snapshot)


@pytest.mark.engine
@pytest.mark.django_db
def test_every_table_that_an_audience_is_read_from_is_watched():
    """A table read some day and not named in `members/checks.py` would be a change unseen."""
    area = Area()

    with CaptureQueriesContext(connection) as asked:
        resolve_audience(area.rule, office=area.office)

    read = {
        table
        for one in asked.captured_queries
        for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', one["sql"])
    }
    assert read == {trigger.table for trigger in TRIGGERS if isinstance(trigger, Noter)}


@pytest.mark.django_db
def test_on_sqlite_nothing_is_said_and_the_recipients_are_compared():
    area = Area()
    snapshot = area.frozen()

    is_known = connection.vendor == "postgresql"
    assert (snapshot.standing is not None, area.stands(snapshot)) == (is_known, is_known)


# A change that was begun before the freeze and is committed after it ------------------------------


def closed_around(race, between):
    """Close a school in a transaction that is open while `between(area)` is done."""
    area = Area()
    by = ActorFactory(role=Role.ADMINISTRATOR, unit=area.office)
    written, done = Event(), Event()

    def close():
        with transaction.atomic():
            area.other.closed_on = today()
            save_unit(area.other, changes=["closed_on"], by=by)
            written.set()
            assert done.wait(30)

    def freeze():
        try:
            assert written.wait(30)
            return between(area)
        finally:
            done.set()

    _, found = race(2, lambda number: [close, freeze][number]())
    return area, found


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_change_begun_before_the_freeze_and_committed_after_it_is_noticed(race):
    area, snapshot = closed_around(race, Area.frozen)

    assert not area.stands(snapshot)
    assert [area.other.pk, None] in snapshot.recipients


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_neither_the_time_nor_the_last_row_tells_of_such_a_change(race):
    """Asked what came later than the freeze, history and moves say nothing: so they are counted."""

    def freeze(area):
        SchoolFactory(office=area.office)  # by somebody else, begun later and committed earlier
        return area.frozen(), db_now(), AudienceMove.objects.latest("pk").pk

    area, (snapshot, frozen_at, last) = closed_around(race, freeze)

    assert not AuditEntry.objects.filter(subject_type="members.unit", at__gt=frozen_at).exists()
    assert AudienceMove.objects.latest("pk").pk == last
    assert not area.stands(snapshot)
