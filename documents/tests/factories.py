"""Letters for tests, in the states named by their factories."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from documents.models import (
    Arrival,
    ArrivalState,
    Assignment,
    Dispatch,
    Letter,
    LetterKind,
    LetterState,
    MainSource,
    Response,
    ResponseKind,
)
from documents.services.answering import submit_response
from documents.services.drafting import MAIN
from documents.services.receiving import receive_arrivals
from documents.services.sending import make_arrivals, prepare_sending, register_letter
from members.models import AudienceSnapshot, Role, Unit
from members.services import Actor
from members.tests.factories import (
    ActorFactory,
    GroupFactory,
    MemberFactory,
    SchoolFactory,
)
from portal.core.actors import SYSTEM
from portal.core.thaitext import normalise
from portal.files.domain.kinds import PDF
from portal.files.services import attach, store_bytes
from portal.files.tests.factories import pdf_bytes
from portal.outbox.models import OutboxMessage

NUMBER_QUESTION = {
    "key": "q1",
    "kind": "number",
    "label": "จำนวนอาคารที่เสียหาย",
    "hint": "",
    "required": True,
    "min": 0,
    "max": 50,
    "unit": "หลัง",
}
CHOICE_QUESTION = {
    "key": "q2",
    "kind": "choice",
    "label": "ระดับ",
    "hint": "",
    "required": False,
    "choices": ["มาก", "น้อย"],
}


class LetterFactory(DjangoModelFactory[Letter]):
    """A complete typed draft of a group, addressed to all schools of its office."""

    class Meta:
        model = Letter

    owner_unit = factory.SubFactory(GroupFactory)
    office = factory.LazyAttribute(lambda letter: letter.owner_unit.office)
    drafter = factory.SubFactory(MemberFactory)
    kind = LetterKind.CIRCULAR
    subject = factory.Sequence(lambda n: f"สำรวจความพร้อมก่อนเปิดภาคเรียน ครั้งที่ {n + 1}")
    subject_search = factory.LazyAttribute(lambda letter: normalise(letter.subject))
    addressee = "ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน"
    line_new = "ตรวจโรงเรียนก่อนเปิดเรียน"
    line_do = "กรอกแบบแล้วส่ง"
    line_by = "พรุ่งนี้"
    main_source = MainSource.TYPED
    body = "ด้วยใกล้ถึงวันเปิดภาคเรียน จึงขอให้โรงเรียนเตรียมความพร้อม\nจึงเรียนมาเพื่อดำเนินการ"
    signer_name = "นายตัวอย่าง ทดสอบ"
    signer_position = "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา"
    audience_rule = factory.LazyFunction(lambda: {"all_schools": True})
    created_at = factory.LazyFunction(timezone.now)
    saved_at = factory.LazyFunction(timezone.now)


class SentLetterFactory(LetterFactory):
    """A letter with its number that is on its way; arrivals are made by ArrivalFactory."""

    state = LetterState.SENT
    number = factory.Sequence(lambda n: n + 1)
    number_text = factory.LazyAttribute(
        lambda letter: f"{letter.office.letter_code}/ว {letter.number}".replace(" ", "\u00a0")
    )
    dated_on = factory.LazyFunction(timezone.localdate)
    sent_at = factory.LazyFunction(timezone.now)


class DispatchFactory(DjangoModelFactory[Dispatch]):
    """One act of sending; its snapshot is a row without meaning of its own."""

    class Meta:
        model = Dispatch

    letter = factory.SubFactory(SentLetterFactory)
    sent_at = factory.LazyFunction(timezone.now)
    sent_by = factory.SubFactory(MemberFactory)
    total = 1
    made = 1
    snapshot = factory.LazyAttribute(
        lambda dispatch: AudienceSnapshot.objects.create(
            office=dispatch.letter.office,
            recipients=[],
            total=1,
            summary="1 โรงเรียน",
            frozen_at=timezone.now(),
        )
    )


class ArrivalFactory(DjangoModelFactory[Arrival]):
    """A letter that waits in a school's inbox; `letter=` and `unit=` are usually given."""

    class Meta:
        model = Arrival

    letter = factory.SubFactory(SentLetterFactory)
    dispatch = factory.LazyAttribute(lambda arrival: DispatchFactory(letter=arrival.letter))
    unit = factory.LazyAttribute(lambda arrival: SchoolFactory(office=arrival.letter.office))
    due_at = factory.SelfAttribute("letter.due_at")
    arrived_at = factory.LazyFunction(timezone.now)


