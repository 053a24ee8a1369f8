"""The pages of meetings: what they show, what they refuse, how often they ask the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from meetings.models import CancelCause, Meeting, MeetingState
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
from members.models import Role
from members.tests.factories import ActorFactory, HoldingFactory, HolidayFactory, SchoolFactory
from portal.core.thaidates import short_date, weekday_date
from portal.files.services import files_of
from portal.files.tests.factories import pdf_bytes

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


# Calling -----------------------------------------------------------------------------------------


def test_calling_leads_over_the_people_to_the_invitation(client, officer):
    colleague = staff_of(officer.holding.post.unit)

    client.post(at("new"), details(officer))
    meeting = Meeting.objects.get()
    client.post(at("people", meeting.pk), {"everybody": "on"})
    page = client.get(at("invite", meeting.pk))
    answer = client.post(
        at("invite", meeting.pk), {"expected": page.context["expected"]}, follow=True
    )

    assert "เชิญ 2 คน" in text_of(page)
    assert {row.member for row in meeting.attendances.all()} == {officer.member, colleague}
    assert "เชิญ 2 คนแล้ว ทุกคนได้รับแจ้ง" in text_of(answer)


def next_saturday():
    today = timezone.localdate()
    return today + timedelta(days=(5 - today.weekday()) % 7 or 7)


def test_a_day_on_which_the_office_is_closed_is_said_before_anybody_is_invited(client, officer):
    holiday = next_saturday() + timedelta(days=3)
    HolidayFactory(office=officer.holding.post.unit.office, on=holiday, name="วันรัฐธรรมนูญ")
    said = {}
    for day in (next_saturday(), holiday, holiday + timedelta(days=1)):
        client.post(at("new"), details(officer, on=short_date(day), title=f"ประชุม {day}"))
        meeting = Meeting.objects.get(title=f"ประชุม {day}")
        pages = [client.get(at(name, meeting.pk)) for name in ("people", "invite", "meeting")]
        said[day] = [page.context["day_off"] for page in pages]
        assert all(said[day][0] in text_of(page) for page in pages)

    weekend, closed, open_ = said.values()
    assert weekend == [f"{weekday_date(next_saturday())} ไม่ใช่วันทำการ"] * 3
    assert closed == [f"{weekday_date(holiday)} เป็นวันหยุด: วันรัฐธรรมนูญ"] * 3
    assert open_ == [""] * 3


def test_a_meeting_opens_early_only_after_a_question(client, officer, meeting):
    question = "เปิดแล้วย้อนกลับไม่ได้"
    assert question not in text_of(client.get(meeting.get_absolute_url()))

    later = timezone.now() + timedelta(minutes=90)
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=later, ends_at=later + timedelta(hours=1)
    )
    page = client.get(meeting.get_absolute_url())

    assert (question in text_of(page)) == page.context["may_open"]


def test_who_checked_in_reads_so_and_is_not_asked_again(client, officer, meeting):
    row = AttendanceFactory(meeting=meeting, member=officer.member, answer="accepted")
    now = timezone.now()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now, ends_at=now + timedelta(hours=1))

    page = client.post(at("check-in", row.pk), follow=True)

    assert "ลงชื่อเข้าประชุมแล้ว" in text_of(page)
    assert "เปลี่ยนคำตอบ" not in text_of(page)


def test_the_rest_came_in_one_press_but_not_who_said_no(client, officer, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.HELD)
    rows = [AttendanceFactory(meeting=meeting) for _ in range(2)]
    absent = AttendanceFactory(meeting=meeting, answer="declined", answer_reason="ไปราชการ")
    form = client.get(at("attendance", meeting.pk)).context["form"]
    sent = {name: form[name].initial for name in form.fields}

    client.post(at("attendance", meeting.pk), {**sent, "rest": "came"})

    marks = dict(meeting.attendances.values_list("pk", "presence"))
    assert marks == {rows[0].pk: "came", rows[1].pk: "came", absent.pk: "absent"}
    absent.refresh_from_db()
    assert absent.absence_reason == "ไปราชการ"


def test_an_invitation_with_other_people_than_shown_is_shown_again(client, meeting):
    page = client.get(at("invite", meeting.pk))
    meeting.rule = {"groups": [meeting.unit_id]}
    meeting.save(update_fields=["rule"])
    staff_of(meeting.unit)

    answer = client.post(at("invite", meeting.pk), {"expected": page.context["expected"]})

    assert answer.status_code == 422
    assert "รายชื่อเปลี่ยนไปจากที่แสดง" in text_of(answer)
    assert meeting.attendances.count() == 0


def test_what_was_typed_wrongly_stays(client, officer):
    answer = client.post(at("new"), details(officer, title="", on="เมื่อไรดี", starts="บ่าย"))

    page = text_of(answer)
    assert answer.status_code == 422
    assert "ใส่ชื่อการประชุม" in page
    assert 'value="เมื่อไรดี"' in page
    assert 'value="บ่าย"' in page


def test_a_time_is_read_as_the_office_types_it(client, officer):
    client.post(at("new"), details(officer, starts="๑๓.๓๐ น.", ends="15"))

    meeting = Meeting.objects.get()
    assert timezone.localtime(meeting.starts_at).strftime("%H.%M") == "13.30"
    assert timezone.localtime(meeting.ends_at).strftime("%H.%M") == "15.00"


def test_a_clerk_of_two_schools_chooses_for_which_one(client):
    clerk = ActorFactory(role=Role.SCHOOL_CLERK, unit=SchoolFactory())
    second = SchoolFactory(office=clerk.holding.post.unit.office)
    HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=second)
    client.force_login(clerk.member)

    client.post(at("new"), details(clerk, unit=second.pk))

    assert Meeting.objects.get().unit == second


@pytest.mark.parametrize("name", ["title", "on", "starts", "ends", "chair", "unit", "key"])
@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_a_field_is_answered(client, officer, name, nonsense):
    answer = client.post(at("new"), details(officer, **{name: nonsense}))

    assert answer.status_code in {302, 422}


@pytest.mark.parametrize("name", ["title", "place", "online_url", "starts"])
def test_far_too_much_in_a_field_is_answered(client, officer, name):
    answer = client.post(at("new"), details(officer, **{name: LONG}))

    assert answer.status_code == 422
    assert Meeting.objects.count() == 0


def test_a_stranger_does_not_become_chair(client, officer):
    stranger = ActorFactory().member

    answer = client.post(at("new"), details(officer, chair=stranger.pk))

    assert answer.status_code == 422


# The meeting -------------------------------------------------------------------------------------


def test_the_page_shows_agenda_resolutions_tasks_and_what_was_carried_over(client, officer):
    unit, chair = officer.holding.post.unit, officer.member
    series = SeriesFactory(unit=unit, chair=chair)
    common = {"unit": unit, "chair": chair, "series": series}
    before = MeetingFactory(
        **common, slot="2026-W46", state=MeetingState.CLOSED,
        starts_at=timezone.now() - timedelta(days=7),
    )  # fmt: skip
    TaskFactory(resolution=ResolutionFactory(meeting=before), title="งานเก่า", assignee=chair)
    now = MeetingFactory(**common, slot="2026-W47", state=MeetingState.HELD)
    item = AgendaItemFactory(meeting=now, title="น้ำท่วม")
    resolution = ResolutionFactory(meeting=now, item=item, text="ปิดเรียนสองวัน")
    TaskFactory(resolution=resolution, title="โทรตาม", assignee=chair)

    page = text_of(client.get(now.get_absolute_url()))

    for words in ("น้ำท่วม", "ปิดเรียนสองวัน", "โทรตาม", "งานค้างจากครั้งก่อน", "งานเก่า"):
        assert words in page


def test_a_holiday_is_named_on_the_list(client, officer):
    MeetingFactory(
        unit=officer.holding.post.unit,
        chair=officer.member,
        state=MeetingState.CANCELLED,
        cancel_cause=CancelCause.HOLIDAY,
        cancel_reason="วันพ่อแห่งชาติ",
        starts_at=timezone.now() + timedelta(days=1),
    )

    assert "งดเพราะวันหยุด: วันพ่อแห่งชาติ" in text_of(client.get(at("index")))


def test_the_search_finds_by_title_agenda_and_resolution(client, officer, meeting):
    AgendaItemFactory(meeting=meeting, title="น้ำท่วมโรงเรียน")
    other = MeetingFactory(title="น้ำท่วมที่อื่น")

    found = client.get(at("index"), {"q": "น้ำท่วม"}).context["groups"]
    nothing = text_of(client.get(at("index"), {"q": "ไม่มีคำนี้"}))

    assert [row for group in found for row in group.rows] == [meeting]
    assert other.title not in nothing
    assert "ไม่พบการประชุมตามที่ค้น" in nothing


def test_closing_says_what_is_missing(client, officer, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.HELD, opened_at=timezone.now())
    ResolutionFactory(meeting=meeting)

    answer = client.post(at("close", meeting.pk), {"ends": "23.59"})

    assert answer.status_code == 422
    assert "มติที่ 1 ยังไม่มีงาน" in text_of(answer)


def test_the_minutes_are_in_the_form_of_the_office(client, officer):
    meeting = MeetingFactory(
        unit=officer.holding.post.unit,
        title="ประชุมกลุ่มนิเทศ",
        chair=officer.member,
        state=MeetingState.CLOSED,
        opened_at=timezone.now(),
        ended_at=timezone.now(),
        closed_at=timezone.now(),
    )
    came = AttendanceFactory(meeting=meeting, presence="came")
    AttendanceFactory(meeting=meeting, presence="absent", absence_reason="ลาป่วย")
    item = AgendaItemFactory(meeting=meeting, title="แผนนิเทศ")
    ResolutionFactory(meeting=meeting, item=item, text="เห็นชอบ")

    page = text_of(client.get(at("minutes", meeting.pk)))

    order = [
        "รายงานการประชุมกลุ่มนิเทศ", "เมื่อวัน", "ณ ห้องประชุมลำปำ", "ผู้มาประชุม", str(came.member),
        "ผู้ไม่มาประชุม", "ลาป่วย", "เริ่มประชุมเวลา", "ระเบียบวาระที่ ๑", "ระเบียบวาระที่ ๕", "แผนนิเทศ",
        "มติที่ประชุม", "เห็นชอบ", "เลิกประชุมเวลา", "ผู้จดรายงานการประชุม",
    ]  # fmt: skip
    places = [page.index(words, page.index("minutes-head")) for words in order]
    assert places == sorted(places)


def test_marks_are_kept_and_a_strange_one_is_answered(client, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.HELD)
    row = AttendanceFactory(meeting=meeting)
    address = at("attendance", meeting.pk)

    wrong = client.post(address, {f"came-{row.pk}": "perhaps"})
    right = client.post(address, {f"came-{row.pk}": "absent", f"reason-{row.pk}": "ลากิจ"})

    row.refresh_from_db()
    assert [wrong.status_code, right.status_code] == [422, 302]
    assert [row.presence, row.absence_reason] == ["absent", "ลากิจ"]


def test_a_file_lies_with_an_item_and_can_be_taken_away(client, meeting):
    item = AgendaItemFactory(meeting=meeting)
    given = SimpleUploadedFile("แผน.pdf", pdf_bytes())

    client.post(at("item-upload", item.pk), {"file": given})
    [use] = files_of(item)
    shown = text_of(client.get(meeting.get_absolute_url()))
    client.post(at("item-file-remove", item.pk), {"file": str(use.public_id)})

    assert "แผน.pdf" in shown
    assert files_of(item) == []
    assert client.post(at("item-file-remove", item.pk), {"file": "ไม่มี"}).status_code == 302


def test_a_bad_file_is_refused_in_words(client, meeting):
    item = AgendaItemFactory(meeting=meeting)

    answer = client.post(
        at("item-upload", item.pk), {"file": SimpleUploadedFile("โปรแกรม.exe", b"MZ" + bytes(99))}
    )

    assert answer.status_code == 422
    assert files_of(item) == []
