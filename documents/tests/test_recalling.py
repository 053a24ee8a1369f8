"""A letter taken back: from whom, with which trace, and what stays."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from documents.models import (
    Arrival,
    ArrivalState,
    EntryState,
    Letter,
    LetterKind,
    LetterState,
    MatterState,
    RegisterEntry,
    Series,
)
from documents.notifications.letters import LetterArrived
from documents.notifications.recalls import LetterRecalled
from documents.services.assigning import assign_arrival
from documents.services.handling import accept_matter, assign_matter, begin_reply
from documents.services.recalling import TooLateToUndo, recall_letter, undo_seconds
from documents.services.receiving import receive_arrivals, refuse_arrival
from documents.services.sending import make_arrivals, prepare_sending, register_letter
from documents.tests.factories import (
    ArrivalFactory,
    LetterFactory,
    SentLetterFactory,
    clerk_of,
    officer_of,
    registrar_of,
    send,
    with_pdf,
)
from documents.tests.registers import own_entry
from members.models import Member, Role
from members.tests.factories import ActorFactory, GroupFactory, MemberFactory, SchoolFactory
from portal.audit.tests.history import history_of
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.resources import may_open, resource_for
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return SchoolFactory().office


@pytest.fixture
def registrar(office):
    return registrar_of(office)


@pytest.fixture
def letter(office, registrar):
    """A letter that was sent, by its way through the services, to two schools."""
    SchoolFactory(office=office)
    return send(LetterFactory(owner_unit=GroupFactory(office=office)), by=registrar)


def recall(letter, by, **more):
    return recall_letter(letter, reason="แนบไฟล์ผิด", key=uuid4(), by=by, **more)


def states_of(letter):
    return sorted(letter.arrivals.values_list("state", flat=True))


def told(letter, kind=LetterRecalled):
    message = OutboxMessage.objects.filter(topic=kind.key).latest("pk")
    return set(kind().recipients(message))


# Before anybody received it ----------------------------------------------------------------------


def test_nobody_has_a_letter_that_nobody_had_received(letter, registrar):
    done = recall(letter, registrar)

    letter.refresh_from_db()
    assert (done.is_whole, done.recalled, done.kept) == (True, 2, 0)
    assert letter.state == LetterState.RECALLED
    assert letter.recall_reason == "แนบไฟล์ผิด"
    assert states_of(letter) == [ArrivalState.RECALLED] * 2
    assert not letter.arrivals.filter(is_open=True).exists()
    assert history_of(letter)[-1] == "letter.recalled"


def test_the_number_stays_in_its_register_void_with_the_reason(letter, registrar):
    recall(letter, registrar)

    entry = own_entry(letter)
    assert (entry.state, entry.void_reason) == (EntryState.VOID, "แนบไฟล์ผิด")
    assert (entry.number, entry.letter_number) == (letter.number, letter.number_text)
    assert entry.voided_by == registrar.member
    following = send(LetterFactory(owner_unit=letter.owner_unit), by=registrar)
    assert following.number == letter.number + 1


def test_the_recipients_read_it_no_more_but_know_that_it_was_there(letter, registrar):
    arrival = letter.arrivals.first()
    reader = clerk_of(arrival.unit).member
    with_pdf(letter)
    assert may_open("documents.letter", letter.pk, reader)

    recall(letter, registrar)

    assert not may_open("documents.letter", letter.pk, reader)
    assert reader not in set(resource_for("documents.letter").readers(letter))
    assert Arrival.objects.visible_to(reader).get(letter=letter).state == ArrivalState.RECALLED
    assert may_open("documents.letter", letter.pk, registrar.member)


def test_who_had_been_told_of_it_is_told_that_it_is_gone(letter, registrar):
    clerks = {clerk_of(arrival.unit).member for arrival in letter.arrivals.all()}
    assert told(letter, LetterArrived) == clerks

    recall(letter, registrar)

    assert told(letter) == clerks
    assert told(letter, LetterArrived) == set()


def test_who_knew_nothing_yet_is_told_nothing_unless_it_was_opened(office, registrar):
    letter = SentLetterFactory(owner_unit=GroupFactory(office=office), state=LetterState.REGISTERED)
    opened = ArrivalFactory(letter=letter, opened_at=timezone.now())
    reader = clerk_of(opened.unit).member
    clerk_of(ArrivalFactory(letter=letter).unit)

    recall(letter, registrar)

    assert told(letter) == {reader}


def test_a_reason_is_asked_for_and_the_letter_stays_without_one(letter, registrar):
    with pytest.raises(DomainError, match="เหตุผล"):
        recall_letter(letter, reason="  ", key=uuid4(), by=registrar)

    letter.refresh_from_db()
    assert letter.state == LetterState.SENT


def test_the_same_form_twice_is_one_recall(letter, registrar):
    key = uuid4()
    first = recall_letter(letter, reason="ผิด", key=key, by=registrar)
    second = recall_letter(letter, reason="ผิด", key=key, by=registrar)

    assert (first.recalled, second.recalled) == (2, 2)
    assert history_of(letter).count("letter.recalled") == 1


def test_what_is_recalled_is_not_recalled_again(letter, registrar):
    recall(letter, registrar)

    with pytest.raises(DomainError, match="เรียกคืนแล้ว"):
        recall(letter, registrar)


def test_who_may_not_number_it_may_not_take_it_back(letter, office):
    strangers = [
        officer_of(letter.owner_unit),
        ActorFactory(role=Role.DIRECTOR, unit=office),
        clerk_of(letter.arrivals.first().unit),
        registrar_of(SchoolFactory().office),
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            recall(letter, stranger)


def test_what_was_refused_stays_refused(letter, registrar):
    arrival = letter.arrivals.first()
    refuse_arrival(arrival, reason="ไม่ใช่ของเรา", by=clerk_of(arrival.unit))

    assert recall(letter, registrar).is_whole
    assert states_of(letter) == [ArrivalState.RECALLED, ArrivalState.REFUSED]


# When somebody has received it --------------------------------------------------------------------


def test_who_has_received_keeps_it_and_it_is_taken_from_the_others(letter, registrar):
    kept, gone = letter.arrivals.order_by("pk")
    holder, other = clerk_of(kept.unit), clerk_of(gone.unit)
    receive_arrivals([kept.pk], key=uuid4(), by=holder)

    done = recall(letter, registrar)

    letter.refresh_from_db()
    assert (done.is_whole, done.recalled, done.kept) == (False, 1, 1)
    assert letter.state == LetterState.SENT
    assert may_open("documents.letter", letter.pk, holder.member)
    assert not may_open("documents.letter", letter.pk, other.member)
    entry = own_entry(letter)
    assert entry.state == EntryState.USED
    assert entry.action_text == "เรียกคืนจาก 1 แห่งที่ยังไม่ลงรับ: แนบไฟล์ผิด"


def test_when_all_have_received_only_another_letter_helps(letter, registrar):
    for arrival in letter.arrivals.all():
        receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))

    with pytest.raises(DomainError, match="ยกเลิกหรือแทนที่"):
        recall(letter, registrar)

    assert states_of(letter) == [ArrivalState.RECEIVED] * 2


def test_a_recalled_letter_is_received_by_nobody(letter, registrar):
    arrival = letter.arrivals.first()
    recall(letter, registrar)

    [receipt] = receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))

    assert receipt.number is None
    assert receipt.problem == "ฉบับนี้ถูกดึงกลับแล้ว จึงไม่ได้ลงรับ"
    assert not RegisterEntry.objects.filter(book__series=Series.IN).exists()


# The first two minutes ----------------------------------------------------------------------------


def test_one_button_takes_it_back_for_two_minutes(letter, registrar, settings):
    assert 100 < undo_seconds(letter, db_now()) <= 121

    settings.CLOCK_SHIFT_SECONDS = 119
    assert undo_seconds(letter, db_now()) > 0
    settings.CLOCK_SHIFT_SECONDS = 125
    assert undo_seconds(letter, db_now()) == 0
    with pytest.raises(TooLateToUndo):
        recall(letter, registrar, is_undo=True)
    assert recall(letter, registrar).is_whole


def test_the_button_does_nothing_once_somebody_has_received(letter, registrar):
    arrival = letter.arrivals.first()
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))

    assert undo_seconds(letter, db_now()) == 0
    with pytest.raises(TooLateToUndo):
        recall(letter, registrar, is_undo=True)
    assert states_of(letter) == [ArrivalState.RECEIVED, ArrivalState.WAITING]


# While the worker makes its arrivals ----------------------------------------------------------


def test_the_worker_makes_no_more_of_a_recalled_letter(office, registrar):
    draft = LetterFactory(owner_unit=GroupFactory(office=office))
    snapshot = prepare_sending(draft, by=registrar)
    letter = register_letter(draft, snapshot=snapshot, key=None, by=registrar)

    recall(letter, registrar)
    make_arrivals(OutboxMessage.objects.get(topic="documents.make_arrivals"))

    letter.refresh_from_db()
    assert letter.state == LetterState.RECALLED
    assert not Arrival.objects.exists()
    assert not OutboxMessage.objects.filter(topic="documents.letter_arrived").exists()


def test_recalled_half_made_it_stays_with_who_received_and_reaches_nobody_else(office, registrar):
    letter = SentLetterFactory(owner_unit=GroupFactory(office=office), state=LetterState.REGISTERED)
    made = ArrivalFactory(letter=letter)
    receive_arrivals([made.pk], key=uuid4(), by=clerk_of(made.unit))

    done = recall(letter, registrar)

    letter.refresh_from_db()
    assert (done.kept, done.recalled, letter.state) == (1, 0, LetterState.SENT)


# From school to office, and inside ----------------------------------------------------------


def test_a_school_takes_its_letter_back_before_the_office_received_it():
    clerk = clerk_of(SchoolFactory())
    school = clerk.holding.post.unit
    draft = LetterFactory(
        owner_unit=school, office=school.office, origin="school", kind=LetterKind.EXTERNAL,
        audience_rule={"units": [school.office_id]},
    )  # fmt: skip
    letter = send(draft, by=clerk)
    registry = registrar_of(school.office)
    assert may_open("documents.letter", letter.pk, registry.member)

    assert recall(letter, clerk).is_whole

    assert not may_open("documents.letter", letter.pk, registry.member)
    assert own_entry(letter).state == EntryState.VOID


def test_a_recalled_answer_leaves_its_matter_unanswered(registrar, office):
    clerk = clerk_of(SchoolFactory(office=office))
    school = clerk.holding.post.unit
    asked = send(
        LetterFactory(
            owner_unit=school, office=office, origin="school", kind=LetterKind.EXTERNAL,
            audience_rule={"units": [office.pk]},
        ),
        by=clerk,
    )  # fmt: skip
    arrival = asked.arrivals.get()
    receive_arrivals([arrival.pk], key=uuid4(), by=registrar)
    matter = arrival.matter
    group = GroupFactory(office=office)
    head, officer = ActorFactory(role=Role.GROUP_HEAD, unit=group), officer_of(group)
    type(matter).objects.filter(pk=matter.pk).update(state="routed", main_unit=group)
    assign_matter(matter, officer=officer.member, by=head)
    accept_matter(matter, by=officer)
    draft = begin_reply(matter, by=officer)
    Letter.objects.filter(pk=draft.pk).update(
        main_source="typed", body="ข้อความ", signer_name="ผู้ลงนาม"
    )
    reply = send(Letter.objects.get(pk=draft.pk), by=registrar)
    matter.refresh_from_db()
    assert matter.state == MatterState.ANSWERED

    recall(reply, registrar)

    matter.refresh_from_db()
    assert (matter.state, matter.settled_at) == (MatterState.IN_HAND, None)
    assert matter.steps.last().text == f"เรียกคืนหนังสือตอบ ที่ {reply.number_text}: แนบไฟล์ผิด"
    assert "ตอบแล้ว" not in arrival.entry.action_text if arrival.entry else True
    assert "ได้รับตอบ" not in own_entry(asked).action_text


def test_a_schools_own_order_is_taken_back_until_it_was_given_to_somebody():
    clerk = clerk_of(SchoolFactory())
    school = clerk.holding.post.unit
    teacher = ActorFactory(role=Role.TEACHER, unit=school)

    def order():
        draft = LetterFactory(
            owner_unit=school, office=school.office, origin="school", kind=LetterKind.ORDER,
            audience_rule={"units": [school.pk]},
        )  # fmt: skip
        return send(draft, by=clerk)

    assert recall(order(), clerk).is_whole
    given = order()
    assign_arrival(given.arrivals.get(), assignees=[teacher.member], by=clerk)
    with pytest.raises(DomainError, match="ยกเลิกหรือแทนที่"):
        recall(given, clerk)


def test_the_gate_and_its_other_side_agree_on_a_letter_recalled_from_some(letter, registrar):
    kept, gone = letter.arrivals.order_by("pk")
    person = ArrivalFactory(letter=letter, unit=gone.unit, member=MemberFactory())
    clerk_of(kept.unit), clerk_of(gone.unit)
    receive_arrivals([kept.pk], key=uuid4(), by=clerk_of(kept.unit))
    recall(letter, registrar)

    readers = set(resource_for("documents.letter").readers(letter))

    assert person.member not in readers
    assert readers == {
        member for member in Member.objects.all() if may_open("documents.letter", letter.pk, member)
    }
