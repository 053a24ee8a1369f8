"""A finished answer comes in: once, checked, sealed, and without a trace of who."""

import logging

import pytest
from django.db import connection, transaction

from members.models import Role
from portal.audit.models import AuditEntry
from portal.core.errors import DomainError
from portal.outbox.models import OutboxMessage
from research.domain.questions import MAX_TEXT
from research.domain.sealing import CannotOpen, unseal
from research.models import Answer, Intake, Invitation, NamedAnswer, Survey
from research.services.answering import (
    AlreadySent,
    NotTaking,
    WrongAnswers,
    clean_answers,
    find_invitation,
    is_sent,
    questions_of,
    sealing_context,
    send_answer,
)
from research.services.keys import private_key_of
from research.services.opening import close_survey
from research.services.tokens import token_of
from research.tests.factories import open_with

THREADS = 20


@pytest.fixture
def asked(db):
    """A survey that asks six teachers, and the first of its invitations."""
    survey, owner = open_with(teachers=6)
    return survey, owner, survey.invitations.select_related("survey").first()


def sheet_of(survey, point="4"):
    questions = {question.kind: question for question in questions_of(survey)}
    return clean_answers(
        questions.values(),
        {questions["single"].key: ["1"], questions["likert"].key: [point]},
    )


def everything_written():
    """Return every table's rows as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        text = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            text[table] = str(
                [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor]
            )
    return text


@pytest.mark.engine
def test_an_anonymous_answer_leaves_nothing_but_its_envelope(asked, caplog):
    survey, _, invitation = asked
    before = everything_written()

    with caplog.at_level(logging.DEBUG):
        send_answer(invitation, sheet=sheet_of(survey))

    after = everything_written()
    assert {table for table in after if after[table] != before[table]} == {"research_intake"}
    assert [record for record in caplog.records if not record.name.startswith("django.db")] == []
    assert is_sent(invitation)
    invitation.refresh_from_db()
    assert not invitation.has_participated


@pytest.mark.django_db
def test_only_the_key_outside_the_database_opens_the_envelope(asked):
    survey, _, invitation = asked
    sheet = sheet_of(survey)
    send_answer(invitation, sheet=sheet)

    sealed = bytes(Intake.objects.get().sealed)
    key = private_key_of(survey)
    context = sealing_context(survey, invitation.token_hash)
    assert unseal(sealed, private_key=key, context=context) == sheet
    with pytest.raises(CannotOpen):
        unseal(sealed, private_key=key, context=sealing_context(survey, "another"))
    with pytest.raises(CannotOpen):
        unseal(sealed, private_key=bytes(32), context=context)


@pytest.mark.django_db
def test_short_and_long_answers_are_of_equal_length_in_their_envelopes(asked):
    survey, _, _ = asked
    first, second = survey.invitations.select_related("survey")[:2]
    text = next(question for question in questions_of(survey) if question.kind == "text")

    send_answer(first, sheet=sheet_of(survey))
    send_answer(second, sheet=sheet_of(survey) | {text.key: "เวลาอบรมน้อยไป" * 10})

    assert len({len(bytes(row.sealed)) for row in Intake.objects.all()}) == 1


@pytest.mark.django_db
def test_a_second_answer_changes_nothing(asked):
    survey, _, invitation = asked
    send_answer(invitation, sheet=sheet_of(survey))
    first = bytes(Intake.objects.get().sealed)

    with pytest.raises(AlreadySent):
        send_answer(invitation, sheet=sheet_of(survey, "1"))

    assert bytes(Intake.objects.get().sealed) == first


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_one_token_sent_twenty_times_at_once_is_one_envelope(race):
    survey, _ = open_with(teachers=1)
    invitation = survey.invitations.select_related("survey").get()
    sheet = sheet_of(survey)

    results = race(THREADS, lambda n: send_answer(invitation, sheet=sheet))

    assert results.count(None) == 1
    assert sum(isinstance(result, AlreadySent) for result in results) == THREADS - 1
    assert Intake.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_unique_hash_there_would_be_many(race):
    """The control: what the lock and the key prevent does happen where there is neither."""

    def careless(number):
        with transaction.atomic():
            if not Intake.objects.filter(token_hash__startswith="same").exists():
                Intake(token_hash=f"same-{number}", sealed=b"").save(force_insert=True)

    for _ in range(20):
        Intake.objects.all().delete()
        race(THREADS, careless)
        if Intake.objects.count() > 1:
            break
    assert Intake.objects.count() > 1


@pytest.mark.django_db
def test_outside_its_time_a_survey_takes_nothing(asked, clock):
    survey, owner, invitation = asked
    close_survey(survey, by=owner)

    with pytest.raises(NotTaking):
        send_answer(invitation, sheet={})

    assert not Intake.objects.exists()


@pytest.mark.django_db
def test_a_survey_by_name_keeps_the_name_and_says_so_in_the_history():
    survey, _ = open_with(teachers=1, is_anonymous=False)
    invitation = survey.invitations.select_related("survey").get()

    send_answer(invitation, sheet=sheet_of(survey))
    with pytest.raises(AlreadySent):
        send_answer(invitation, sheet=sheet_of(survey))

    assert NamedAnswer.objects.get().invitation == invitation
    assert not Intake.objects.exists()
    assert not Answer.objects.exists()
    assert AuditEntry.objects.get(action="survey.answered").member == invitation.member


@pytest.mark.django_db
def test_a_token_finds_its_invitation_and_nothing_else_does(asked):
    _, _, invitation = asked

    assert find_invitation(token_of(invitation)) == invitation
    for wrong in ("", "x" * 43, invitation.token_hash, "\x00" * 43, "ก" * 43, "x" * 10_000):
        assert find_invitation(wrong) is None


@pytest.mark.django_db
def test_answers_are_checked_question_by_question(asked):
    survey, _, _ = asked
    questions = {question.kind: question for question in questions_of(survey)}
    keys = {kind: question.key for kind, question in questions.items()}

    with pytest.raises(WrongAnswers) as error:
        clean_answers(
            questions.values(),
            {
                keys["single"]: ["7"],
                keys["multiple"]: ["0", "-1"],
                keys["text"]: ["ก" * (MAX_TEXT + 1)],
                "999999": ["1"],
                "": ["x"],
            },
        )

    assert error.value.wrong.keys() == set(keys.values())
    assert error.value.wrong[keys["likert"]] == "ยังไม่ได้เลือกคำตอบ"


@pytest.mark.django_db
def test_what_was_not_asked_is_passed_over_and_no_opinion_is_kept_apart(asked):
    survey, _, _ = asked
    questions = {question.kind: question for question in questions_of(survey)}

    sheet = clean_answers(
        questions.values(),
        {
            questions["single"].key: ["2"],
            questions["multiple"].key: ["2", "0", "2"],
            questions["likert"].key: ["0"],
            "999999": ["1"],
        },
    )

    assert sheet == {
        questions["single"].key: 2,
        questions["multiple"].key: [0, 2],
        questions["likert"].key: 0,
    }
    assert str(sheet)  # nothing of the foreign question


@pytest.mark.django_db
def test_an_answer_too_long_for_any_envelope_is_refused_in_words(asked):
    _, _, invitation = asked

    with pytest.raises(DomainError, match="ยาวเกินไป"):
        send_answer(invitation, sheet={"1": "ก" * 400_000})

    assert not Intake.objects.exists()


@pytest.mark.django_db
def test_nothing_about_an_answer_is_published(asked):
    survey, _, invitation = asked
    before = OutboxMessage.objects.count()
    entries = AuditEntry.objects.count()

    send_answer(invitation, sheet=sheet_of(survey))

    assert OutboxMessage.objects.count() == before
    assert AuditEntry.objects.count() == entries
    assert Survey.objects.get() == survey
    assert Invitation.objects.filter(member__holdings__post__role=Role.TEACHER).count() == 6
