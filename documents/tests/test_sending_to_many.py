"""Numbering and sending does not read its recipients, and still notices when they moved."""

from __future__ import annotations

from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.models import LetterState, RegisterEntry
from documents.services.sending import AudienceChanged, prepare_sending, register_letter
from documents.tests.factories import LetterFactory, registrar_of
from documents.tests.pages import at, browser_of
from members.models import AudienceSnapshot, Role, Unit
from members.services import save_audience, save_unit
from members.tests.factories import ActorFactory, GroupFactory, SchoolFactory


def draft_to_all():
    letter = LetterFactory(state=LetterState.SUBMITTED, submitted_at=timezone.now())
    SchoolFactory.create_batch(3, office=letter.office)
    return letter, registrar_of(letter.office)


def close(school):
    Unit.objects.filter(pk=school.pk).update(closed_on=timezone.localdate())


def schools_of(letter):
    return Unit.objects.schools().filter(office=letter.office)


def pressing_send(letter, registrar, *, before=lambda: None):
    """Return the answer to the button of the confirmation page, and the SQL it took."""
    desk = browser_of(registrar)
    page = desk.post(at("letter-confirm", letter))
    before()
    form = {"snapshot": page.context["snapshot"].pk, "key": uuid4()}
    with CaptureQueriesContext(connection) as asked:
        answer = desk.post(at("letter-send", letter), form)
    return answer, [one["sql"] for one in asked.captured_queries]


def reading_recipients(statements):
    """Return the statements that read the frozen recipients, or those of today."""
    return [sql for sql in statements if '."recipients"' in sql or '"closed_on" > ' in sql]


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_button_sends_without_reading_whom_to():
    letter, registrar = draft_to_all()

    answer, statements = pressing_send(letter, registrar)

    assert answer.url == at("letter-board", letter)
    assert reading_recipients(statements) == []


@pytest.mark.postgres
@pytest.mark.django_db
def test_control_a_snapshot_that_says_nothing_is_compared_in_full():
    """So it was for every letter, and so it is for a page that was open during the upgrade."""
    letter, registrar = draft_to_all()

    def forget():
        AudienceSnapshot.objects.update(standing=None)

    answer, statements = pressing_send(letter, registrar, before=forget)

    assert answer.url == at("letter-board", letter)
    assert len(reading_recipients(statements)) == 2


@pytest.mark.engine
@pytest.mark.django_db
def test_one_school_for_another_is_a_change_though_they_are_as_many():
    letter, registrar = draft_to_all()
    snapshot = prepare_sending(letter, by=registrar)
    close(schools_of(letter).first())
    SchoolFactory(office=letter.office)

    with pytest.raises(AudienceChanged, match="จาก 3 เป็น 3"):
        register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)

    assert RegisterEntry.objects.count() == 0


@pytest.mark.engine
@pytest.mark.django_db
def test_a_saved_group_that_means_others_now_is_a_change():
    letter, registrar = draft_to_all()
    first, second, _ = schools_of(letter)
    group = GroupFactory(office=letter.office)
    clerk = ActorFactory(role=Role.GROUP_CLERK, unit=group)
    saved = save_audience("กลุ่มทดลอง", {"units": [first.pk]}, owner_unit=group, by=clerk)
    letter.audience_rule = {"saved": [saved.pk]}
    letter.save(update_fields=["audience_rule"])
    snapshot = prepare_sending(letter, by=registrar)
    save_audience("กลุ่มทดลอง", {"units": [second.pk]}, owner_unit=group, by=clerk)

    with pytest.raises(AudienceChanged):
        register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)


@pytest.mark.engine
@pytest.mark.django_db
def test_a_move_beside_the_recipients_is_no_change():
    letter, registrar = draft_to_all()
    snapshot = prepare_sending(letter, by=registrar)
    SchoolFactory()
    schools_of(letter).update(phone="074 000 000")

    sent = register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)

    assert (sent.state, sent.number) == (LetterState.REGISTERED, 1)


@pytest.mark.engine
@pytest.mark.django_db
def test_the_rule_of_the_letter_counts_not_that_of_the_snapshot():
    letter, registrar = draft_to_all()
    snapshot = prepare_sending(letter, by=registrar)
    letter.audience_rule = {"units": [schools_of(letter).first().pk]}
    letter.save(update_fields=["audience_rule"])

    with pytest.raises(AudienceChanged, match="จาก 3 เป็น 1"):
        register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_school_closed_around_the_confirmation_is_told(race):
    """Its closing was begun before the page was shown and is committed before the button."""
    letter, registrar = draft_to_all()
    closing = schools_of(letter).first()
    administrator = ActorFactory(role=Role.ADMINISTRATOR, unit=letter.office)
    written, shown, committed = Event(), Event(), Event()

    def close_slowly():
        with transaction.atomic():
            closing.closed_on = timezone.localdate()
            save_unit(closing, changes=["closed_on"], by=administrator)
            written.set()
            assert shown.wait(30)
        committed.set()

    def confirm_and_send():
        assert written.wait(30)
        snapshot = prepare_sending(letter, by=registrar)
        shown.set()
        assert committed.wait(30)
        register_letter(letter, snapshot=snapshot, key=uuid4(), by=registrar)

    outcomes = race(2, lambda number: [close_slowly, confirm_and_send][number]())

    assert [type(outcome) for outcome in outcomes] == [type(None), AudienceChanged]
    assert RegisterEntry.objects.count() == 0
