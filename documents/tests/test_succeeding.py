"""A letter that cancels or replaces another one: letter 24 of the domain guide (7.1)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from documents.models import (
    ArrivalState,
    Letter,
    LetterState,
    ResponseKind,
    Series,
    Succession,
    Urgency,
)
from documents.services.answering import submit_response, why_not_answerable
from documents.services.following import board_of
from documents.services.listing import summaries_of
from documents.services.recalling import recall_letter
from documents.services.receiving import receive_arrivals, refuse_arrival
from documents.services.standing import Asked
from documents.services.succeeding import succeed_letter, successor_of
from documents.tests.factories import (
    NUMBER_QUESTION,
    LetterFactory,
    clerk_of,
    officer_of,
    registrar_of,
    send,
    with_pdf,
)
from documents.tests.matter_factories import complete, make_house, received
from documents.tests.pages import at, browser_of
from documents.tests.registers import own_entry
from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, SchoolFactory
from portal.audit.tests.history import history_of
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.resources import may_open
from portal.files.services import files_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return SchoolFactory(name="โรงเรียนบ้านต้นสน").office


@pytest.fixture
def registrar(office):
    return registrar_of(office)


@pytest.fixture
def officer(office):
    return officer_of(GroupFactory(office=office))


@pytest.fixture
def invitation(office, officer, registrar):
    """An invitation to three schools: one has received it, one waits, one sent it back."""
    for name in ("วัดป่าเรไร", "บ้านไกล"):
        SchoolFactory(office=office, name=f"โรงเรียน{name}")
    draft = LetterFactory(
        owner_unit=officer.holding.post.unit,
        subject="การประชุมผู้อำนวยการโรงเรียน ครั้งที่ 11/2569",
        response_kind=ResponseKind.FORM,
        questions=[NUMBER_QUESTION],
    )
    letter = send(draft, by=registrar)
    received, _, refused = letter.arrivals.order_by("pk")
    receive_arrivals([received.pk], key=uuid4(), by=clerk_of(received.unit))
    refuse_arrival(refused, reason="ไม่เกี่ยวข้อง", by=clerk_of(refused.unit))
    return Letter.objects.get(pk=letter.pk)


def begin(letter, by, succession=Succession.CANCELS):
    return succeed_letter(letter, succession=succession, key=uuid4(), by=by)


def states_of(letter):
    return [row.state for row in letter.arrivals.order_by("pk")]


def test_letter_24_cancels_a_meeting_for_all_who_were_invited(invitation, officer, registrar):
    draft = begin(invitation, officer)

    assert draft.subject == "ขอยกเลิกการประชุมผู้อำนวยการโรงเรียน ครั้งที่ 11/2569"
    assert (draft.kind, draft.urgency) == (invitation.kind, Urgency.URGENT)
    [reference] = draft.references.all()
    assert reference.to_letter == invitation
    assert invitation.number_text in reference.text
    assert draft.audience_rule == {
        "units": sorted(invitation.arrivals.values_list("unit_id", flat=True))
    }
    assert states_of(invitation)[:2] == [ArrivalState.RECEIVED, ArrivalState.WAITING]

    sent = send(draft, by=registrar)

    assert sent.state == LetterState.SENT
    assert sent.arrivals.filter(is_open=True).count() == 3
    assert states_of(invitation) == [
        ArrivalState.SUPERSEDED,
        ArrivalState.SUPERSEDED,
        ArrivalState.REFUSED,
    ]
    assert not invitation.arrivals.filter(is_open=True).exists()
    assert successor_of(invitation) == sent
    assert own_entry(invitation).action_text == f"ยกเลิกโดย ที่ {sent.number_text}"
    [theirs] = invitation.register_entries.filter(book__series=Series.IN)
    assert theirs.action_text == f"ยกเลิกโดย ที่ {sent.number_text}"
    assert "letter.superseded" in history_of(invitation)


def test_both_letters_show_each_other_to_sender_and_recipient(invitation, officer, registrar):
    sent = send(begin(invitation, officer), by=registrar)
    arrival = invitation.arrivals.order_by("pk").first()
    school = browser_of(clerk_of(arrival.unit))
    office = browser_of(officer)

    old = school.get(invitation.get_absolute_url()).content.decode()
    assert "ฉบับนี้ยกเลิกแล้ว" in old
    assert sent.get_absolute_url() in old
    new = school.get(sent.get_absolute_url()).content.decode()
    assert f"ที่ {invitation.number_text}" in new
    assert invitation.get_absolute_url() in new
    board = office.get(at("letter-board", invitation)).content.decode()
    assert "ฉบับนี้ยกเลิกแล้ว" in board
    assert f"ยกเลิก ที่ {invitation.number_text}" in school.get("/letters/").content.decode()
    assert "มีฉบับใหม่แทน" in school.get("/letters/?tab=all").content.decode()
    assert "มีฉบับใหม่แทน" in office.get("/letters/sent/?state=all").content.decode()


def test_who_was_recalled_hears_of_a_new_text_but_of_no_cancelling(office, officer, registrar):
    other = SchoolFactory(office=office)
    letter = send(LetterFactory(owner_unit=officer.holding.post.unit), by=registrar)
    kept = letter.arrivals.exclude(unit=other).get()
    receive_arrivals([kept.pk], key=uuid4(), by=clerk_of(kept.unit))
    recall_letter(letter, reason="ผิด", key=uuid4(), by=registrar)

    assert begin(letter, officer).audience_rule == {"units": [kept.unit_id]}
    replacing = begin(letter, officer, Succession.REPLACES)
    assert replacing.audience_rule == {"units": sorted([kept.unit_id, other.pk])}


def test_a_school_founded_since_is_not_among_the_recipients(invitation, officer, office):
    late = SchoolFactory(office=office)

    assert late.pk not in begin(invitation, officer).audience_rule["units"]


def test_a_replacing_letter_takes_over_text_form_and_enclosures(invitation, officer, registrar):
    with_pdf(invitation, role="enclosure", name="กำหนดการ.pdf")

    draft = begin(invitation, officer, Succession.REPLACES)

    assert (draft.subject, draft.body) == (invitation.subject, invitation.body)
    assert draft.questions == invitation.questions
    assert [use.name for use in files_of(draft, "enclosure")] == ["กำหนดการ.pdf"]
    sent = send(draft, by=registrar)
    assert own_entry(invitation).action_text == f"แทนที่โดย ที่ {sent.number_text}"


def test_nothing_is_owed_on_the_old_letter(invitation, officer, registrar):
    send(begin(invitation, officer, Succession.REPLACES), by=registrar)
    arrival = invitation.arrivals.order_by("pk").first()
    clerk = clerk_of(arrival.unit)

    assert why_not_answerable(arrival, db_now()) == "มีฉบับใหม่แทนแล้ว ไม่ต้องตอบฉบับนี้"
    with pytest.raises(DomainError, match="มีฉบับใหม่แทน"):
        submit_response(arrival, data={"q1": "1"}, key=uuid4(), by=clerk)
    assert may_open("documents.letter", invitation.pk, clerk.member)


def test_recalling_the_new_letter_brings_the_old_one_back(invitation, officer, registrar):
    before = list(invitation.arrivals.order_by("pk").values("state", "is_open"))
    sent = send(begin(invitation, officer), by=registrar)

    recall_letter(sent, reason="ส่งผิดพลาด", key=uuid4(), by=registrar)

    assert list(invitation.arrivals.order_by("pk").values("state", "is_open")) == before
    assert own_entry(invitation).action_text == ""
    assert successor_of(invitation) is None
    assert history_of(invitation)[-1] == "letter.restored"


def test_a_letter_is_replaced_once(invitation, officer, registrar):
    drafts = [begin(invitation, officer) for _ in range(2)]
    sent = send(drafts[0], by=registrar)

    with pytest.raises(DomainError, match="มีฉบับใหม่แล้ว"):
        begin(invitation, officer)
    with pytest.raises(DomainError, match="มีฉบับใหม่แล้ว"):
        send(drafts[1], by=registrar)
    third = begin(sent, officer, Succession.REPLACES)
    assert third.succeeds == sent


def test_the_same_form_twice_begins_one_draft(invitation, officer):
    key = uuid4()
    first = succeed_letter(invitation, succession="replaces", key=key, by=officer)
    second = succeed_letter(invitation, succession="replaces", key=key, by=officer)

    assert (first.pk, second.references.count()) == (second.pk, 1)


def test_only_the_owner_and_the_registrar_put_a_letter_right(invitation, office, registrar):
    assert begin(invitation, registrar).owner_unit == office
    for stranger in (
        ActorFactory(role=Role.DIRECTOR, unit=office),
        officer_of(GroupFactory(office=office)),
        clerk_of(invitation.arrivals.first().unit),
    ):
        with pytest.raises(PermissionDenied):
            begin(invitation, stranger)


def test_a_draft_that_replaces_says_so_and_a_recalled_letter_needs_none(
    invitation, officer, registrar
):
    draft = begin(invitation, officer, Succession.REPLACES)
    shown = browser_of(officer).get(at("letter-edit", draft)).content.decode()
    assert "เมื่อส่งแล้ว ฉบับนี้จะแทนฉบับเดิม" in shown
    other = send(LetterFactory(owner_unit=officer.holding.post.unit), by=registrar)
    recall_letter(other, reason="ผิด", key=uuid4(), by=registrar)
    other.refresh_from_db()

    with pytest.raises(DomainError, match="เรียกคืนแล้ว"):
        begin(other, officer)


def test_who_has_a_newer_letter_is_not_counted_as_not_having_received(
    invitation, officer, registrar
):
    send(begin(invitation, officer), by=registrar)

    standing = board_of(invitation, Asked(), db_now()).standing
    summary = summaries_of([invitation], db_now())[invitation.pk]
    page = browser_of(officer).get(at("letter-board", invitation)).content.decode()

    assert states_of(invitation) == ["superseded", "superseded", "refused"]
    assert (standing.received, standing.total) == (summary.received, summary.total) == (1, 1)
    assert standing.counts["all"] == 3
    assert (standing.counts["superseded"], standing.counts["refused"]) == (2, 1)
    assert "ยังไม่ลงรับ 0<" in page  # who sent it back is not waited for, nor is anybody else


def test_the_matter_of_a_replaced_letter_says_so_and_leads_to_the_newer_one():
    house = make_house()
    old = received(house.school, by=house.registrar)
    window = browser_of(house.registrar)
    assert "ฉบับนี้มีฉบับใหม่แทน" not in window.get(old.get_absolute_url()).content.decode()
    clerk = clerk_of(house.school)

    draft = succeed_letter(old.letter, succession=Succession.REPLACES, by=clerk)
    newer = send(complete(draft, clerk), by=clerk)

    words = window.get(old.get_absolute_url()).content.decode()
    assert "ฉบับนี้มีฉบับใหม่แทน" in words
    assert f'href="{newer.get_absolute_url()}">ที่ {newer.number_text}' in words
    receive_arrivals([newer.arrivals.get().pk], key=uuid4(), by=house.registrar)
    theirs = window.get(newer.arrivals.get().matter.get_absolute_url()).content.decode()
    assert f'href="{old.letter.get_absolute_url()}">ที่ {old.letter.number_text}' in theirs
