"""The draft's page in Chromium: it saves by itself and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from documents.models import Letter
from documents.tests.factories import LetterFactory, officer_of
from members.tests.factories import GroupFactory, SchoolFactory
from portal.papers.tests.factories import text_lines

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEPT = "สัญญาณขาด สิ่งที่พิมพ์ยังอยู่ในเครื่อง จะส่งเองเมื่อมีสัญญาณ"


@pytest.fixture
def draft() -> Letter:
    """A draft of a group whose officer signs in as `writer`."""
    group = GroupFactory()
    SchoolFactory(office=group.office)
    member = officer_of(group).member
    member.username = "writer"
    member.save(update_fields=["username"])
    return LetterFactory(owner_unit=group, drafter=member)


def page_of(letter: Letter) -> str:
    return reverse("documents:letter-edit", args=[letter.pk])


def saved(page: Any, words: str) -> None:
    page.wait_for_function(
        "words => document.querySelector('[data-saved]').textContent.includes(words)", arg=words
    )


def has_a_due_day(answer: Any) -> bool:
    """Answer whether this is the save that carries the day of a button."""
    return answer.url.endswith("/save/") and bool(answer.request.post_data_json["due_on"])


def everything_saved(page: Any) -> None:
    """Wait until no copy of what was typed lies in the browser: the server has it all."""
    page.wait_for_function("() => !localStorage.length")


def test_a_draft_saves_by_itself_and_adds_rows_without_a_new_page(
    phone, live_server, sign_in, axe, draft
):
    sign_in(phone, "writer")
    phone.goto(live_server.url + page_of(draft))
    axe(phone)

    phone.fill("[name=subject]", "สำรวจเครื่องกรองน้ำ")
    phone.check("[name=response_kind][value=form]")
    phone.click("#q-add")
    phone.wait_for_selector("#q-0-label:focus")
    phone.keyboard.type("จำนวนเครื่อง")
    with phone.expect_response(has_a_due_day):
        phone.click("[data-fill-due] >> nth=2")
    saved(phone, "บันทึกร่างแล้ว")
    everything_saved(phone)

    letter = Letter.objects.get(pk=draft.pk)
    assert letter.subject == "สำรวจเครื่องกรองน้ำ"
    assert [question["label"] for question in letter.questions] == ["จำนวนเครื่อง"]
    assert letter.due_at is not None
    axe(phone)


def test_a_lost_line_keeps_the_text_and_sends_it_later(desktop, live_server, sign_in, draft):
    desktop.watch.expect("ERR_INTERNET_DISCONNECTED")
    sign_in(desktop, "writer")
    desktop.goto(live_server.url + page_of(draft))

    desktop.context.set_offline(True)
    desktop.fill("[name=signer_name]", "นางสาวฝน ตกหนัก")
    saved(desktop, KEPT)
    kept = desktop.evaluate("() => Object.values(localStorage).join()")
    before = Letter.objects.get(pk=draft.pk).signer_name
    desktop.context.set_offline(False)
    saved(desktop, "บันทึกร่างแล้ว")

    assert "ตกหนัก" in kept
    assert before == draft.signer_name
    assert Letter.objects.get(pk=draft.pk).signer_name == "นางสาวฝน ตกหนัก"


def test_a_lost_session_keeps_the_text_until_the_page_is_opened_again(
    desktop, live_server, sign_in, draft
):
    sign_in(desktop, "writer")
    desktop.goto(live_server.url + page_of(draft))
    cookies = desktop.context.cookies()

    desktop.context.clear_cookies()
    desktop.fill("[name=addressee]", "ผู้อำนวยการโรงเรียนริมทะเลสาบ")
    saved(desktop, "สิ่งที่พิมพ์ยังอยู่ในเครื่อง")
    desktop.context.add_cookies(cookies)
    desktop.reload()
    saved(desktop, "บันทึกร่างแล้ว")

    assert desktop.input_value("[name=addressee]") == "ผู้อำนวยการโรงเรียนริมทะเลสาบ"
    everything_saved(desktop)
    assert Letter.objects.get(pk=draft.pk).addressee == "ผู้อำนวยการโรงเรียนริมทะเลสาบ"


def test_two_tabs_choose_between_both_versions(desktop, live_server, sign_in, axe, draft):
    sign_in(desktop, "writer")
    desktop.goto(live_server.url + page_of(draft))
    Letter.objects.filter(pk=draft.pk).update(subject="ของเขา", version=7)

    desktop.fill("[name=subject]", "ของฉัน")
    desktop.click("[data-show-both]")
    desktop.wait_for_selector("[name=keep-subject]")
    axe(desktop)
    unchanged = Letter.objects.get(pk=draft.pk).subject
    desktop.check("[name=keep-subject][value=mine]")
    desktop.click("text=บันทึกตามที่เลือก")
    desktop.wait_for_selector("form[data-draft]")

    assert unchanged == "ของเขา"
    assert Letter.objects.get(pk=draft.pk).subject == "ของฉัน"
    assert desktop.evaluate("() => Object.keys(localStorage).length") == 0


def test_the_preview_shows_what_was_typed_or_does_not_open(desktop, live_server, sign_in, draft):
    """While a row is being added nothing is saved: the preview would show an older text."""
    sign_in(desktop, "writer")
    desktop.goto(live_server.url + page_of(draft))
    desktop.check("[name=main_source][value=typed]")
    desktop.check("[name=response_kind][value=form]")
    preview = reverse("documents:letter-preview", args=[draft.pk])
    held: list[Any] = []
    desktop.route("**/edit/", lambda route: held.append(route))
    with desktop.expect_request("**/edit/"):
        desktop.click("#q-add")

    desktop.fill("[name=body]", "ข้อความที่พิมพ์ระหว่างรอ")
    desktop.click("text=ดูตัวอย่าง PDF")
    saved(desktop, "เสร็จแล้วกดอีกครั้ง")
    windows = len(desktop.context.pages)
    held[0].continue_()
    desktop.wait_for_selector("#q-0-label:focus")
    with desktop.context.expect_event("request", lambda asked: asked.url.endswith(preview)):
        desktop.click("text=ดูตัวอย่าง PDF")

    shown = desktop.request.get(live_server.url + preview)
    assert windows == 1
    assert any("ข้อความที่พิมพ์ระหว่างรอ" in line for line in text_lines(shown.body()))


def test_without_scripts_the_buttons_do_the_same(open_window, live_server, sign_in, draft):
    page = open_window(390, java_script_enabled=False)
    sign_in(page, "writer")
    page.goto(live_server.url + page_of(draft))

    page.fill("[name=subject]", "ไม่ใช้สคริปต์")
    page.check("[name=response_kind][value=form]")
    page.click("#q-add")
    page.fill("#q-0-label", "ข้อหนึ่ง")
    with page.expect_navigation():
        page.click("#draft > .buttons >> text=บันทึกร่าง")

    letter = Letter.objects.get(pk=draft.pk)
    assert letter.subject == "ไม่ใช้สคริปต์"
    assert [question["label"] for question in letter.questions] == ["ข้อหนึ่ง"]


def test_signing_out_leaves_no_text_behind(desktop, live_server, sign_in, draft):
    sign_in(desktop, "writer")
    desktop.goto(live_server.url + page_of(draft))
    desktop.evaluate("() => localStorage.setItem('draft:1:1', 'ลับ')")
    assert desktop.evaluate("() => localStorage.length") == 1

    desktop.click(".person > summary")
    with desktop.expect_navigation():
        desktop.click(".person >> text=ออกจากระบบ")

    assert desktop.evaluate("() => localStorage.length") == 0
