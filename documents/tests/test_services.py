"""The letter's way through the services: who may, what is written, what is refused."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from documents.models import (
    Arrival,
    ArrivalState,
    Letter,
    LetterState,
    RegisterBook,
    RegisterEntry,
    ResponseKind,
    ResponseState,
    Secrecy,
    Series,
)
from documents.services.answering import (
    InvalidAnswer,
    accept_response,
    extend_deadline,
    return_response,
    submit_response,
)
from documents.services.assigning import acknowledge_assignment, assign_arrival
from documents.services.drafting import (
    DraftConflict,
    create_letter,
    discard_letter,
    missing_for_sending,
    restore_letter,
    return_letter,
    save_draft,
    submit_letter,
)
from documents.services.receiving import (
    log_opening,
    move_stamp,
    receive_arrivals,
    refuse_arrival,
)
from documents.services.registering import set_start_number
from documents.services.sending import (
    AudienceChanged,
    make_arrivals,
    prepare_sending,
    register_letter,
)
from documents.tests.factories import (
    NUMBER_QUESTION,
    ArrivalFactory,
    LetterFactory,
    SentLetterFactory,
    answered_arrival,
    clerk_of,
    officer_of,
    received_arrival,
    registrar_of,
    send,
)
from members.models import Role, Unit
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.audit.models import AuditEntry
from portal.core.errors import Conflict, DomainError, InvalidTransition
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db


def history_of(thing) -> list[str]:
    entries = AuditEntry.objects.filter(
        subject_type=thing._meta.label_lower, subject_id=thing.pk
    ).order_by("pk")
    return list(entries.values_list("action", flat=True))


def published(topic: str) -> int:
    return OutboxMessage.objects.filter(topic=topic).count()


# Drafting -------------------------------------------------------------------------------------


def test_a_draft_is_saved_with_a_higher_version_and_without_history():
    group = GroupFactory()
    officer = officer_of(group)
    letter = create_letter(group, by=officer)

    saved = save_draft(letter, version=1, changes={"subject": "ทดสอบ  ระบบ"}, by=officer)

    assert (saved.version, saved.subject) == (2, "ทดสอบ  ระบบ")
    assert history_of(letter) == []


def test_the_second_tab_gets_a_conflict_with_the_draft_as_it_stands():
    group = GroupFactory()
    officer = officer_of(group)
    letter = create_letter(group, by=officer)
    save_draft(letter, version=1, changes={"subject": "แท็บแรก"}, by=officer)

    with pytest.raises(DraftConflict) as conflict:
        save_draft(letter, version=1, changes={"subject": "แท็บที่สอง"}, by=officer)

    assert conflict.value.current.subject == "แท็บแรก"
    assert Letter.objects.get(pk=letter.pk).subject == "แท็บแรก"


def test_a_secret_level_is_refused_with_the_reason():
    group = GroupFactory()
    officer = officer_of(group)
    letter = create_letter(group, by=officer)

    with pytest.raises(DomainError, match="ยังไม่รับหนังสือลับ"):
        save_draft(letter, version=1, changes={"secrecy": Secrecy.SECRET}, by=officer)


def test_an_officer_of_another_group_may_not_touch_the_draft():
    letter = LetterFactory()
    stranger = officer_of(GroupFactory(office=letter.office))

    with pytest.raises(PermissionDenied):
        save_draft(letter, version=1, changes={"subject": "แก้"}, by=stranger)


def test_what_is_missing_is_said_in_words():
    group = GroupFactory()
    officer = officer_of(group)
    letter = create_letter(group, by=officer)

    names = [name for name, _ in missing_for_sending(letter)]

    assert names == ["subject", "audience", "main", "line_new", "line_do", "line_by"]
    with pytest.raises(DomainError, match="ยังขาด"):
        submit_letter(letter, by=officer)


def test_a_deadline_in_the_past_stops_the_letter():
    letter = LetterFactory(due_at=timezone.now() - timedelta(hours=1))

    assert [name for name, _ in missing_for_sending(letter)] == ["due_at"]


def test_a_submitted_letter_is_audited_and_the_registrar_can_give_it_back():
    letter = LetterFactory()
    officer, registrar = officer_of(letter.owner_unit), registrar_of(letter.office)
    submit_letter(letter, by=officer)

    returned = return_letter(letter, reason="แก้ชื่อเรื่อง", by=registrar)

    assert (returned.state, returned.return_reason) == (LetterState.DRAFT, "แก้ชื่อเรื่อง")
    assert history_of(letter) == ["letter.submitted", "letter.returned"]
    assert (published("documents.letter_submitted"), published("documents.letter_returned")) == (
        1,
        1,
    )


def test_a_discarded_draft_comes_back():
    letter = LetterFactory()
    officer = officer_of(letter.owner_unit)

    discard_letter(letter, by=officer)

    assert Letter.objects.get(pk=letter.pk).state == LetterState.DISCARDED
    assert restore_letter(letter, by=officer).state == LetterState.DRAFT


# Sending --------------------------------------------------------------------------------------


def test_sending_numbers_the_letter_writes_the_register_and_reaches_every_school():
    group = GroupFactory()
    schools = SchoolFactory.create_batch(3, office=group.office)
    letter = LetterFactory(owner_unit=group)

    sent = send(letter, by=registrar_of(group.office))

    book = RegisterBook.objects.get(unit=group.office, series=Series.CIRCULAR)
    assert (sent.state, sent.number, book.last_number) == (LetterState.SENT, 1, 1)
    assert sent.number_text.endswith("/ว\u00a01")
    assert set(sent.arrivals.values_list("unit", flat=True)) == {school.pk for school in schools}
    assert history_of(letter) == ["letter.registered", "letter.sent"]
    assert published("documents.letter_arrived") == 1


def test_an_external_letter_takes_its_number_from_the_ordinary_series():
    group = GroupFactory()
    SchoolFactory(office=group.office)
    registrar = registrar_of(group.office)
    send(LetterFactory(owner_unit=group), by=registrar)

    external = send(LetterFactory(owner_unit=group, kind="external"), by=registrar)

    assert external.number == 1
    assert external.number_text.endswith("/1")


def test_an_office_may_keep_one_series_for_all():
    office = OfficeFactory(circular_series="shared")
    group = GroupFactory(office=office)
    SchoolFactory(office=office)
    registrar = registrar_of(office)
    send(LetterFactory(owner_unit=group, kind="external"), by=registrar)

    circular = send(LetterFactory(owner_unit=group), by=registrar)

    assert circular.number == 2


def test_a_typed_letter_has_one_pdf_with_its_number_however_often_the_worker_comes():
    group = GroupFactory()
    SchoolFactory(office=group.office)
    letter = send(LetterFactory(owner_unit=group), by=registrar_of(group.office))
    message = OutboxMessage.objects.get(topic="documents.make_arrivals")
    arrivals = letter.arrivals.count()

    make_arrivals(message)

    assert letter.arrivals.count() == arrivals == 1
    assert published("documents.letter_arrived") == 1


def test_an_officer_cannot_number_a_letter():
    letter = LetterFactory()
    SchoolFactory(office=letter.office)

    with pytest.raises(PermissionDenied):
        prepare_sending(letter, by=officer_of(letter.owner_unit))


def test_the_registrar_of_another_office_cannot_number_it():
    letter = LetterFactory()
    SchoolFactory(office=letter.office)

    with pytest.raises(PermissionDenied):
        prepare_sending(letter, by=registrar_of(OfficeFactory()))


def test_nobody_to_send_to_is_said_before_a_number_is_taken():
    letter = LetterFactory()

    with pytest.raises(DomainError, match="ผู้รับ"):
        prepare_sending(letter, by=registrar_of(letter.office))

    assert RegisterEntry.objects.count() == 0


def test_an_audience_that_moved_since_the_confirmation_is_asked_again():
    letter = LetterFactory()
    SchoolFactory(office=letter.office)
    registrar = registrar_of(letter.office)
    snapshot = prepare_sending(letter, by=registrar)
    SchoolFactory(office=letter.office)

    with pytest.raises(AudienceChanged):
        register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)

    assert RegisterEntry.objects.count() == 0


def test_the_same_form_twice_is_one_letter_and_a_second_form_is_refused():
    letter = LetterFactory()
    SchoolFactory(office=letter.office)
    registrar = registrar_of(letter.office)
    snapshot = prepare_sending(letter, by=registrar)
    key = uuid4()

    first = register_letter(letter, snapshot=snapshot, key=key, by=registrar)
    again = register_letter(letter, snapshot=snapshot, key=key, by=registrar)

    assert (first.number, again.number) == (1, 1)
    assert RegisterEntry.objects.count() == 1
    with pytest.raises(InvalidTransition):
        register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)


# Receiving ------------------------------------------------------------------------------------


def test_each_school_receives_with_its_own_number():
    letter = SentLetterFactory()
    first, second = ArrivalFactory(letter=letter), ArrivalFactory(letter=letter)
    clerk = clerk_of(first.unit)
    HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=second.unit)
    set_start_number(
        first.unit, series=Series.IN, be_year_of_book=be_now(), start_number=612, by=clerk
    )

    receipts = receive_arrivals([first.pk, second.pk], key=uuid4(), by=clerk)

    assert [(receipt.arrival.pk, receipt.number) for receipt in receipts] == [
        (first.pk, 612),
        (second.pk, 1),
    ]
    entry = RegisterEntry.objects.get(book__unit=second.unit)
    assert entry.holding.post.unit == second.unit
    assert history_of(first) == ["arrival.received"]


def be_now() -> int:
    return timezone.localdate().year + 543


def test_ids_that_are_not_mine_refuse_the_whole_request():
    mine, other = ArrivalFactory(), ArrivalFactory()
    clerk = clerk_of(mine.unit)

    with pytest.raises(PermissionDenied):
        receive_arrivals([mine.pk, other.pk], key=uuid4(), by=clerk)

    assert Arrival.objects.get(pk=mine.pk).state == ArrivalState.WAITING


def test_a_colleague_who_was_faster_is_named_with_number_and_time():
    arrival = ArrivalFactory()
    slow, fast = clerk_of(arrival.unit), clerk_of(arrival.unit)
    receive_arrivals([arrival.pk], key=uuid4(), by=fast)

    receipt = receive_arrivals([arrival.pk], key=uuid4(), by=slow)[0]

    assert receipt.number == 1
    assert f"{fast.member}ลงรับฉบับนี้ไปแล้วเมื่อ" in receipt.problem
    assert RegisterEntry.objects.count() == 1


def test_the_same_receiving_form_twice_takes_no_second_number():
    arrival = ArrivalFactory()
    clerk, key = clerk_of(arrival.unit), uuid4()

    first = receive_arrivals([arrival.pk], key=key, by=clerk)
    again = receive_arrivals([arrival.pk], key=key, by=clerk)

    assert (first[0].number, first[0].problem) == (again[0].number, again[0].problem) == (1, "")


def test_a_key_used_for_something_else_is_a_conflict():
    first, second = ArrivalFactory(), ArrivalFactory()
    clerk, key = clerk_of(first.unit), uuid4()
    HoldingFactory(member=clerk.member, role=Role.SCHOOL_CLERK, unit=second.unit)
    receive_arrivals([first.pk], key=key, by=clerk)

    with pytest.raises(Conflict):
        receive_arrivals([second.pk], key=key, by=clerk)


@pytest.mark.parametrize(("count", "sentence"), [(0, "เลือกหนังสือ"), (51, "ไม่เกิน 50")])
def test_none_and_more_than_fifty_are_refused_in_words(count, sentence):
    clerk = clerk_of(SchoolFactory())

    with pytest.raises(DomainError, match=sentence):
        receive_arrivals(range(1, count + 1), key=uuid4(), by=clerk)


def test_opening_is_a_fact_and_not_receiving():
    arrival = ArrivalFactory()
    clerk = clerk_of(arrival.unit)

    log_opening([arrival], by=clerk.member)
    log_opening([Arrival.objects.get(pk=arrival.pk)], by=clerk.member)

    arrival.refresh_from_db()
    assert (arrival.state, arrival.opened_by) == (ArrivalState.WAITING, clerk.member)
    assert arrival.openings.count() == 1


def test_a_refused_letter_keeps_the_reason_and_tells_the_owner():
    arrival = ArrivalFactory()
    clerk = clerk_of(arrival.unit)

    refuse_arrival(arrival, reason="ไม่ใช่เรื่องของโรงเรียนนี้", by=clerk)

    arrival.refresh_from_db()
    assert (arrival.state, arrival.is_open) == (ArrivalState.REFUSED, False)
    assert published("documents.arrival_refused") == 1
    with pytest.raises(InvalidTransition):
        refuse_arrival(arrival, reason="อีกครั้ง", by=clerk)


def test_the_stamp_moves_only_after_receiving():
    arrival = ArrivalFactory()
    clerk = clerk_of(arrival.unit)
    with pytest.raises(DomainError, match="ยังไม่ลงรับ"):
        move_stamp(arrival, place="top_left", by=clerk)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk)

    assert move_stamp(arrival, place="top_left", by=clerk).stamp_place == "top_left"


def test_a_letter_to_a_person_is_received_in_person_without_a_number():
    person = HoldingFactory(role=Role.TEACHER)
    letter = SentLetterFactory(owner_unit=GroupFactory(office=person.post.unit.office))
    arrival = ArrivalFactory(letter=letter, unit=person.post.unit, member=person.member)
    teacher = ActorFactory(holding=person)

    receipt = receive_arrivals([arrival.pk], key=uuid4(), by=teacher)[0]

    assert (receipt.number, receipt.problem) == (None, "")
    assert Arrival.objects.get(pk=arrival.pk).state == ArrivalState.RECEIVED
    with pytest.raises(PermissionDenied):
        receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(person.post.unit))


def test_a_start_number_is_set_once_and_never_after_the_first_entry():
    arrival = ArrivalFactory()
    clerk = clerk_of(arrival.unit)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk)

    with pytest.raises(DomainError, match="ออกเลขไปแล้ว"):
        set_start_number(
            arrival.unit, series=Series.IN, be_year_of_book=be_now(), start_number=9, by=clerk
        )
    set_start_number(
        arrival.unit, series=Series.OUT, be_year_of_book=be_now(), start_number=9, by=clerk
    )
    with pytest.raises(DomainError, match="ครั้งเดียว"):
        set_start_number(
            arrival.unit, series=Series.OUT, be_year_of_book=be_now(), start_number=10, by=clerk
        )


# Assigning ------------------------------------------------------------------------------------


def test_a_director_assigns_to_a_teacher_of_the_school_who_acknowledges():
    arrival, _ = received_arrival()
    director = ActorFactory(role=Role.SCHOOL_DIRECTOR, unit=arrival.unit)
    teacher = ActorFactory(role=Role.TEACHER, unit=arrival.unit)

    made = assign_arrival(arrival, assignees=[teacher.member], note="ดำเนินการ", by=director)

    assert Letter.objects.visible_to(teacher.member).filter(pk=arrival.letter_id).exists()
    assert acknowledge_assignment(made[0], by=teacher).acknowledged_at is not None
    with pytest.raises(DomainError, match="ไว้แล้ว"):
        assign_arrival(arrival, assignees=[teacher.member], by=director)


def test_nobody_outside_the_school_can_be_assigned():
    arrival, clerk = received_arrival()

    with pytest.raises(DomainError, match="เฉพาะบุคลากร"):
        assign_arrival(arrival, assignees=[MemberFactory()], by=clerk)


# Answering ------------------------------------------------------------------------------------


def form_letter(**fields):
    return SentLetterFactory(response_kind=ResponseKind.FORM, questions=[NUMBER_QUESTION], **fields)


def test_an_answer_before_receiving_is_refused():
    arrival = ArrivalFactory(letter=form_letter())

    with pytest.raises(DomainError, match="ลงรับก่อน"):
        submit_response(arrival, data={"q1": "1"}, key=uuid4(), by=clerk_of(arrival.unit))


def test_an_answer_closes_the_matter_until_it_is_returned():
    arrival, clerk = answered_arrival()
    officer = officer_of(arrival.letter.owner_unit)
    assert (arrival.response_state, arrival.is_open) == (ResponseState.ANSWERED, False)

    return_response(arrival.responses.get(), reason="ยอดไม่ตรง", by=officer)

    arrival.refresh_from_db()
    assert (arrival.response_state, arrival.is_open) == (ResponseState.RETURNED, True)
    submit_response(arrival, data={"q1": "3"}, key=uuid4(), by=clerk)
    versions = list(arrival.responses.order_by("version").values_list("version", "data"))
    assert versions == [(1, {"q1": 2}), (2, {"q1": 3})]
    assert published("documents.response_returned") == 1


def test_an_answer_that_does_not_fit_names_the_question():
    arrival, clerk = received_arrival(letter=form_letter())

    with pytest.raises(InvalidAnswer) as refused:
        submit_response(arrival, data={"q1": "สอง"}, key=uuid4(), by=clerk)

    assert refused.value.errors == {"q1": "ใส่ตัวเลข เช่น 2"}
    assert arrival.responses.count() == 0


def test_the_same_answer_form_twice_is_one_version():
    arrival, clerk = received_arrival(letter=form_letter())
    key = uuid4()

    first = submit_response(arrival, data={"q1": "1"}, key=key, by=clerk)
    again = submit_response(arrival, data={"q1": "1"}, key=key, by=clerk)

    assert first.pk == again.pk
    assert arrival.responses.count() == 1


def test_a_first_answer_after_the_deadline_is_taken_and_marked_late():
    letter = form_letter(due_at=timezone.now() - timedelta(hours=1))
    arrival, clerk = received_arrival(letter=letter)

    response = submit_response(arrival, data={"q1": "1"}, key=uuid4(), by=clerk)

    assert response.is_late
    with pytest.raises(DomainError, match="พ้นกำหนดแล้ว"):
        submit_response(arrival, data={"q1": "2"}, key=uuid4(), by=clerk)


def test_more_time_opens_a_late_answer_again_for_this_school_alone():
    letter = form_letter(due_at=timezone.now() - timedelta(hours=1))
    arrival, clerk = received_arrival(letter=letter)
    other, _ = received_arrival(letter=letter)
    submit_response(arrival, data={"q1": "1"}, key=uuid4(), by=clerk)
    officer = officer_of(letter.owner_unit)

    extend_deadline(
        arrival, new_due_at=timezone.now() + timedelta(days=2), reason="น้ำท่วม", by=officer
    )

    assert submit_response(arrival, data={"q1": "2"}, key=uuid4(), by=clerk).version == 2
    other.refresh_from_db()
    assert other.due_at == letter.due_at


def test_an_accepted_answer_is_final():
    arrival, clerk = answered_arrival()
    officer = officer_of(arrival.letter.owner_unit)
    accept_response(arrival.responses.get(), by=officer)

    with pytest.raises(DomainError, match="ตรวจรับคำตอบแล้ว"):
        submit_response(arrival, data={"q1": "5"}, key=uuid4(), by=clerk)
    with pytest.raises(InvalidTransition):
        return_response(arrival.responses.get(), reason="ขอแก้", by=officer)


def test_only_the_owner_reviews():
    arrival, _ = answered_arrival()
    stranger = officer_of(GroupFactory(office=arrival.letter.office))

    with pytest.raises(PermissionDenied):
        accept_response(arrival.responses.get(), by=stranger)


def test_the_neighbour_school_neither_sees_the_answer_nor_may_answer():
    arrival, _ = answered_arrival()
    neighbour = clerk_of(SchoolFactory(office=arrival.letter.office))

    response = arrival.responses.get()

    assert not response.__class__.objects.visible_to(neighbour.member).exists()
    with pytest.raises(PermissionDenied):
        submit_response(arrival, data={"q1": "9"}, key=uuid4(), by=neighbour)


def test_a_closed_school_is_not_an_open_recipient_any_more():
    letter = LetterFactory()
    SchoolFactory(office=letter.office)
    closed = SchoolFactory(office=letter.office)
    Unit.objects.filter(pk=closed.pk).update(closed_on=timezone.localdate())

    sent = send(letter, by=registrar_of(letter.office))

    assert closed.pk not in set(sent.arrivals.values_list("unit", flat=True))
