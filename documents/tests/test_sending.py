"""Numbering and sending: one letter, one number, everyone of the audience."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from documents.models import LetterState, RegisterBook, RegisterEntry, Series
from documents.services.sending import (
    AudienceChanged,
    make_arrivals,
    prepare_sending,
    register_letter,
)
from documents.tests.factories import LetterFactory, officer_of, registrar_of, send
from members.models import Unit
from members.tests.factories import GroupFactory, OfficeFactory, SchoolFactory
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError, InvalidTransition
from portal.outbox.models import OutboxMessage
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db


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


def test_a_repeat_is_the_same_letter_even_when_the_audience_moved_meanwhile():
    letter = LetterFactory()
    SchoolFactory(office=letter.office)
    registrar = registrar_of(letter.office)
    snapshot = prepare_sending(letter, by=registrar)
    key = uuid4()
    first = register_letter(letter, snapshot=snapshot, key=key, by=registrar)
    SchoolFactory(office=letter.office)

    again = register_letter(letter, snapshot=snapshot, key=key, by=registrar)

    assert (again.pk, again.number) == (first.pk, 1)
    with pytest.raises(InvalidTransition):
        register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)
    assert RegisterEntry.objects.count() == 1


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


def test_a_closed_school_is_not_an_open_recipient_any_more():
    letter = LetterFactory()
    SchoolFactory(office=letter.office)
    closed = SchoolFactory(office=letter.office)
    Unit.objects.filter(pk=closed.pk).update(closed_on=timezone.localdate())

    sent = send(letter, by=registrar_of(letter.office))

    assert closed.pk not in set(sent.arrivals.values_list("unit", flat=True))
