"""The pages of the bell."""

from __future__ import annotations

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertRedirects

from portal.notifications import views
from portal.notifications.models import Notification
from portal.notifications.services import unread_count
from portal.notifications.tests.factories import staffed_school, tell, wrong_counters

pytestmark = pytest.mark.django_db

INBOX = reverse("notifications:inbox")
BELL = reverse("notifications:bell")
READ_ALL = reverse("notifications:read-all")


@pytest.fixture
def school_and_teacher(client):
    school, (teacher,) = staffed_school(1)
    client.force_login(teacher)
    return school, teacher


def test_the_list_shows_title_three_lines_school_and_time(client, school_and_teacher, clock):
    school, _ = school_and_teacher
    clock(2026, 11, 19, 16, 30)
    tell(school, title="สำรวจความเสียหาย")
    clock(2026, 11, 20, 9, 0)

    page = client.get(INBOX).content.decode()

    assert "สำรวจความเสียหาย" in page
    assert "ต้องทำ: ตอบรับ" in page
    assert school.label in page
    assert "เมื่อวาน 16.30 น." in page
    assert "item-unread" in page


def test_another_members_notifications_are_not_listed(client, school_and_teacher):
    school, _ = school_and_teacher
    tell(school, title="ของครู")
    stranger_school, (stranger,) = staffed_school(1)
    tell(stranger_school, title="ของคนอื่น")

    assert "ของครู" in client.get(INBOX).content.decode()
    client.force_login(stranger)
    assert "ของครู" not in client.get(INBOX).content.decode()


def test_the_filter_keeps_the_unread(client, school_and_teacher):
    school, _ = school_and_teacher
    tell(school, title="เรื่องแรก")
    client.get(Notification.objects.get().get_absolute_url())
    tell(school, title="เรื่องที่สอง")

    everything = client.get(INBOX).content.decode()
    unread = client.get(INBOX, {"show": "unread"}).content.decode()

    assert "เรื่องแรก" in everything
    assert "เรื่องที่สอง" in everything
    assert "เรื่องแรก" not in unread
    assert "เรื่องที่สอง" in unread


@pytest.mark.parametrize("query", [{}, {"show": "unread"}])
def test_an_empty_list_says_so(client, school_and_teacher, query):
    assert "อ่านครบทุกเรื่องแล้ว" in client.get(INBOX, query).content.decode()


def test_a_long_list_goes_on_by_key(client, school_and_teacher):
    school, _ = school_and_teacher
    for number in range(52):
        tell(school, title=f"เรื่องที่ {number:02d} ")

    first = client.get(INBOX)
    second = client.get(INBOX + first.context["more_url"])

    titles = [row.notification.notice.title for row in first.context["rows"]]
    rest = [row.notification.notice.title for row in second.context["rows"]]
    assert (len(titles), len(rest)) == (50, 2)
    assert titles + rest == [f"เรื่องที่ {number:02d} " for number in reversed(range(52))]
    assert second.context["more_url"] == ""


def test_the_list_of_unread_stays_unread_on_its_next_page(client, school_and_teacher):
    school, _ = school_and_teacher
    for _ in range(51):
        tell(school)

    first = client.get(INBOX, {"show": "unread"})

    assert first.context["more_url"].startswith("?show=unread&after=")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    client, school_and_teacher, count, django_assert_max_num_queries
):
    school, _ = school_and_teacher
    for _ in range(count):
        tell(school)

    with django_assert_max_num_queries(12) as captured:
        client.get(INBOX)

    own = [query for query in captured if "notifications_" in query["sql"]]
    assert len(own) <= 3


def test_opening_marks_read_and_leads_to_the_matter(client, school_and_teacher):
    school, teacher = school_and_teacher
    tell(school, url="/help/")
    notification = Notification.objects.get()

    for _ in range(2):
        assertRedirects(
            client.get(notification.get_absolute_url()), "/help/", fetch_redirect_response=False
        )

    notification.refresh_from_db()
    assert notification.read_at is not None
    assert unread_count(teacher) == 0
    assert wrong_counters() == {}


def test_a_neighbours_notification_does_not_exist(client):
    school, (first, second) = staffed_school(2)
    tell(school)
    own = Notification.objects.get(recipient=first)

    client.force_login(first)
    assert client.get(own.get_absolute_url()).status_code == 302
    client.force_login(second)
    assert client.get(own.get_absolute_url()).status_code == 404
    assert unread_count(second) == 1


@pytest.mark.parametrize(
    "url", ["", "https://example.org/", "//example.org/", "javascript:alert(1)"]
)
def test_a_notification_never_leads_out_of_the_portal(client, school_and_teacher, url):
    school, _ = school_and_teacher
    tell(school, url=url)

    answer = client.get(Notification.objects.get().get_absolute_url())

    assertRedirects(answer, INBOX, fetch_redirect_response=False)


def test_a_read_mark_that_cannot_be_written_does_not_hold_the_reader_up(
    client, school_and_teacher, monkeypatch
):
    school, teacher = school_and_teacher
    tell(school, url="/help/")

    def out_of_order(*args, **kwargs):
        raise DatabaseError("ดิสก์เต็ม")

    monkeypatch.setattr(views, "read_notification", out_of_order)
    answer = client.get(Notification.objects.get().get_absolute_url())

    assert answer.status_code == 302
    assert unread_count(teacher) == 1


def test_all_are_read_with_one_button(client, school_and_teacher):
    school, teacher = school_and_teacher
    for _ in range(3):
        tell(school)

    answer = client.post(READ_ALL, follow=True)

    assert "อ่านแล้วทั้งหมด 3 เรื่อง" in answer.content.decode()
    assert unread_count(teacher) == 0


def test_reading_all_needs_a_post_with_a_token(school_and_teacher):
    school, teacher = school_and_teacher
    tell(school)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(teacher)

    assert strict.post(READ_ALL).status_code == 403
    assert strict.get(READ_ALL).status_code == 405
    assert unread_count(teacher) == 1


def test_the_bell_is_small_and_says_how_many(client, school_and_teacher):
    school, _ = school_and_teacher
    for _ in range(3):
        tell(school)

    answer = client.get(BELL)

    assert "ยังไม่อ่าน 3 เรื่อง" in answer.content.decode()
    assert len(answer.content) <= 1_024
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_bell_answers_304_until_something_changes(client, school_and_teacher):
    school, _ = school_and_teacher
    tell(school)
    etag = client.get(BELL).headers["ETag"]

    unchanged = client.get(BELL, headers={"if-none-match": etag})
    tell(school)
    changed = client.get(BELL, headers={"if-none-match": etag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_bell_costs_session_member_and_one_row(
    client, school_and_teacher, count, django_assert_max_num_queries
):
    school, _ = school_and_teacher
    for _ in range(count):
        tell(school)

    with django_assert_max_num_queries(3):
        client.get(BELL)


def test_the_bell_of_a_hundred_and_more_stays_short(client, school_and_teacher):
    school, _ = school_and_teacher
    for _ in range(100):
        tell(school)

    assert "99+" in client.get(BELL).content.decode()
