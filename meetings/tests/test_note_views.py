"""The pages of notes: what is typed is kept, measured, printed, shared, and never lost."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from meetings.models import Meeting, Note
from meetings.services.noting import save_note, share_note
from meetings.tests.factories import AttendanceFactory, MeetingFactory, staff_of
from members.tests.factories import GroupFactory, acting
from portal.papers.tests.factories import page_count, text_lines

pytestmark = pytest.mark.django_db

LINE = "ใครโทรตามโรงเรียนบนเกาะ ภายในกี่โมง"


@pytest.fixture
def meeting() -> Meeting:
    unit = GroupFactory()
    return MeetingFactory(unit=unit, people=[staff_of(unit)])


@pytest.fixture
def writer(client: Client, meeting: Meeting) -> Client:
    client.force_login(meeting.attendances.get().member)
    return client


def url(name: str, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk])


def typed(version: int = 0, **fields: str) -> dict[str, str]:
    boxes = dict.fromkeys(("heard", "thought", "asked", "written"), "")
    return {"version": str(version), "rows": "2"} | boxes | fields


def test_the_page_works_without_any_script(writer, meeting):
    page = writer.get(url("note", meeting))
    assert "พอดีหนึ่งหน้า A4" in page.content.decode()

    fields = {"heard": "ฝนหนัก", "task-0": "โทรตาม", "who-0": "อนุชา", "by-0": "วันนี้"}
    answer = writer.post(url("note", meeting), typed(**fields), follow=True)

    note = Note.objects.get()
    assert (note.heard, note.tasks) == (
        "ฝนหนัก",
        [{"task": "โทรตาม", "who": "อนุชา", "by": "วันนี้"}],
    )
    text = answer.content.decode()
    assert "บันทึกแล้ว" in text
    assert 'value="โทรตาม"' in text


def test_another_row_is_given_and_what_was_typed_is_kept(writer, meeting):
    rows = {f"task-{n}": f"งานที่ {n}" for n in range(2)}

    answer = writer.post(url("note", meeting), typed(action="row", **rows))

    assert answer.status_code == 200
    assert 'name="task-2"' in answer.content.decode()
    assert len(Note.objects.get().tasks) == 2


def test_saving_while_typing_answers_with_the_gauge(writer, meeting):
    answer = writer.post(url("note-save", meeting), typed(asked="\n".join([LINE] * 17)))

    found = answer.json()
    assert (found["version"], found["errors"]) == (1, {})
    assert found["gauge"]["words"] == "ปุ ยาวไป 2 บรรทัด"
    assert found["gauge"]["parts"]["asked"] == {
        "percent": 100,
        "words": "ยาวไป 2 บรรทัด",
        "tone": "late",
    }


def test_measuring_saves_nothing(writer, meeting):
    answer = writer.post(url("note-fill", meeting), typed(heard="ก\nข"))

    assert answer.json()["parts"]["heard"]["words"] == "เหลือ 13 บรรทัด"
    assert not Note.objects.exists()


def test_a_second_window_gets_both_versions_and_nothing_is_lost(writer, meeting):
    writer.post(url("note-save", meeting), typed(heard="จากโทรศัพท์", asked="เหมือนกัน"))

    behind = typed(heard="จากคอมพิวเตอร์", asked="เหมือนกัน")
    answer = writer.post(url("note-save", meeting), behind)
    assert (answer.status_code, answer.json()["differs"]) == (409, True)
    page = writer.post(url("note", meeting), behind)

    assert page.status_code == 409
    text = page.content.decode()
    assert "จากโทรศัพท์" in text
    assert "จากคอมพิวเตอร์" in text
    assert Note.objects.get().heard == "จากโทรศัพท์"
    writer.post(url("note", meeting), behind | {"version": "1", "keep": "both"})
    assert Note.objects.get().heard == "จากโทรศัพท์\nจากคอมพิวเตอร์"
    assert Note.objects.get().asked == "เหมือนกัน"


def test_the_same_words_twice_are_no_conflict(writer, meeting):
    for _ in range(2):
        answer = writer.post(url("note-save", meeting), typed(heard="ก"))
        assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_print_gives_one_page_with_the_words(writer, meeting):
    writer.post(url("note-save", meeting), typed(heard="จังหวัดเตือนฝนหนัก", asked=LINE))

    answer = writer.get(url("note-pdf", meeting))

    assert answer["Content-Type"] == "application/pdf"
    assert page_count(answer.content) == 1
    printed = "".join(text_lines(answer.content))
    assert "จังหวัดเตือนฝนหนัก" in printed


def test_what_is_too_long_waits_with_its_text_and_the_box_is_named(writer, meeting):
    long = "\n".join([LINE] * 17)
    writer.post(url("note-save", meeting), typed(asked=long))

    answer = writer.get(url("note-pdf", meeting))

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "ปุ ยาวไป 2 บรรทัด จึงยังไม่พอดีหนึ่งหน้า" in text
    assert text.count(LINE) == 17


def test_a_sign_that_cannot_be_printed_is_named(writer, meeting):
    writer.post(url("note-save", meeting), typed(heard="ดีมาก 😀"))

    answer = writer.get(url("note-pdf", meeting))

    assert answer.status_code == 422
    assert "พิมพ์ตัวอักษร “😀” ไม่ได้" in answer.content.decode()


def test_sharing_keeps_what_was_typed_and_shows_it_to_the_room(writer, meeting, client):
    answer = writer.post(
        url("note-share", meeting), typed(heard="แบ่งกันรู้", asked="ใคร"), follow=True
    )

    assert "แบ่งปันแล้ว" in answer.content.decode()
    note = Note.objects.get()
    assert (note.heard, note.is_shared) == ("แบ่งกันรู้", True)
    client.force_login(meeting.chair)
    assert str(note.writer) in client.get(url("notes", meeting)).content.decode()
    assert "แบ่งกันรู้" in client.get(note.get_absolute_url()).content.decode()
    assert "ใคร" in client.get(url("questions", meeting)).content.decode()


def test_an_empty_page_has_nothing_to_share(writer, meeting):
    answer = writer.post(url("note-share", meeting))

    assert answer.status_code == 422
    assert "โน้ตยังว่างอยู่" in answer.content.decode()


def test_taking_back_hides_it_again(writer, meeting):
    writer.post(url("note-share", meeting), typed(heard="ก"))

    writer.post(url("note-unshare", meeting), typed(version=1, heard="ก ข"))

    note = Note.objects.get()
    assert (note.is_shared, note.heard) == (False, "ก ข")


def test_what_is_asked_without_a_name_is_not_in_the_note_that_others_read(writer, client, meeting):
    by = acting(meeting.attendances.get().member)
    changes = {"asked": "ใครรับผิดชอบ", "heard": "ฝนหนัก", "asks_by_name": False}
    note = save_note(meeting, version=0, changes=changes, by=by)
    share_note(meeting, by=by)
    pages = [
        reverse(f"meetings:{name}", args=[meeting.pk, note.pk])
        for name in ("note-shared", "note-shared-pdf")
    ]
    own = writer.get(pages[0]).content.decode()
    assert "ใครรับผิดชอบ" in own

    client.force_login(meeting.chair)
    read, printed = (client.get(page) for page in pages)
    listed = client.get(url("notes", meeting)).content.decode()

    assert "ฝนหนัก" in read.content.decode()
    assert "ใครรับผิดชอบ" not in read.content.decode()
    assert "ใครรับผิดชอบ" not in "".join(text_lines(printed.content))
    assert "ถาม 1 ข้อ" not in listed
    assert "ใครรับผิดชอบ" in client.get(url("questions", meeting)).content.decode()


def test_a_shared_note_that_is_too_long_is_read_on_its_page(writer, meeting):
    long = "\n".join([LINE] * 17)
    writer.post(url("note-share", meeting), typed(asked=long))
    note = Note.objects.get()

    answer = writer.get(
        reverse("meetings:note-shared-pdf", args=[meeting.pk, note.pk]), follow=True
    )

    assert "ผู้เขียนต้องย่อก่อน" in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "x"},
        {"version": "-1"},
        {"version": "9" * 30},
        {"heard": "ก\x00ข\x1b"},
        {"task-0": "ก\x00", "rows": "abc"},
        {"who-0": "ก" * 9000},
        {"keep": "both"},
        {"heard": "\u202e\ud7ff\u200b"},
    ],
)
@pytest.mark.parametrize("name", ["note", "note-save", "note-fill", "note-share"])
def test_odd_input_is_no_accident(writer, meeting, name, fields):
    answer = writer.post(url(name, meeting), typed() | {"heard": "ก"} | fields)

    assert answer.status_code in {200, 302, 409, 422}


def test_far_too_much_is_refused_in_words_and_stays_on_the_page(writer, meeting):
    text = "ก" * 4_001

    answer = writer.post(url("note", meeting), typed(heard=text, asked="เก็บได้"))

    assert answer.status_code == 422
    assert "ยาวเกินไป 1 ตัวอักษร" in answer.content.decode()
    assert text in answer.content.decode()
    assert (Note.objects.get().heard, Note.objects.get().asked) == ("", "เก็บได้")


@pytest.mark.parametrize("name", ["notes", "questions"])
def test_long_lists_ask_no_more_questions(
    client, meeting, name, django_assert_max_num_queries, django_assert_num_queries
):
    client.force_login(meeting.chair)
    _share(meeting, 1)
    client.get(url(name, meeting))  # the first page of a session asks more
    with django_assert_max_num_queries(10) as counted:
        client.get(url(name, meeting))
    _share(meeting, 2)

    with django_assert_num_queries(len(counted)):
        client.get(url(name, meeting))


def _share(meeting: Meeting, count: int) -> None:
    for _ in range(count):
        by = acting(AttendanceFactory(meeting=meeting).member)
        save_note(meeting, version=0, changes={"asked": "ใคร"}, by=by)
        share_note(meeting, by=by)
