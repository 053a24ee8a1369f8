"""The letters an office person writes, waits for and follows; a new one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.models import Letter, LetterState, ResponseKind
from documents.tests.factories import (
    ArrivalFactory,
    DispatchFactory,
    LetterFactory,
    SentLetterFactory,
    refused_arrival,
)
from documents.tests.pages import at, own_queries
from members.models import Role
from members.tests.factories import GroupFactory, HoldingFactory

pytestmark = pytest.mark.django_db

SENT = reverse("documents:sent")
NEW = reverse("documents:letter-new")


# The list ---------------------------------------------------------------------------------------


def test_the_list_shows_how_far_each_letter_is(client, officer):
    letter = SentLetterFactory(
        owner_unit=officer.holding.post.unit,
        subject="สำรวจอาคารเรียน",
        response_kind=ResponseKind.TEXT,
        due_at=timezone.now() - timedelta(days=1),
    )
    ArrivalFactory(letter=letter)
    ArrivalFactory(letter=letter, state="received", response_state="answered", is_open=False)

    page = client.get(SENT).content.decode()

    assert "สำรวจอาคารเรียน" in page
    assert "ลงรับ <b>1</b>/2 · ตอบ <b>1</b>/2" in page
    assert "เกินกำหนด 1" in page


def test_whoever_sent_it_back_is_counted_apart_and_is_not_awaited(client, officer):
    letter = SentLetterFactory(owner_unit=officer.holding.post.unit)
    refused_arrival(letter=letter)
    DispatchFactory(letter=letter, total=3, made=3)
    for state in ("received", "waiting"):
        ArrivalFactory(letter=letter, state=state, dispatch=letter.dispatches.last())

    listed = client.get(SENT).content.decode()
    board = client.get(at("letter-board", letter)).content.decode()

    assert "ลงรับ <b>1</b>/2 · ส่งคืน <b>1</b>" in listed
    assert "<b>1</b><i>/2</i> <span>ลงรับแล้ว" in board
    assert "ยังไม่ลงรับ 1</li>" in board
    assert "3&nbsp;แห่ง" in board  # to so many it was sent


def test_the_list_shows_letters_on_their_way(client, officer):
    letter = SentLetterFactory(owner_unit=officer.holding.post.unit, state=LetterState.REGISTERED)
    DispatchFactory(letter=letter, total=36_000, made=12_000)

    page = client.get(SENT).content.decode()

    assert "กำลังส่ง" in page
    assert "<b>12,000</b>/36,000" in page


def test_each_tab_shows_its_letters_and_counts(client, officer):
    group = officer.holding.post.unit
    LetterFactory(owner_unit=group, subject="ร่างหนึ่ง")
    LetterFactory(
        owner_unit=group,
        subject="รอเลขหนึ่ง",
        state=LetterState.SUBMITTED,
        submitted_at=timezone.now(),
    )
    followed = SentLetterFactory(owner_unit=group, subject="ติดตามอยู่")
    ArrivalFactory(letter=followed)
    SentLetterFactory(owner_unit=group, subject="ครบแล้ว")
    LetterFactory(owner_unit=group, subject="ทิ้งไปแล้ว", state=LetterState.DISCARDED)

    other = GroupFactory(office=group.office)
    SentLetterFactory(owner_unit=other, subject="แต่งตั้งเวร", kind="order", audience_rule={})
    SentLetterFactory(owner_unit=other, subject="เวียนของกลุ่มอื่น")

    tabs = ("draft", "submitted", "following", "all", "published")
    pages = {tab: client.get(SENT, {"state": tab}) for tab in tabs}

    shown = {
        tab: {row["letter"].subject for row in page.context["rows"]} for tab, page in pages.items()
    }
    assert shown == {
        "draft": {"ร่างหนึ่ง"},
        "submitted": {"รอเลขหนึ่ง"},
        "following": {"ติดตามอยู่"},
        "all": {"ร่างหนึ่ง", "รอเลขหนึ่ง", "ติดตามอยู่", "ครบแล้ว"},
        "published": {"แต่งตั้งเวร"},
    }
    counts = [link["count"] for link in pages["all"].context["links"]]
    assert counts == ["1", "1", "1", None, None]


@pytest.mark.parametrize("words", ["๑๔๘๒", "ว 1482", "อุทกภัย"])
def test_the_list_finds_by_number_or_subject(client, officer, words):
    group = officer.holding.post.unit
    SentLetterFactory(
        owner_unit=group, subject="สำรวจอุทกภัย", number=1482, number_text="ศธ 04999/ว\u00a01482"
    )
    SentLetterFactory(owner_unit=group, subject="เรื่องอื่น", number=7)

    rows = client.get(SENT, {"q": words}).context["rows"]

    assert [row["letter"].subject for row in rows] == ["สำรวจอุทกภัย"]


def test_the_list_goes_on_where_the_page_ended(client, officer):
    group = officer.holding.post.unit
    for _ in range(32):
        ArrivalFactory(letter=SentLetterFactory(owner_unit=group))

    first = client.get(SENT)
    second = client.get(first.context["next_url"])

    seen = [row["letter"].pk for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 32
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_four_times_however_long_it_is(client, officer, count):
    for _ in range(count):
        ArrivalFactory(letter=SentLetterFactory(owner_unit=officer.holding.post.unit))

    assert len(own_queries(client, SENT)) == 4


def test_a_group_does_not_see_the_drafts_of_another(client, officer):
    office = officer.holding.post.unit.office
    own = LetterFactory(owner_unit=officer.holding.post.unit)
    other = LetterFactory(owner_unit=GroupFactory(office=office))

    assert client.get(at("letter-edit", own)).status_code == 200
    assert client.get(at("letter-edit", other)).status_code == 404


@pytest.mark.engine
@pytest.mark.parametrize("words", ["\x00", "๙" * 40, "%_\\'", "ก" * 3000])
def test_nonsense_in_the_search_finds_nothing(client, officer, words):
    assert client.get(SENT, {"q": words, "after": words, "state": words}).status_code == 200


# A new letter -----------------------------------------------------------------------------------


def test_a_new_letter_belongs_to_the_only_group_of_its_writer(client, officer):
    group = officer.holding.post.unit

    response = client.post(NEW, {"owner_unit": group.pk, "kind": "external"})

    letter = Letter.objects.get()
    assert response.url == at("letter-edit", letter)
    assert (letter.owner_unit, letter.kind, letter.drafter) == (group, "external", officer.member)


def test_whoever_has_two_groups_chooses_between_them(client, officer):
    second = GroupFactory(office=officer.holding.post.unit.office)
    HoldingFactory(member=officer.member, role=Role.OFFICER, unit=second)
    foreign = GroupFactory(office=second.office)

    page = client.get(NEW)
    refused = client.post(NEW, {"owner_unit": foreign.pk, "kind": "circular"})
    client.post(NEW, {"owner_unit": second.pk, "kind": "circular"})

    assert page.context["is_choice"]
    assert refused.status_code == 422
    assert [letter.owner_unit for letter in Letter.objects.all()] == [second]
