"""The first page, and what every page of the house knows about its reader."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.models import LetterState, ResponseKind
from documents.services.assigning import acknowledge_assignment, assign_arrival
from documents.services.receiving import receive_arrivals
from documents.tests.factories import (
    ArrivalFactory,
    LetterFactory,
    SentLetterFactory,
    clerk_of,
    received_arrival,
    registrar_of,
)
from knowledge.tests.factories import PublishedFactory
from meetings.tests.factories import AttendanceFactory, MeetingFactory
from members.models import Role
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.announcements.models import Visibility
from portal.announcements.tests.factories import published
from portal.notifications.tests.factories import tell

pytestmark = pytest.mark.django_db

HOME = reverse("home")
WAITS = "ยังไม่ลงรับ"


def groups(response):
    return [
        (group["title"], [(row.subject, row.state) for row in group["rows"]])
        for group in response.context["groups"]
    ]


def arrived(clerk, subject="เรื่อง", **fields):
    letter = SentLetterFactory(subject=subject, **fields)
    return ArrivalFactory(letter=letter, unit=clerk.holding.post.unit)


@pytest.fixture
def clerk(client):
    """A signed-in clerk of one school."""
    actor = clerk_of(SchoolFactory())
    client.force_login(actor.member)
    return actor


# My work ----------------------------------------------------------------------------------------


def test_what_waits_stands_under_its_day_the_nearest_first(client, clerk, clock):
    now = clock(2026, 11, 20, 9, 30)
    arrived(clerk, "ไม่มีวัน")
    arrived(clerk, "ปีหน้า", due_at=now + timedelta(days=60))
    arrived(clerk, "พรุ่งนี้", due_at=now + timedelta(days=1))
    arrived(clerk, "บ่ายนี้", due_at=now + timedelta(hours=6))
    arrived(clerk, "สายนี้", due_at=now + timedelta(hours=1))
    arrived(clerk, "เลยแล้ว", due_at=now - timedelta(hours=1))

    response = client.get(HOME)

    assert groups(response) == [
        ("เกินกำหนด", [("เลยแล้ว", WAITS)]),
        ("วันนี้", [("สายนี้", WAITS), ("บ่ายนี้", WAITS)]),
        ("พรุ่งนี้", [("พรุ่งนี้", WAITS)]),
        ("วันต่อไป", [("ปีหน้า", WAITS)]),
        ("ไม่มีกำหนด", [("ไม่มีวัน", WAITS)]),
    ]
    assert "ศุกร์" in response.content.decode()


def test_a_clerk_of_several_schools_has_one_line_for_a_letter_that_names_each(client, clerk):
    other = SchoolFactory()
    HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=other)
    letter = SentLetterFactory()
    for school in (clerk.holding.post.unit, other):
        ArrivalFactory(letter=letter, unit=school)

    [group] = client.get(HOME).context["groups"]

    [row] = group["rows"]
    assert row.unit == f"{clerk.holding.post.unit.label}, {other.label}"


def test_receiving_and_answering_take_it_off_the_list(client, clerk):
    told = arrived(clerk, "เพื่อทราบ")
    asked = arrived(clerk, "ต้องตอบ", response_kind=ResponseKind.ACKNOWLEDGE)
    receive_arrivals([told.pk, asked.pk], key=uuid4(), by=clerk)

    before = groups(client.get(HOME))
    client.post(reverse("documents:arrival-answer", args=[asked.pk]), {"key": uuid4()})
    after = client.get(HOME)

    assert before == [("ไม่มีกำหนด", [("ต้องตอบ", "รอตอบ")])]
    assert groups(after) == []
    assert "ทำครบทุกเรื่องแล้ว" in after.content.decode()


def test_a_teacher_finds_what_was_assigned_until_it_is_acknowledged(client):
    teacher = ActorFactory(role=Role.TEACHER)
    arrival, desk = received_arrival(unit=teacher.holding.post.unit)
    [made] = assign_arrival(arrival, assignees=[teacher.member], by=desk)
    client.force_login(teacher.member)

    before = groups(client.get(HOME))
    acknowledge_assignment(made, by=teacher)

    assert before == [("ไม่มีกำหนด", [(arrival.letter.subject, "มอบหมายให้ท่าน")])]
    assert groups(client.get(HOME)) == []


def test_a_registrar_finds_what_waits_for_a_number(client):
    letter = LetterFactory(state=LetterState.SUBMITTED)
    LetterFactory(owner_unit=letter.owner_unit)
    client.force_login(registrar_of(letter.office).member)

    assert groups(client.get(HOME)) == [("ไม่มีกำหนด", [(letter.subject, "รอออกเลข")])]


def test_a_member_without_a_post_is_told_whom_to_ask(client):
    client.force_login(MemberFactory())

    assert "ยังไม่มีตำแหน่งในระบบ" in client.get(HOME).content.decode()


def test_a_meeting_that_has_begun_is_of_today_and_not_overdue(client, clerk, clock):
    now = clock(2026, 11, 20, 9, 30)
    meeting = MeetingFactory(
        unit=clerk.holding.post.unit, starts_at=now - timedelta(hours=1), ends_at=now
    )
    AttendanceFactory(meeting=meeting, member=clerk.member)

    [group] = client.get(HOME).context["groups"]

    assert group["title"] == "วันนี้"
    assert [row.state for row in group["rows"]] == ["เชิญประชุม"]


def test_a_visitor_sees_news_knowledge_and_the_way_in(client):
    school = SchoolFactory()
    school.office.phone = "0 7469 1000"
    school.office.save(update_fields=["phone"])
    published(to=[school], unit=school.office, visibility=Visibility.PUBLIC, title="รับสมัครครู")
    published(to=[school], unit=school.office, title="เฉพาะบุคลากร")
    PublishedFactory(owner_unit=school, visibility="public", title="อ่านคล่อง")
    PublishedFactory(owner_unit=school, title="เพื่อสมาชิก")

    page = client.get(HOME).content.decode()

    words = ("รับสมัครครู", "เฉพาะบุคลากร", "อ่านคล่อง", "เพื่อสมาชิก", "0 7469 1000")
    assert [word in page for word in words] == [True, False, True, False, True]
    assert reverse("account_login") in page


def test_a_member_sees_announcements_and_what_colleagues_learned(client, clerk):
    school = clerk.holding.post.unit
    published(to=[school], unit=school.office, title="ปิดปรับปรุงระบบ")
    published(to=[SchoolFactory(office=school.office)], unit=school.office, title="ของเขา")
    PublishedFactory(owner_unit=school, title="สอนเศษส่วน")

    page = client.get(HOME).content.decode()

    words = ("ปิดปรับปรุงระบบ", "ของเขา", "สอนเศษส่วน")
    assert [word in page for word in words] == [True, False, True]


def test_other_peoples_work_is_not_on_the_list(client, clerk):
    arrived(clerk_of(SchoolFactory()), "ของเขา")
    arrived(clerk, "ของเรา")

    assert groups(client.get(HOME)) == [("ไม่มีกำหนด", [("ของเรา", WAITS)])]


def test_three_rows_cost_no_more_than_one(client, clerk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(HOME).status_code == 200
        return [query["sql"] for query in captured]

    arrived(clerk)
    client.get(HOME)
    one = queries()
    arrived(clerk)
    arrived(clerk)

    assert len(queries()) == len(one)


# What every page knows --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.OFFICER, "documents:sent"),
        (Role.CENTRAL_REGISTRAR, "documents:sent"),
        (Role.SCHOOL_CLERK, "documents:inbox"),
        (Role.SCHOOL_DIRECTOR, "documents:inbox"),
        (Role.TEACHER, "documents:assigned"),
    ],
)
def test_letters_begin_where_the_readers_work_does(client, role, name):
    client.force_login(ActorFactory(role=role).member)

    nav = client.get(HOME).context["nav"]

    assert [room.url for room in nav] == [
        HOME,
        reverse(name),
        reverse("knowledge:index"),
        reverse("meetings:index"),
        reverse("research:index"),
        reverse("announcements:index"),
    ]
    assert [room.current for room in nav] == [True, False, False, False, False, False]


@pytest.mark.parametrize(
    ("name", "room"), [("documents:inbox", 1), ("research:index", 4), ("help", None)]
)
def test_the_room_one_stands_in_is_marked(client, clerk, name, room):
    nav = client.get(reverse(name)).context["nav"]

    assert [place.current for place in nav] == [number == room for number in range(6)]


def test_the_bell_counts_what_is_unread(client, clerk):
    for _ in range(2):
        tell(clerk.holding.post.unit)

    assert client.get(HOME).context["bell_count"] == 2


def test_the_line_below_the_name_says_in_which_posts_one_works(client, clerk):
    page = client.get(HOME)
    alone = page.context["reader"].posts_line
    for _ in range(2):
        HoldingFactory(
            member=clerk.member, post__title=clerk.holding.post.title, role=Role.SCHOOL_CLERK
        )

    three = client.get(HOME).context["reader"].posts_line

    assert clerk.holding.post.unit.label in alone
    assert f'<span class="person-post" title="{alone}">{alone}</span>' in page.content.decode()
    assert f'<span class="meta">{alone}</span>' in page.content.decode()  # whole, in the menu
    assert three == f"{clerk.holding.post.title.removesuffix('โรงเรียน')} 3 โรงเรียน"


def test_the_readers_office_stands_on_the_door(client, clerk):
    other = OfficeFactory()

    page = client.get(HOME).content.decode()

    assert clerk.holding.post.unit.office.short_name in page
    assert other.short_name not in page


@pytest.mark.parametrize(("offices", "is_named"), [(1, True), (2, False)])
def test_before_the_sign_in_only_an_only_office_is_named(client, offices, is_named):
    office = OfficeFactory.create_batch(offices)[0]
    GroupFactory(office=office)

    page = client.get(reverse("account_login")).content.decode()

    assert (office.short_name in page) == is_named


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_demo_says_on_every_page_that_its_data_are_made_up(client, clerk, settings, is_demo):
    settings.IS_DEMO = is_demo
    names = ["home", "documents:inbox", "documents:registers", "notifications:inbox", "help"]

    pages = [client.get(reverse(name)).content.decode() for name in names]
    client.logout()
    pages.append(client.get(reverse("account_login")).content.decode())

    assert {"ข้อมูลสมมติ" in page for page in pages} == {is_demo}
