"""Mornings, waits, and the order of a digest."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from portal.core.resources import Waiting
from portal.core.thaidates import BANGKOK
from portal.notifications.domain import (
    Group,
    News,
    arrange,
    heading_of,
    may_go,
    next_digest,
    wait_after,
)

FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=BANGKOK)


def moment(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("now", "holidays", "morning"),
    [
        (moment(20, 6), set(), moment(20, 7, 30)),
        (moment(20, 7, 30), set(), moment(23, 7, 30)),
        (moment(21, 12), set(), moment(23, 7, 30)),
        (moment(20, 16), {date(2026, 11, 23)}, moment(24, 7, 30)),
    ],
)
def test_the_next_digest_goes_on_a_working_morning(now, holidays, morning):
    assert next_digest(now, holidays) == morning


@pytest.mark.parametrize(
    ("now", "last", "holidays", "answer"),
    [
        (moment(20, 7, 30), None, set(), True),
        (moment(20, 7, 30), date(2026, 11, 19), set(), True),
        (moment(20, 7, 30), date(2026, 11, 20), set(), False),
        (moment(20, 7, 29), None, set(), False),
        (moment(20, 23, 50), None, set(), True),
        (moment(21, 8), None, set(), False),
        (moment(20, 8), None, {date(2026, 11, 20)}, False),
    ],
)
def test_a_digest_goes_once_a_working_day_and_not_before_half_past_seven(
    now, last, holidays, answer
):
    assert may_go(now, last, holidays) is answer


def test_tries_wait_longer_and_longer_but_never_more_than_a_day():
    waits = [wait_after(attempts, 1) for attempts in range(1, 9)]

    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(days=1)
    assert wait_after(1, 0) == timedelta(seconds=15)


def news(url="/a/", title="สำรวจอาคาร", **more):
    values = {"label": "หนังสือเข้าใหม่", "lines": [], "link": "/notifications/1/", "unit": "แผน"}
    return News(title=title, url=url, **(values | more))


def waiting(url="/a/", due=None, **more):
    values = {"subject": "สำรวจอาคาร", "state": "รอตอบ", "unit": "วัดโตนด"}
    return Waiting(url=url, due_at=due, **(values | more))


def test_matters_stand_in_the_group_of_their_deadline():
    rows = [
        waiting("/late/", FRIDAY - timedelta(days=2)),
        waiting("/today/", FRIDAY + timedelta(minutes=30)),
        waiting("/soon/", FRIDAY + timedelta(days=1)),
        waiting("/third/", FRIDAY + timedelta(days=5)),
        waiting("/lies/", is_unclaimed=True),
        waiting("/far/", FRIDAY + timedelta(days=20)),
        waiting("/none/"),
    ]

    groups = arrange([news("/new/")], rows, FRIDAY)

    assert {group: [item.link for item in items] for group, items in groups.items()} == {
        Group.OVERDUE: ["/late/"],
        Group.TODAY: ["/today/"],
        Group.NEXT: ["/soon/"],
        Group.SOON: ["/third/"],
        Group.NEW: ["/notifications/1/"],
        Group.UNCLAIMED: ["/lies/"],
        Group.WAITING: ["/far/", "/none/"],
    }
    assert list(groups) == list(Group)


def test_what_is_told_and_waits_is_one_matter():
    due = FRIDAY + timedelta(days=1)

    groups = arrange([news(lines=["ต้องทำ: กรอกแบบ"])], [waiting(due=due)], FRIDAY)

    (item,) = groups[Group.NEXT]
    assert list(groups) == [Group.NEXT]
    assert item.lines == ["ต้องทำ: กรอกแบบ"]
    assert item.meta == "วัดโตนด · รอตอบ ภายใน พรุ่งนี้ 16.00 น."
    assert item.link == "/notifications/1/"


def test_an_event_begins_and_is_never_overdue():
    begun = waiting("/begun/", FRIDAY - timedelta(hours=1), state="ประชุม", is_event=True)
    soon = waiting("/soon/", FRIDAY + timedelta(days=1), state="เชิญประชุม", is_event=True)

    groups = arrange([], [begun, soon], FRIDAY)

    assert {group: [item.link for item in items] for group, items in groups.items()} == {
        Group.TODAY: ["/begun/"],
        Group.NEXT: ["/soon/"],
    }
    assert groups[Group.NEXT][0].meta == "วัดโตนด · เชิญประชุม พรุ่งนี้ 16.00 น."


def test_one_circular_for_three_schools_is_one_matter_that_names_them():
    rows = [waiting(unit=name) for name in ("บ้านปากพล", "วัดโตนด", "บ้านหาดไข่เต่า")]

    groups = arrange([], rows, FRIDAY)

    (item,) = groups[Group.WAITING]
    assert item.meta == "บ้านปากพล, วัดโตนด, บ้านหาดไข่เต่า · รอตอบ"


def test_news_of_a_known_matter_says_what_happened():
    told = [
        news(lines=["ต้องทำ: กรอกแบบ"]),
        news(title="ส่งกลับให้แก้: สำรวจอาคาร", label="คำตอบถูกส่งกลับ", lines=["เหตุผล: ขาดหน้า 2"]),
    ]

    groups = arrange(told, [waiting()], FRIDAY)

    (item,) = groups[Group.NEW]
    assert item.title == "สำรวจอาคาร"
    assert item.lines == ["ต้องทำ: กรอกแบบ", "คำตอบถูกส่งกลับ", "เหตุผล: ขาดหน้า 2"]


def test_a_reminder_does_not_repeat_the_name_of_its_group():
    late = [waiting(due=FRIDAY - timedelta(days=2))]

    told = news(title="เกินกำหนด: สำรวจอาคาร", lines=["ครบกำหนดเมื่อ 18 พ.ย."], group=Group.OVERDUE)
    groups = arrange([told], late, FRIDAY)

    (item,) = groups[Group.OVERDUE]
    assert item.lines == []
    assert item.meta == "วัดโตนด · รอตอบ ครบกำหนดเมื่อ 18 พ.ย. 2569"


def test_a_reminder_of_what_waits_does_not_make_it_new():
    told = news(title="ยังไม่ลงรับ: สำรวจอาคาร", group=Group.UNCLAIMED)

    groups = arrange([told], [waiting(is_unclaimed=True)], FRIDAY)

    (item,) = groups[Group.UNCLAIMED]
    assert list(groups) == [Group.UNCLAIMED]
    assert item.link == "/notifications/1/"


def test_working_days_count_over_a_holiday():
    """Monday is a holiday: what is due on Thursday is three working days away, on Friday four."""
    holidays = {date(2026, 11, 23)}
    rows = [waiting("/tue/", moment(24, 16)), waiting("/thu/", moment(26, 16))]
    rows.append(waiting("/fri/", moment(27, 16)))

    groups = arrange([], rows, FRIDAY, holidays)

    assert {group: [item.link for item in items] for group, items in groups.items()} == {
        Group.NEXT: ["/tue/"],
        Group.SOON: ["/thu/"],
        Group.WAITING: ["/fri/"],
    }


def test_the_heading_says_tomorrow_only_where_tomorrow_is_a_working_day():
    assert heading_of(Group.NEXT, FRIDAY) == "ครบกำหนดวันทำการถัดไป"
    assert heading_of(Group.NEXT, moment(19, 8)) == "ครบกำหนดพรุ่งนี้"
    assert heading_of(Group.NEXT, moment(19, 8), {date(2026, 11, 20)}) == "ครบกำหนดวันทำการถัดไป"


def test_news_without_an_address_are_matters_of_their_own():
    groups = arrange(
        [news("", "ก", link="/notifications/1/"), news("", "ข", link="/notifications/2/")],
        [],
        FRIDAY,
    )

    assert [item.title for item in groups[Group.NEW]] == ["ก", "ข"]
