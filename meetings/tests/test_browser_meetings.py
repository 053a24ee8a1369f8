"""The room of meetings in Chromium: called, answered, held, resolved, done, printed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from meetings.models import Meeting, MeetingState, Presence, Task, TaskState
from members.models import Role
from members.tests.factories import HoldingFactory
from portal.core.clock import today
from portal.core.thaidates import short_date
from tests.walk import Walk, work
from tests.world import World, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> World:
    """The world, with a head of the group who chairs."""
    world = make_world()
    HoldingFactory(role=Role.GROUP_HEAD, unit=world.group, member__username="head")
    return world


def call(walk: Walk) -> Meeting:
    """The officer calls a meeting of today and invites the group."""
    page = walk.page
    walk.enter("officer")
    walk.goto("meetings:index")
    walk.press("เรียกประชุม")
    walk.press("บันทึกและเลือกผู้เข้าประชุม")
    walk.sees("ใส่ชื่อการประชุม")
    page.fill("[name=title]", "ประชุมกลุ่มนโยบายและแผน")
    page.fill("[name=on]", short_date(today()))
    page.fill("[name=starts]", "0.01")
    page.fill("[name=ends]", "23.59")
    page.fill("[name=place]", "ห้องประชุมลำปำ")
    page.select_option("[name=secretary]", label=str(page_member("officer")))
    walk.press("บันทึกและเลือกผู้เข้าประชุม")
    page.check("[name=everybody]")
    walk.press("ตรวจรายชื่อก่อนเชิญ")
    walk.press("เชิญ 2 คน")
    walk.sees("เชิญ 2 คนแล้ว")
    walk.press("เพิ่มเรื่อง")
    page.select_option("[name=heading]", "5")
    page.fill("[name=title]", "แผนเยี่ยมโรงเรียนขนาดเล็ก")
    page.fill("[name=text]", "ยังไม่ได้เยี่ยม 18 แห่ง")
    walk.press("เพิ่มเรื่อง", within="main form")
    walk.sees("แผนเยี่ยมโรงเรียนขนาดเล็ก")
    return Meeting.objects.get()


def page_member(username: str) -> object:
    return HoldingFactory._meta.model.objects.get(member__username=username).member


def answer(walk: Walk, meeting: Meeting) -> None:
    """The head is told, accepts, checks in, and finds the note."""
    work()
    walk.enter("head")
    walk.goto("notifications:inbox")
    walk.sees("เชิญประชุม: ประชุมกลุ่มนโยบายและแผน")
    walk.goto("meetings:index")
    walk.press("ตอบรับ")
    walk.press("ส่งคำตอบ")
    walk.sees("ตอบรับเข้าประชุมแล้ว")
    walk.press("ลงชื่อเข้าประชุม")
    walk.sees("ลงชื่อเข้าประชุมแล้ว")
    walk.press("โน้ตของฉัน")
    walk.goto("meetings:meeting", meeting.pk)


def hold(walk: Walk, meeting: Meeting) -> None:
    """The officer opens the meeting, resolves with a task, marks who came and closes."""
    page = walk.page
    walk.enter("officer")
    walk.goto("meetings:meeting", meeting.pk)
    walk.press("เปิดประชุม")
    walk.press("จดและแก้")
    page.fill("[name=discussion]", "ไปวันเดียวหลายกลุ่ม โรงเรียนไม่ต้องต้อนรับหลายรอบ")
    walk.press("บันทึก", within="main form.flow")
    walk.press("บันทึกมติ")
    walk.press("บันทึกมติ", within="main form")
    walk.sees("ใส่มติที่ประชุม")
    page.fill("[name=text]", "เห็นชอบแผนเยี่ยมร่วม")
    page.fill("[name=title]", "ทำตารางเยี่ยมโรงเรียน")
    page.select_option("[name=assignee]", label=str(page_member("head")))
    page.fill("[name=due_on]", short_date(today() + timedelta(days=5)))
    walk.press("บันทึกมติ", within="main form")
    walk.sees("เห็นชอบแผนเยี่ยมร่วม", "ทำตารางเยี่ยมโรงเรียน")
    walk.press("ปิดรายงานการประชุม")
    walk.sees("ยังไม่ได้ลงว่ามาหรือไม่มา 1 คน")
    walk.press("ลงการมาประชุม")
    walk.press("บันทึก และคนที่เหลือมาทุกคน")
    walk.press("มติและงาน")
    walk.goto("meetings:meeting", meeting.pk)
    page.fill("[name=ends]", "23.58")
    walk.press("ปิดรายงานการประชุม")
    walk.sees("ปิดรายงานการประชุมแล้ว")
    walk.press("รายงานการประชุม")
    walk.sees("ผู้มาประชุม", "มติที่ประชุม เห็นชอบแผนเยี่ยมร่วม", "ผู้จดรายงานการประชุม")


def do(walk: Walk) -> None:
    """The head finds the task among their work, and reports."""
    work()
    walk.enter("head")
    walk.sees("ทำตารางเยี่ยมโรงเรียน")
    walk.goto("meetings:tasks")
    walk.press("ทำตารางเยี่ยมโรงเรียน")
    walk.page.fill("[name=result]", "ตารางเสร็จแล้ว")
    walk.press("บันทึกผล")
    walk.sees("บันทึกผลของงานแล้ว", "ตารางเสร็จแล้ว")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_meeting_goes_its_whole_way(open_window, live_server, sign_in, axe, world, width):
    walk = Walk(open_window(width), live_server.url, sign_in, axe)

    meeting = call(walk)
    answer(walk, meeting)
    hold(walk, meeting)
    do(walk)

    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CLOSED
    assert set(meeting.attendances.values_list("presence", flat=True)) == {Presence.CAME}
    assert Task.objects.get().state == TaskState.DONE


def test_a_series_is_made_and_paused_without_scripts(open_window, live_server, sign_in, axe, world):
    page = open_window(390, java_script_enabled=False)
    sign_in(page, "officer")
    page.goto(live_server.url + reverse("meetings:series-new"))
    page.fill("[name=title]", "วันอังคารของกลุ่ม")
    page.fill("[name=from_on]", short_date(today()))
    with page.expect_navigation():
        page.click("main form.flow button.btn-primary")

    planned = Meeting.objects.filter(state=MeetingState.PLANNED).count()
    with page.expect_navigation():
        page.click("text=พักไว้")

    assert planned in {8, 9}
    assert Meeting.objects.filter(state=MeetingState.PLANNED).count() == 0


def test_the_minutes_print_on_paper_of_the_office(open_window, live_server, sign_in, world):
    """Nothing of the screen is on the paper, and the form's headings are."""
    page = open_window(1280)
    walk = Walk(page, live_server.url, sign_in, lambda page: None)
    meeting = call(walk)
    page.goto(live_server.url + reverse("meetings:minutes", args=[meeting.pk]))
    page.emulate_media(media="print")

    assert page.locator(".minutes h1").is_visible()
    assert not page.locator(".band").is_visible()
    assert not page.locator("[data-print]").is_visible()
