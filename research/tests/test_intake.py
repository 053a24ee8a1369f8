"""The intake is opened: five at a time, in one transaction, once."""

import pytest
from django.db import connection, transaction

from portal.audit.models import AuditEntry
from portal.outbox.models import OutboxMessage
from portal.outbox.services import sweep
from research.domain.batches import FEWEST, batch_size, leftovers
from research.models import Answer, Intake, Invitation, Population
from research.services.answering import is_sent, send_answer
from research.services.intake import open_due_intakes, open_intake
from research.services.keys import KeyMissing, has_key, key_path
from research.services.opening import close_survey
from research.services.participation import turnout_of
from research.tests.factories import open_with
from research.tests.test_answering import everything_written, sheet_of

pytestmark = pytest.mark.django_db


def send(survey, count, population="teachers"):
    """Let so many of a population who have not yet answered send an answer."""
    rows = survey.invitations.unsent().filter(population=population).select_related("survey")
    for invitation in rows[:count]:
        send_answer(invitation, sheet=sheet_of(survey))


@pytest.mark.parametrize("waiting", range(60))
def test_a_batch_is_never_of_one_to_four_and_never_leaves_one_to_four(waiting):
    now = batch_size(waiting, is_closed=False)
    last = batch_size(waiting - now, is_closed=True)

    assert now == 0 or now >= FEWEST
    assert last == 0 or last >= FEWEST
    assert now + last == (waiting if waiting >= FEWEST else 0)


def test_populations_too_small_alone_go_together_or_not_at_all():
    assert leftovers({"teachers": 9, "staff": 3, "administrators": 2}) == {
        "staff",
        "administrators",
    }
    assert leftovers({"teachers": 9, "staff": 3}) == set()
    assert leftovers({"teachers": 4}) == set()


@pytest.mark.engine
def test_nine_wait_and_with_the_tenth_five_are_opened():
    survey, _ = open_with(teachers=12)
    send(survey, 9)

    assert open_due_intakes() == 0
    assert not Answer.objects.exists()
    send(survey, 1)
    assert open_due_intakes() == 5

    assert Answer.objects.count() == 5
    assert Intake.objects.count() == 5
    assert survey.invitations.filter(has_participated=True).count() == 5
    assert not survey.invitations.sealed().filter(has_participated=True).exists()
    assert turnout_of(survey).sent == 10
    assert open_due_intakes() == 0


def test_who_is_opened_cannot_send_again():
    survey, _ = open_with(teachers=10)
    send(survey, 10)
    open_due_intakes()

    assert all(is_sent(one) for one in survey.invitations.all())
    assert not survey.invitations.unsent().exists()


@pytest.mark.engine
def test_closing_opens_all_of_a_population_and_destroys_the_key():
    survey, owner = open_with(teachers=7)
    send(survey, 6)

    close_survey(survey, by=owner)
    assert sweep("test") > 0

    assert Answer.objects.filter(survey=survey, population="teachers").count() == 6
    assert not Intake.objects.exists()
    assert not has_key(survey)
    survey.refresh_from_db()
    assert survey.unopened == 0


def test_fewer_than_five_are_never_opened_and_the_survey_says_how_many():
    survey, owner = open_with(teachers=7)
    send(survey, 4)

    close_survey(survey, by=owner)
    sweep("test")

    survey.refresh_from_db()
    assert survey.unopened == 4
    assert not Answer.objects.exists()
    assert not Intake.objects.exists()
    assert not survey.invitations.filter(has_participated=True).exists()
    assert not key_path(survey.public_key).exists()
    assert AuditEntry.objects.get(action="survey.answers_unopened").data == {"unopened": 4}


def test_no_envelope_of_fewer_than_five_is_even_touched():
    """Without the key nothing can be opened; five would raise KeyMissing, four need no key."""
    survey, owner = open_with(teachers=7)
    send(survey, 4)
    close_survey(survey, by=owner)
    key_path(survey.public_key).unlink()

    assert open_intake(survey) == 0

    other, owner = open_with(teachers=7)
    send(other, 5)
    close_survey(other, by=owner)
    key_path(other.public_key).unlink()
    with pytest.raises(KeyMissing):
        open_intake(other)


def test_each_population_waits_for_its_own_five():
    survey, _ = open_with(teachers=10, directors=3)
    send(survey, 10)
    send(survey, 3, "administrators")

    open_due_intakes()

    assert set(Answer.objects.values_list("population", flat=True)) == {"teachers"}
    assert not survey.invitations.filter(
        population=Population.ADMINISTRATORS, has_participated=True
    ).exists()