class AssignmentFactory(DjangoModelFactory[Assignment]):
    """A letter given to a member of a school."""

    class Meta:
        model = Assignment

    arrival = factory.SubFactory(ArrivalFactory)
    assignee = factory.SubFactory(MemberFactory)
    assigned_at = factory.LazyFunction(timezone.now)
    assigned_by = factory.SubFactory(MemberFactory)


def school(letter: Letter, name: str, **fields: Any) -> Unit:
    """Return a new school of the office that sends the letter."""
    return SchoolFactory(office=letter.office, name=f"โรงเรียน{name}", **fields)


def clerk_of(unit: Unit) -> Actor:
    """Return a new clerk of a school."""
    return ActorFactory(role=Role.SCHOOL_CLERK, unit=unit)


def registrar_of(office: Unit) -> Actor:
    """Return a new central registrar of an office."""
    return ActorFactory(role=Role.CENTRAL_REGISTRAR, unit=office)


def officer_of(group: Unit) -> Actor:
    """Return a new officer of a group."""
    return ActorFactory(role=Role.OFFICER, unit=group)


def send(letter: Letter, *, by: Actor, key: Any = None) -> Letter:
    """Register and send through the services, and do the worker's part."""
    snapshot = prepare_sending(letter, by=by)
    sent = register_letter(letter, snapshot=snapshot, key=key, by=by)
    for message in OutboxMessage.objects.filter(topic="documents.make_arrivals", state="waiting"):
        make_arrivals(message)
    return Letter.objects.get(pk=sent.pk)


def received_arrival(**fields: Any) -> tuple[Arrival, Actor]:
    """Return an arrival that its school has received, and the clerk who did it."""
    arrival = ArrivalFactory(**fields)
    clerk = clerk_of(arrival.unit)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk)
    return Arrival.objects.get(pk=arrival.pk), clerk


def answered_arrival(**fields: Any) -> tuple[Arrival, Actor]:
    """Return an arrival whose school has answered a one-question form with 2."""
    letter = fields.pop("letter", None) or SentLetterFactory(
        response_kind=ResponseKind.FORM, questions=[NUMBER_QUESTION]
    )
    arrival, clerk = received_arrival(letter=letter, **fields)
    submit_response(arrival, data={"q1": "2"}, key=uuid4(), by=clerk)
    arrival.refresh_from_db()
    return arrival, clerk


def refused_arrival(**fields: Any) -> Arrival:
    """Return an arrival that its school sent back."""
    return ArrivalFactory(state=ArrivalState.REFUSED, is_open=False, **fields)


def with_pdf(
    letter: Letter, data: bytes | None = None, *, role: str = MAIN, name: str = "หนังสือ.pdf"
) -> Letter:
    """Return the letter with a PDF on it, of three pages unless its bytes are given."""
    stored = store_bytes(data or pdf_bytes(3), by=SYSTEM, media_type=PDF)
    attach(stored, letter, role=role, name=name, by=SYSTEM)
    return letter


def arrived(clerk: Actor, **fields: Any) -> Arrival:
    """Return a letter that waits at the clerk's school."""
    school = clerk.holding.post.unit
    due_at, arrival = fields.pop("due_at", None), fields.pop("arrival", {})
    letter = SentLetterFactory(owner_unit=GroupFactory(office=school.office), **fields)
    return ArrivalFactory(letter=letter, unit=school, due_at=due_at, **arrival)


def given(arrival: Arrival) -> list[Response]:
    """Return the answers of a recipient, the first one first."""
    return list(Response.objects.filter(arrival=arrival).order_by("version"))
