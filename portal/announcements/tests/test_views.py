"""The pages of announcements."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from members.models import Role
from members.tests.factories import HoldingFactory
from portal.announcements.models import Announcement, AnnouncementState, Visibility
from portal.announcements.tests.factories import AnnouncementFactory, published
from portal.files.services import files_of
from portal.files.tests.factories import pdf_bytes

pytestmark = pytest.mark.django_db
WORDS = {"title": "ปิดระบบ", "text": "<p>วันเสาร์</p>", "visibility": "recipients", "version": 1}


@pytest.fixture
def officer(client, world):
    client.force_login(world.members["officer"])
    return world.members["officer"]


@pytest.fixture
def draft(world, officer):
    return AnnouncementFactory(
        unit=world.group, author=officer, audience_rule={"units": [world.school.pk]}
    )


def sent(world, **given):
    return published(unit=world.group, author=world.members["officer"], to=[world.school], **given)


def test_a_visitor_reads_news_and_signs_in_for_the_rest(client, world):
    news, inside = sent(world, visibility=Visibility.PUBLIC), sent(world)

    page = client.get("/announcements/").content.decode()

    assert news.title in page
    assert inside.title not in page
    assert client.get(news.get_absolute_url()).status_code == 200
    answer = client.get(inside.get_absolute_url())
    assert answer["Location"].endswith(f"?next={inside.get_absolute_url()}")


def test_hostile_text_that_stands_in_the_table_is_clean_on_the_page(client, world):
    one = sent(world, visibility=Visibility.PUBLIC)
    Announcement.objects.filter(pk=one.pk).update(text="<p onclick=x>ก<script>1</script></p>")

    page = client.get(one.get_absolute_url()).content.decode()

    assert "<p>ก</p>" in page
    assert "onclick" not in page


@pytest.mark.parametrize("tab", ["", "?tab=wait", "?tab=own", "?tab=own&state=draft"])
def test_the_list_asks_as_often_for_three_rows_as_for_one(
    tab, client, world, officer, django_assert_max_num_queries
):
    counts = []
    person = officer if "own" in tab else world.members["teacher"]
    client.force_login(person)
    for _round in range(2):
        for _each in range(2 * _round + 1):
            sent(world, needs_acknowledgement=True)
            AnnouncementFactory(unit=world.group, author=officer)
        client.get(f"/announcements/{tab}")
        with django_assert_max_num_queries(8) as asked:
            client.get(f"/announcements/{tab}")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_long_list_goes_on_where_the_page_ended(client, world):
    ones = [sent(world) for _each in range(31)]
    client.force_login(world.members["teacher"])

    first = client.get("/announcements/")
    second = client.get(first.context["next_url"])

    shown = [*first.context["page"].items, *second.context["page"].items]
    assert [one.pk for one in shown] == [one.pk for one in reversed(ones)]


def test_writing_takes_the_way_from_the_first_word_to_the_recipients(client, world, officer):
    page = client.get("/announcements/new/")
    answer = client.post(
        "/announcements/new/", WORDS | {"key": page.context["form"]["key"].value()}
    )
    draft = Announcement.objects.get()
    assert answer["Location"] == f"/announcements/{draft.pk}/audience/"

    client.post(f"/announcements/{draft.pk}/audience/", {"to-units": [world.school.pk]})
    confirmed = client.post(f"/announcements/{draft.pk}/confirm/", WORDS | {"version": 1})
    assert "ส่งถึง 3 คน" in confirmed.content.decode()
    client.post(
        f"/announcements/{draft.pk}/publish/",
        {"snapshot": confirmed.context["snapshot"].pk, "key": confirmed.context["key"]},
    )

    draft.refresh_from_db()
    assert draft.state == AnnouncementState.PUBLISHED


def test_who_has_no_recipients_to_choose_goes_on_to_the_draft(client, world, officer):
    client.post("/announcements/new/", WORDS | {"visibility": "public"})
    news = Announcement.objects.get()
    client.force_login(world.members["school-clerk"])
    page = client.get("/announcements/new/").content.decode()
    answer = client.post("/announcements/new/", WORDS | {"unit": world.school.pk})
    own = Announcement.objects.exclude(pk=news.pk).get()

    assert "เลือกผู้รับ" not in page
    assert answer["Location"] == f"/announcements/{own.pk}/edit/"


def test_a_draft_that_lacks_something_says_so_and_keeps_what_was_typed(client, draft):
    answer = client.post(f"/announcements/{draft.pk}/confirm/", WORDS | {"text": ""})

    assert answer.status_code == 422
    assert "เขียนข้อความ" in answer.content.decode()
    assert 'value="ปิดระบบ"' in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "ก" * 201},
        {"title": ""},
        {"text": "ก" * 200_001},
        {"visibility": "everybody"},
        {"from_on": "30 ก.พ. 2569"},
        {"until_on": "1 ม.ค. 2560"},
        {"version": "x"},
        {"version": "99999999999999999999"},
    ],
)
def test_what_cannot_be_is_answered_in_a_sentence(wrong, client, draft):
    answer = client.post(f"/announcements/{draft.pk}/edit/", WORDS | wrong)

    assert answer.status_code == 422


@pytest.mark.parametrize("snapshot", ["", "x", "0", "99999999999", "9" * 30])
def test_a_made_up_confirmation_publishes_nothing(snapshot, client, draft):
    answer = client.post(
        f"/announcements/{draft.pk}/publish/",
        {"snapshot": snapshot, "key": "4f2f5d2e-8d0e-4a6e-9a53-0f6f3c2a8a11"},
    )

    assert answer.status_code in {302, 404}
    draft.refresh_from_db()
    assert draft.is_draft


def test_who_saved_second_sees_what_they_typed_and_may_save_over(client, draft):
    client.post(f"/announcements/{draft.pk}/edit/", WORDS | {"title": "ของเขา"})

    answer = client.post(f"/announcements/{draft.pk}/edit/", WORDS | {"title": "ของฉัน"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="ของฉัน"' in page
    client.post(f"/announcements/{draft.pk}/edit/", WORDS | {"title": "ของฉัน", "version": 2})

    draft.refresh_from_db()
    assert draft.title == "ของฉัน"


def test_a_file_is_attached_with_what_was_typed_and_read_by_the_recipients(client, world, draft):
    given = SimpleUploadedFile("กำหนดการ.pdf", pdf_bytes(1), "application/pdf")
    client.post(f"/announcements/{draft.pk}/files/", WORDS | {"attachment": given})
    use = files_of(draft)[0]

    assert client.get(use.url).getvalue().startswith(b"%PDF")
    client.force_login(world.members["teacher"])
    assert client.get(use.url).status_code == 404

    draft.refresh_from_db()
    assert draft.title == "ปิดระบบ"


def test_a_file_that_is_none_is_refused_in_a_sentence(client, draft):
    given = SimpleUploadedFile("a.pdf", b"MZ not a pdf", "application/pdf")

    answer = client.post(f"/announcements/{draft.pk}/files/", WORDS | {"attachment": given})

    assert answer.status_code == 422
    assert "a.pdf" in answer.content.decode()


def test_a_member_acknowledges_and_the_writer_sees_who_does_not_know(client, world, officer):
    one = sent(world, needs_acknowledgement=True)
    client.force_login(world.members["teacher"])
    assert "รับทราบ" in client.get(one.get_absolute_url()).content.decode()
    for _time in range(2):
        client.post(f"{one.get_absolute_url()}acknowledge/")

    client.force_login(officer)
    missing = client.get(f"{one.get_absolute_url()}acknowledgements/")
    known = client.get(f"{one.get_absolute_url()}acknowledgements/?show=known")

    assert {row[0] for row in missing.context["rows"]} == {
        world.members["school-clerk"],
        world.members["school-director"],
    }
    assert [row[0] for row in known.context["rows"]] == [world.members["teacher"]]
    assert known.context["counts"] == {"total": 3, "known": 1, "missing": 2}


def test_the_list_of_names_asks_as_often_for_many_as_for_few(
    client, world, officer, django_assert_max_num_queries
):
    one = sent(world, needs_acknowledgement=True)
    counts = []
    client.get(f"{one.get_absolute_url()}acknowledgements/")
    for people in (0, 5):
        for _each in range(people):
            HoldingFactory(role=Role.TEACHER, unit=world.school)
        with django_assert_max_num_queries(16) as asked:
            client.get(f"{one.get_absolute_url()}acknowledgements/")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_withdrawing_needs_a_reason_and_takes_it_from_the_recipients(client, world, officer):
    one = sent(world)
    assert client.post(f"{one.get_absolute_url()}withdraw/").status_code == 422

    client.post(f"{one.get_absolute_url()}withdraw/", {"reason": "ลงวันผิด"})

    page = client.get(one.get_absolute_url()).content.decode()
    assert "ลงวันผิด" in page
    client.force_login(world.members["teacher"])
    assert client.get(one.get_absolute_url()).status_code == 404


def test_a_draft_thrown_away_is_offered_back(client, draft):
    page = client.post(f"/announcements/{draft.pk}/discard/", follow=True).content.decode()
    assert f"/announcements/{draft.pk}/restore/" in page

    client.post(f"/announcements/{draft.pk}/restore/")

    draft.refresh_from_db()
    assert draft.is_draft


def test_publishing_again_from_a_second_window_says_that_it_was_done(client, world, officer):
    draft = AnnouncementFactory(
        unit=world.group, author=officer, audience_rule={"units": [world.school.pk]}
    )
    pages = [client.post(f"/announcements/{draft.pk}/confirm/", WORDS) for _window in range(2)]
    said = [{"snapshot": page.context["snapshot"].pk, "key": page.context["key"]} for page in pages]

    client.post(f"/announcements/{draft.pk}/publish/", said[0])
    page = client.post(f"/announcements/{draft.pk}/publish/", said[1], follow=True)

    assert "จึงไม่ได้เผยแพร่ซ้ำ" in page.content.decode()
