"""Resolutions, tasks and series on their pages, and how often a page asks the database."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import Meeting, MeetingState, Series, Task
from meetings.tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    ResolutionFactory,
    SeriesFactory,
    TaskFactory,
    staff_of,
)
from meetings.tests.pages import NONSENSE, at, details, text_of
from members.tests.factories import ActorFactory
from portal.core.thaidates import short_date

pytestmark = pytest.mark.django_db

LONG = "ก" * 30_000


@pytest.fixture
def officer(client):
    actor = ActorFactory()
    client.force_login(actor.member)
    return actor


@pytest.fixture
def meeting(officer):
    """A planned meeting that the signed-in officer keeps."""
    return MeetingFactory(unit=officer.holding.post.unit, chair=officer.member)


# Resolutions and tasks ---------------------------------------------------------------------------


def resolution_form(officer, **more):
    said = {
        "text": "เห็นชอบ",
        "assignee": officer.member.pk,
        "due_on": short_date(timezone.localdate() + timedelta(days=5)),
        "key": uuid4(),
    }
    return {**said, **more}


@pytest.fixture
def item(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.HELD)
    return AgendaItemFactory(meeting=Meeting.objects.get(pk=meeting.pk))


def test_a_resolution_without_words_for_its_task_lends_its_own(client, officer, item):
    client.post(at("resolve", item.pk), resolution_form(officer))

    assert Task.objects.get().title == "เห็นชอบ"


def test_a_resolution_needs_a_person_and_a_day_or_is_to_be_known(client, officer, item):
    bare = {"assignee": "", "due_on": ""}

    without = client.post(at("resolve", item.pk), resolution_form(officer, **bare))
    known = client.post(
        at("resolve", item.pk), resolution_form(officer, **bare, is_for_information="on")
    )

    assert [without.status_code, known.status_code] == [422, 302]
    assert "เลือกผู้รับผิดชอบ 1 คน" in text_of(without)
    assert Task.objects.count() == 0


@pytest.mark.parametrize("nonsense", [*NONSENSE, "1 ม.ค. 2560"])
def test_a_task_of_nonsense_is_answered(client, officer, item, nonsense):
    for name in ("due_on", "assignee"):
        answer = client.post(at("resolve", item.pk), resolution_form(officer, **{name: nonsense}))
        assert answer.status_code == 422


def test_a_task_is_reported_reopened_and_redirected(client, officer, item):
    resolution = ResolutionFactory(meeting=item.meeting, item=item)
    task = TaskFactory(resolution=resolution, assignee=officer.member)
    other = staff_of(item.meeting.unit)

    empty = client.post(at("task-end", task.pk), {"state": "done", "result": ""})
    client.post(at("task-end", task.pk), {"state": "done", "result": "แจ้งครบ"})
    shown = text_of(client.get(task.get_absolute_url()))
    client.post(at("task-reopen", task.pk))
    due_on = short_date(task.due_on)
    client.post(
        at("task-redirect", task.pk), {"assignee": other.pk, "due_on": due_on, "reason": "ย้ายงาน"}
    )

    task.refresh_from_db()
    assert empty.status_code == 422
    assert "แจ้งครบ" in shown
    assert [task.state, task.assignee] == ["open", other]


def test_the_list_of_tasks_by_tab(client, officer, item):
    resolution = ResolutionFactory(meeting=item.meeting, item=item)
    yesterday = timezone.localdate() - timedelta(days=1)
    common = {"resolution": resolution}
    TaskFactory(**common, title="งานฉัน", assignee=officer.member)
    TaskFactory(**common, title="เลยแล้ว", assignee=staff_of(item.meeting.unit), due_on=yesterday)
    TaskFactory(**common, title="จบแล้วนะ", state="done")

    titles = {
        tab: [task.title for task in client.get(at("tasks"), {"show": tab}).context["tasks"]]
        for tab in ("mine", "overdue", "ended", "ไม่มี")
    }

    assert titles["mine"] == titles["ไม่มี"] == ["งานฉัน"]
    assert titles["overdue"] == ["เลยแล้ว"]
    assert titles["ended"] == ["จบแล้วนะ"]


# Series ------------------------------------------------------------------------------------------


def test_a_series_is_made_and_shown_with_its_meetings(client, officer):
    said = details(officer, rhythm="weekly", weekday=1, starts_time="9.00", minutes=90)
    said |= {"from_on": short_date(timezone.localdate()), "rota": [officer.member.pk]}

    answer = client.post(at("series-new"), said, follow=True)

    series = Series.objects.get()
    assert series.meetings.count() in {8, 9}
    assert series.rota == [officer.member.pk]
    assert "ทุกวันอังคาร 09.00 น." in text_of(answer)


@pytest.mark.parametrize("name", ["rhythm", "weekday", "starts_time", "minutes", "from_on", "rota"])
@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_about_a_series_is_answered(client, officer, name, nonsense):
    said = details(officer, rhythm="weekly", weekday=1, starts_time="9.00", minutes=90)
    said |= {"from_on": short_date(timezone.localdate())}

    answer = client.post(at("series-new"), {**said, name: nonsense})

    assert answer.status_code in {302, 422}


# How often a page asks ---------------------------------------------------------------------------


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def grow(meeting):
    """Everything of the meeting once more."""
    item = AgendaItemFactory(meeting=meeting)
    TaskFactory(resolution=ResolutionFactory(meeting=meeting, item=item), assignee=meeting.chair)
    AttendanceFactory(meeting=meeting)


@pytest.mark.parametrize("name", ["index", "tasks", "series-list"])
def test_a_list_asks_the_same_with_one_row_and_with_three(client, officer, name):
    unit, chair = officer.holding.post.unit, officer.member

    def one_more(number):
        series = SeriesFactory(unit=unit, chair=chair)
        row = MeetingFactory(unit=unit, chair=chair, series=series, slot=f"W{number}")
        grow(row)

    one_more(1)
    once = queries(client, at(name))
    one_more(2)
    one_more(3)

    assert queries(client, at(name)) == once


@pytest.mark.parametrize("name", ["meeting", "minutes", "resolutions"])
def test_a_page_asks_the_same_with_one_item_and_with_three(client, officer, meeting, name):
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.HELD)
    grow(meeting)
    once = queries(client, at(name, meeting.pk))
    grow(meeting)
    grow(meeting)

    assert queries(client, at(name, meeting.pk)) == once