def test_small_populations_are_opened_together_without_their_name():
    survey, owner = open_with(teachers=8, directors=3, staff=2)
    send(survey, 8)
    send(survey, 3, "administrators")
    send(survey, 2, "staff")

    close_survey(survey, by=owner)
    open_intake(survey)

    populations = list(Answer.objects.values_list("population", flat=True))
    assert sorted(populations) == [""] * 5 + ["teachers"] * 8


def test_opening_twice_is_opening_once():
    survey, owner = open_with(teachers=7)
    send(survey, 6)
    close_survey(survey, by=owner)

    assert open_intake(survey) == 6
    assert open_intake(survey) == 0
    assert open_due_intakes() == 0
    assert Answer.objects.count() == 6


def test_a_missing_key_loses_nothing_and_the_owner_is_told_once():
    survey, owner = open_with(teachers=10)
    send(survey, 10)
    path = key_path(survey.public_key)
    kept = path.read_text(encoding="ascii")
    path.unlink()

    assert open_due_intakes() == 0
    assert open_due_intakes() == 0
    assert Intake.objects.count() == 10
    assert OutboxMessage.objects.filter(topic="research.key_missing").count() == 1
    close_survey(survey, by=owner)
    with pytest.raises(KeyMissing):
        open_intake(survey)
    assert Intake.objects.count() == 10

    path.write_text(kept, encoding="ascii")
    assert open_due_intakes() == 10
    assert not path.exists()


@pytest.mark.parametrize("content", ["", "ab" * 32, "no key at all"])
def test_another_key_is_as_good_as_none(content):
    survey, _ = open_with(teachers=10)
    send(survey, 10)
    key_path(survey.public_key).write_text(content, encoding="ascii")

    assert open_due_intakes() == 0
    assert Intake.objects.count() == 10


def test_an_envelope_that_does_not_open_stops_nobody_and_counts_for_nobody():
    survey, owner = open_with(teachers=12)
    send(survey, 10)
    spoilt = Intake.objects.first()
    Intake.objects.filter(pk=spoilt.pk).update(sealed=b"\x00" * 1072)

    open_due_intakes()
    assert not Answer.objects.exists()  # nine that open are not ten
    close_survey(survey, by=owner)
    open_intake(survey)

    survey.refresh_from_db()
    assert Answer.objects.count() == 9
    assert survey.unopened == 1


@pytest.mark.engine
def test_a_crash_in_the_middle_leaves_everything_sealed():
    survey, _ = open_with(teachers=10)
    send(survey, 10)
    before = everything_written()

    def crash():
        with transaction.atomic():
            open_due_intakes()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()

    assert everything_written() == before
    assert open_due_intakes() == 5


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_two_workers_open_each_envelope_once(race):
    survey, owner = open_with(teachers=30)
    send(survey, 30)

    results = race(4, lambda n: open_intake(survey))

    assert sum(results) == 25
    assert Answer.objects.count() == 25
    close_survey(survey, by=owner)
    results = race(4, lambda n: open_intake(survey))
    assert sum(results) == 5
    assert Answer.objects.count() == 30
    assert not Intake.objects.exists()


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_whoever_sends_while_it_closes_is_opened_or_told_no(race):
    survey, owner = open_with(teachers=20)
    invitations = list(survey.invitations.select_related("survey"))
    sheet = sheet_of(survey)
    for invitation in invitations[:8]:
        send_answer(invitation, sheet=sheet)

    def work(number):
        if number == 4:
            close_survey(survey, by=owner)
            open_intake(survey)
        else:
            send_answer(invitations[8 + number], sheet=sheet)

    results = race(8, work)

    taken = 8 + sum(result is None for result in results) - 1
    assert Answer.objects.count() == taken
    assert Invitation.objects.filter(has_participated=True).count() == taken
    assert not Intake.objects.exists()


@pytest.mark.engine
def test_after_opening_no_table_has_a_token_or_an_envelope():
    survey, owner = open_with(teachers=10)
    send(survey, 10)
    sealed = [bytes(row.sealed) for row in Intake.objects.all()]
    hashes = set(Intake.objects.values_list("token_hash", flat=True))

    close_survey(survey, by=owner)
    sweep("test")

    written = everything_written()
    assert len(sealed) == 10
    assert Answer.objects.count() == 10
    assert not any(repr(one) in text for one in sealed for text in written.values())
    assert {table for table, text in written.items() if any(one in text for one in hashes)} == {
        Invitation._meta.db_table
    }
    assert connection.vendor in {"sqlite", "postgresql"}
