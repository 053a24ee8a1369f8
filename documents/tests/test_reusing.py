"""Last year's letter as a draft, the same letter twice, and recipients it may not reach."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from documents.models import Letter, LetterKind, LetterState, ResponseKind
from documents.services.doubling import SeemsSent
from documents.services.recalling import recall_letter
from documents.services.registering import series_of
from documents.services.reserving import reserve_number
from documents.services.reusing import old_years, reuse_letter
from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import (
    NUMBER_QUESTION,
    LetterFactory,
    SentLetterFactory,
    clerk_of,
    officer_of,
    registrar_of,
    send,
    with_pdf,
)
from documents.tests.pages import at, browser_of
from members.models import Role, Unit
from members.tests.factories import GroupFactory, HoldingFactory, SchoolFactory
from portal.core import clock
from portal.core.errors import DomainError
from portal.files.services import files_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return SchoolFactory(name="โรงเรียนบ้านต้นสน", phone="074 123 456").office


@pytest.fixture
def officer(office):
    return officer_of(GroupFactory(office=office))


@pytest.fixture
def registrar(office):
    return registrar_of(office)


@pytest.fixture
def old(officer):
    """A letter of an earlier year with a form, a deadline and two enclosures."""
    letter = SentLetterFactory(
        owner_unit=officer.holding.post.unit,
        subject="สำรวจอาคารเรียน ปี ๒๕๖๘",
        body="ประจำปี 2568 และ 2569",
        response_kind=ResponseKind.FORM,
        questions=[NUMBER_QUESTION],
        due_at=clock.db_now() - timedelta(days=365),
    )
    with_pdf(letter)
    with_pdf(letter, role="enclosure", name="แบบ.pdf")
    return with_pdf(letter, role="enclosure", name="ตัวอย่าง.pdf")


# Used again ---------------------------------------------------------------------------------------


def test_a_draft_takes_over_text_form_and_rule_but_no_number_date_or_deadline(old, officer):
    [form, _] = files_of(old, "enclosure")

    draft = reuse_letter(old, unit=old.owner_unit, files=[str(form.public_id)], by=officer)

    assert (draft.state, draft.copied_from) == (LetterState.DRAFT, old)
    for name in ("kind", "subject", "body", "questions", "response_kind", "line_do"):
        assert getattr(draft, name) == getattr(old, name)
    assert draft.audience_rule == {"all_schools": True}
    assert (draft.number, draft.dated_on, draft.due_at) == (None, None, None)
    assert [use.name for use in files_of(draft)] == ["แบบ.pdf"]
    assert files_of(draft)[0].stored == form.stored


def test_years_that_are_over_are_named(old, clock):
    clock(2026, 11, 20, 9, 0)

    assert old_years(old) == ["2568"]
    assert old_years(SentLetterFactory(subject="ปี 2569 และ 2570 เลขที่ 12568")) == []


def test_the_pages_lead_from_the_list_to_the_draft_and_warn(old, officer):
    window = browser_of(officer)
    listed = window.get(reverse("documents:sent", query={"q": "สำรวจอาคาร"})).content.decode()
    assert at("letter-reuse", old) in listed
    asked = window.get(at("letter-reuse", old)).content.decode()
    assert "เดิม" in asked
    assert "แบบ.pdf" in asked

    answer = window.post(at("letter-reuse", old), {"key": uuid4(), "unit": old.owner_unit_id})

    draft = Letter.objects.get(copied_from=old)
    assert (answer.status_code, answer.url) == (302, at("letter-edit", draft))
    shown = window.get(answer.url).content.decode()
    assert f'ร่างจาก <a href="{old.get_absolute_url()}">' in shown
    assert "กำหนดเดิม" in shown
    assert "ในข้อความยังมีปี 2568" in shown


def test_the_same_form_twice_is_one_draft_and_a_draft_is_no_model(old, officer):
    key = uuid4()
    unit = old.owner_unit
    drafts = {reuse_letter(old, unit=unit, key=key, by=officer).pk for _ in range(2)}

    assert len(drafts) == 1
    with pytest.raises(DomainError):
        reuse_letter(LetterFactory(owner_unit=unit), unit=unit, by=officer)


# The same letter twice ----------------------------------------------------------------------------


def twins(officer, count=2, **fields):
    return [
        LetterFactory(owner_unit=officer.holding.post.unit, subject="ขอเชิญประชุม", **fields)
        for _ in range(count)
    ]


def test_the_same_subject_to_the_same_recipients_asks_first(officer, registrar, settings):
    first, second = twins(officer)
    sent = send(first, by=registrar)

    with pytest.raises(SeemsSent) as caught:
        send(second, by=registrar)

    assert caught.value.earlier == sent
    assert Letter.objects.get(pk=second.pk).state == LetterState.DRAFT
    snapshot = prepare_sending(second, by=registrar)
    again = register_letter(second, snapshot=snapshot, key=uuid4(), again=sent.pk, by=registrar)
    assert again.number == sent.number + 1
    settings.CLOCK_SHIFT_SECONDS = 61
    [third] = twins(officer, 1)
    assert send(third, by=registrar).number == sent.number + 2


def test_other_recipients_other_subjects_and_recalled_letters_are_no_twins(
    office, officer, registrar
):
    first, second, third = twins(officer, 3)
    sent = send(first, by=registrar)
    other = SchoolFactory(office=office)
    Letter.objects.filter(pk=second.pk).update(audience_rule={"units": [other.pk]})
    second.refresh_from_db()
    third.audience_rule = {"units": [first.arrivals.first().unit_id]}
    third.save(update_fields=["audience_rule"])

    assert send(second, by=registrar).number == 2
    recall_letter(sent, reason="ผิด", key=uuid4(), by=registrar)
    assert send(third, by=registrar).number == 3


def test_a_letter_of_another_kind_is_no_twin(officer, registrar):
    first, second = twins(officer)
    Letter.objects.filter(pk=second.pk).update(kind=LetterKind.SEALED)
    send(first, by=registrar)

    assert send(Letter.objects.get(pk=second.pk), by=registrar).is_sent


def test_asked_again_the_page_keeps_the_reserved_number(officer, registrar):
    first, second = twins(officer)
    Letter.objects.filter(pk__in=[first.pk, second.pk]).update(state=LetterState.SUBMITTED)
    office = registrar.holding.post.unit
    series, day = series_of(first.kind, office), clock.today()
    kept = [
        reserve_number(office, series, purpose="ค", expires_on=day, key=uuid4(), by=registrar)
        for _ in range(2)
    ]

    def press(letter, **more):
        snapshot = prepare_sending(Letter.objects.get(pk=letter.pk), by=registrar)
        body = {"snapshot": snapshot.pk, "key": uuid4(), **more}
        return browser_of(registrar).post(at("letter-send", letter), body)

    assert press(first).status_code == 302
    asked = press(second, reserved=kept[1].pk).content.decode()

    assert f'name="reserved" value="{kept[1].pk}" checked' in asked
    assert asked.count('name="reserved"') == 3
    assert asked.count(" checked>") == 1
    press(second, reserved=kept[1].pk, again=first.pk)
    assert Letter.objects.get(pk=second.pk).number == kept[1].number


def test_the_page_asks_and_the_second_press_sends(officer, registrar):
    first, second = twins(officer)
    for letter in (first, second):
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.SUBMITTED)
    window = browser_of(registrar)

    def press(letter, **more):
        snapshot = prepare_sending(Letter.objects.get(pk=letter.pk), by=registrar)
        body = {"snapshot": snapshot.pk, "key": uuid4(), **more}
        return window.post(at("letter-send", letter), body)

    assert press(first).status_code == 302
    asked = press(second)

    assert asked.status_code == 409
    words = asked.content.decode()
    assert "ยืนยันส่งอีกฉบับ" in words
    assert f'name="again" value="{first.pk}"' in words
    assert press(second, again=first.pk).status_code == 302


# Whom it may not reach ----------------------------------------------------------------------------


def test_addressing_names_schools_without_a_desk_with_their_number(office, officer, registrar):
    reached = SchoolFactory(office=office, name="โรงเรียนวัดป่าเรไร", phone="074 999 999")
    for role in (Role.SCHOOL_CLERK, Role.SCHOOL_DIRECTOR):
        HoldingFactory(role=role, unit=reached, member__last_login=clock.db_now())
    draft = LetterFactory(owner_unit=officer.holding.post.unit)
    pages = [
        browser_of(officer).get(at("letter-audience", draft)),
        browser_of(officer).get(at("letter-quiet", draft)),
    ]
    Letter.objects.filter(pk=draft.pk).update(state=LetterState.SUBMITTED)
    pages.append(browser_of(registrar).post(at("letter-confirm", draft)))

    for page in pages:
        words = page.content.decode()
        assert page.status_code == 200
        assert "ไม่มีธุรการ" in words
        assert "tel:074123456" in words
        assert "074 999 999" not in words


def test_the_list_is_searched_by_name(office, officer):
    SchoolFactory(office=office, name="โรงเรียนวัดป่าเรไร")
    draft = LetterFactory(owner_unit=officer.holding.post.unit)
    window = browser_of(officer)

    found = window.get(at("letter-quiet", draft, q="ป่าเรไร")).content.decode()

    assert "วัดป่าเรไร" in found
    assert "บ้านต้นสน" not in found
    assert "ไม่พบ" in window.get(at("letter-quiet", draft, q="ไม่มีชื่อนี้")).content.decode()


def test_a_persons_clerk_is_not_asked_for(office, officer):
    teacher = clerk_of(SchoolFactory(office=office))
    draft = LetterFactory(
        owner_unit=officer.holding.post.unit, audience_rule={"members": [teacher.member.pk]}
    )

    words = browser_of(officer).get(at("letter-audience", draft)).content.decode()

    assert "อาจไม่มีคนรับ" not in words


def test_a_school_is_told_of_other_schools_only_and_nothing_of_their_sign_ins(office):
    clerk = clerk_of(SchoolFactory(office=office))
    quiet = SchoolFactory(office=office, name="โรงเรียนวัดป่าเรไร", phone="074 123 777")
    Unit.objects.filter(pk=office.pk).update(phone="074 111 222")
    draft = LetterFactory(
        owner_unit=clerk.holding.post.unit, office=office, origin="school",
        kind=LetterKind.EXTERNAL, audience_rule={"units": [office.pk, quiet.pk]},
    )  # fmt: skip
    window = browser_of(clerk)
    place = at("letter-quiet", draft)
    pages = [
        window.get(at("letter-audience", draft)),
        window.post(at("letter-confirm", draft)),
        window.get(place),
    ]

    for page in pages:
        words = page.content.decode()
        shown = words[words.rindex("อาจไม่มีคนรับ") :]
        assert page.status_code == 200
        assert "tel:074123777" in shown
        assert "tel:074111222" not in shown
        assert "เข้าระบบ" not in shown
        assert "อาจยังไม่มีผู้เปิดอ่าน" in shown
    assert place in pages[0].content.decode()
    assert place in pages[1].content.decode()


def test_what_stays_inside_a_school_warns_of_nobody(office):
    clerk = clerk_of(SchoolFactory(office=office))
    school = clerk.holding.post.unit
    draft = LetterFactory(
        owner_unit=school, office=office, origin="school", kind=LetterKind.ORDER,
        audience_rule={"units": [school.pk]},
    )  # fmt: skip

    words = browser_of(clerk).post(at("letter-confirm", draft)).content.decode()

    assert "ออกเลขและส่ง" in words
    assert "อาจไม่มีคนรับ" not in words
