"""Recipients, handing in, confirmation, number and send in the browser."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from documents.models import Dispatch, Letter, LetterState, RegisterEntry
from documents.services.drafting import MAIN, attach_main
from documents.tests.factories import LetterFactory, officer_of, registrar_of
from documents.tests.pages import at, browser_of, typed
from members.models import AudienceSnapshot, Role
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.services import files_of, store_bytes
from portal.files.tests.factories import pdf_bytes
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db


# Recipients, handing in, throwing away ----------------------------------------------------------


def test_recipients_are_chosen_and_saved(client, draft):
    url = at("letter-audience", draft)

    looked = client.post(url, {"to-look": "count"})
    empty = client.post(url, {})
    chosen = client.post(url, {"to-all_schools": "on"})

    assert (looked.status_code, empty.status_code) == (200, 422)
    assert chosen.url == f"{at('letter-edit', draft)}#recipients"
    assert Letter.objects.get().audience_rule == {"all_schools": True}


def test_a_complete_draft_goes_to_the_registrar(client, draft):
    response = client.post(at("letter-submit", draft), typed(draft, subject="แก้ก่อนเสนอ"))

    draft.refresh_from_db()
    assert response.url == draft.get_absolute_url()
    assert (draft.state, draft.subject) == (LetterState.SUBMITTED, "แก้ก่อนเสนอ")
    assert "รอสารบรรณออกเลข" in client.get(response.url).content.decode()


def test_an_incomplete_draft_says_what_it_lacks(client, draft):
    response = client.post(
        at("letter-submit", draft), typed(draft, signer_name="", subject="ขาดผู้ลงนาม")
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "ยังขาด: ใส่ชื่อผู้ลงนาม" in page
    assert "ขาดผู้ลงนาม" in page
    assert Letter.objects.get().state == LetterState.DRAFT


def test_the_registrar_gives_a_letter_back_with_the_reason(client, officer, draft):
    client.post(at("letter-submit", draft))
    desk = browser_of(registrar_of(draft.office))

    silent = desk.post(at("letter-return", draft), {"reason": " "})
    desk.post(at("letter-return", draft), {"reason": "แก้คำผิดในเรื่อง"})

    draft.refresh_from_db()
    assert silent.status_code == 422
    assert draft.is_draft
    assert "แก้คำผิดในเรื่อง" in client.get(at("letter-edit", draft)).content.decode()


def test_a_draft_thrown_away_comes_back_from_the_message(client, draft):
    response = client.post(at("letter-discard", draft), follow=True)
    page = response.content.decode()
    gone = Letter.objects.get().state
    client.post(at("letter-restore", draft))

    assert f'action="{at("letter-restore", draft)}"' in page
    assert gone == LetterState.DISCARDED
    assert Letter.objects.get().is_draft


# Number and send --------------------------------------------------------------------------------


def test_the_registrar_sees_whom_it_reaches_and_sends_once(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(state=LetterState.SUBMITTED, submitted_at=timezone.now())

    page = desk.post(at("letter-confirm", draft))
    form = {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])}
    first = desk.post(at("letter-send", draft), form, follow=True)
    again = desk.post(at("letter-send", draft), form)

    words = page.content.decode()
    assert "ส่งถึง 2 โรงเรียน ออกเลขถัดไปของทะเบียนส่ง หนังสือเวียน (ว) ทันที" in words
    assert [(one.name, one.count) for one in page.context["folded"]] == [("อำเภอริมน้ำ", 2)]
    sent = Letter.objects.get()
    assert f"ส่งแล้ว ที่ {sent.number_text}" in first.content.decode()
    assert again.url == at("letter-board", draft)
    assert RegisterEntry.objects.count() == Dispatch.objects.count() == 1
    assert OutboxMessage.objects.filter(topic="documents.make_arrivals").count() == 1


def test_the_back_button_after_sending_makes_no_second_letter(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(state=LetterState.SUBMITTED, submitted_at=timezone.now())
    pages = [desk.post(at("letter-confirm", draft)) for _ in range(2)]
    forms = [
        {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])} for page in pages
    ]

    answers = [desk.post(at("letter-send", draft), form) for form in forms]
    back = desk.get(at("letter-confirm", draft))
    confirmed_again = desk.post(at("letter-confirm", draft))

    assert [answer.url for answer in answers] == [at("letter-board", draft)] * 2
    assert back.url == draft.get_absolute_url()
    assert confirmed_again.url == at("letter-board", draft)
    assert RegisterEntry.objects.count() == 1


def test_a_retry_after_a_lost_answer_is_told_the_number_though_a_school_was_opened(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(state=LetterState.SUBMITTED, submitted_at=timezone.now())
    page = desk.post(at("letter-confirm", draft))
    form = {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])}
    desk.post(at("letter-send", draft), form)
    SchoolFactory(office=draft.office, name="โรงเรียนเปิดใหม่")

    again = desk.post(at("letter-send", draft), form, follow=True)

    assert f"ส่งแล้ว ที่ {Letter.objects.get().number_text}" in again.content.decode()
    assert RegisterEntry.objects.count() == 1


def test_recipients_that_moved_are_confirmed_again(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(state=LetterState.SUBMITTED, submitted_at=timezone.now())
    page = desk.post(at("letter-confirm", draft))
    SchoolFactory(office=draft.office, name="โรงเรียนเปิดใหม่")

    response = desk.post(
        at("letter-send", draft),
        {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])},
    )

    assert response.status_code == 409
    assert "รายชื่อผู้รับเปลี่ยนจาก 2 เป็น 3" in response.content.decode()
    assert response.context["snapshot"].total == 3
    assert RegisterEntry.objects.count() == 0


def test_a_letter_without_recipients_is_not_confirmed(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(
        state=LetterState.SUBMITTED,
        submitted_at=timezone.now(),
        audience_rule={"districts": [99_999]},
    )

    response = desk.post(at("letter-confirm", draft))

    assert response.status_code == 422
    assert "ยังไม่มีผู้รับ" in response.content.decode()
    assert AudienceSnapshot.objects.count() == 0


def test_a_group_that_issues_its_own_numbers_sends_from_the_draft(client, officer):
    office = OfficeFactory()
    group = GroupFactory(office=office, can_issue_numbers=True, letter_code="ศธ 04999.2")
    HoldingFactory(member=officer.member, role=Role.GROUP_CLERK, unit=group)
    SchoolFactory(office=office)
    draft = LetterFactory(owner_unit=group)

    page = client.post(at("letter-confirm", draft), typed(draft, subject="ส่งเอง"))
    client.post(
        at("letter-send", draft),
        {"snapshot": page.context["snapshot"].pk, "key": str(uuid4())},
    )

    sent = Letter.objects.get(pk=draft.pk)
    assert (sent.subject, sent.number) == ("ส่งเอง", 1)
    assert RegisterEntry.objects.get().book.unit == group


def test_a_pdf_from_before_the_letter_was_typed_does_not_go_out(draft):
    desk = browser_of(registrar_of(draft.office))
    stored = store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF)
    attach_main(draft, stored=stored, name="เก่า.pdf", by=officer_of(draft.owner_unit))
    Letter.objects.update(
        state=LetterState.SUBMITTED, submitted_at=timezone.now(), main_source="typed"
    )
    page = desk.post(at("letter-confirm", draft))

    desk.post(
        at("letter-send", draft),
        {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])},
    )

    assert files_of(draft, MAIN) == []


def test_a_stranger_finds_none_of_it(draft):
    stranger = Client()
    stranger.force_login(MemberFactory())
    names = ("letter-edit", "letter-audience", "letter-preview", "letter-board", "letter-confirm")

    assert {name: stranger.get(at(name, draft)).status_code for name in names} == dict.fromkeys(
        names, 404
    )
