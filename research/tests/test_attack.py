"""The attack: somebody has the whole database without the key files, and asks who said what.

Every participant gives an answer that is theirs alone, so that a right guess can be counted. The
attacker sorts both sides by everything there is (transaction, place on the disk, key, every column)
and joins them rank by rank, and tries every pair of columns for equal values. Inside a batch of n,
guessing finds one of n: that is chance. Files, backups and the WAL are not the database; the
README says what remains in them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import product
from math import sqrt
from random import Random
from threading import Event
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

from portal.audit.models import AuditEntry
from portal.outbox.models import OutboxMessage
from research.models import Answer, Intake, Invitation, Survey
from research.services.answering import questions_of, send_answer
from research.services.intake import open_due_intakes, open_intake
from research.services.opening import close_survey
from research.tests.factories import open_with

PEOPLE = 400
SENDERS = 4
SIGMAS = 5


def shuffled(survey):
    """Return the invitations in random order, and what each of them is going to say."""
    invitations = list(survey.invitations.select_related("survey"))
    Random(3).shuffle(invitations)
    return invitations, {one.pk: f"said{uuid4().hex}" for one in invitations}


@pytest.fixture
def answered(transactional_db, race):
    """Everybody has answered, in random order and several at once, while a worker opens batches."""
    survey, owner = open_with(teachers=PEOPLE)
    text = next(one for one in questions_of(survey) if one.kind == "text").key
    invitations, words = shuffled(survey)
    has_ended = [Event() for _ in range(SENDERS)]

    def work(number):
        if number < SENDERS:
            for invitation in invitations[number::SENDERS]:
                send_answer(invitation, sheet={text: words[invitation.pk]})
            has_ended[number].set()
        while not all(event.is_set() for event in has_ended):
            open_due_intakes()

    assert race(SENDERS + 1, work) == [None] * (SENDERS + 1)
    close_survey(survey, by=owner)
    open_intake(survey)
    assert Answer.objects.count() == PEOPLE
    return {said: pk for pk, said in words.items()}


@pytest.fixture
def careless(transactional_db):
    """The control: the same people, each answer and its mark in a transaction of their own."""
    survey, _ = open_with(teachers=PEOPLE)
    invitations, words = shuffled(survey)
    for invitation in invitations:
        with transaction.atomic():
            data = {"1": words[invitation.pk]}
            Answer(survey=survey, population="teachers", data=data).save()
            Invitation.objects.filter(pk=invitation.pk).update(has_participated=True)
    return {words[one.pk]: one.pk for one in invitations}


def columns(table):
    """Return the names of a table's columns, the hidden ones of the engine among them."""
    with connection.cursor() as cursor:
        named = [one.name for one in connection.introspection.get_table_description(cursor, table)]
    hidden = (
        ["xmin::text::bigint", "xmax::text::bigint", "cmin::text::bigint", "ctid"]
        if connection.vendor == "postgresql"
        else ["rowid"]
    )
    return named + hidden


def rows(table, column, extra):
    """Return (value, what it is about) of every row, in the order of the place on the disk."""
    place = "ctid" if connection.vendor == "postgresql" else "rowid"
    shown = column if "::" in column or column in {"ctid", "rowid"} else f'"{column}"'
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {shown}, "{extra}" FROM "{table}" ORDER BY {place}')
        return cursor.fetchall()


def orders(table, extra):
    """Return every order the attacker can bring a table into: column → rows sorted by it."""
    found = {}
    for column in columns(table):
        values = rows(table, column, extra)
        try:
            found[column] = [about for _, about in sorted(values, key=lambda row: row[0])]
        except TypeError:
            found[column] = [about for _, about in sorted(values, key=lambda row: str(row[0]))]
    return found


def said(data):
    """Return the words of an answer, however the engine gives JSON."""
    return re.search("said[0-9a-f]{32}", str(data)).group()


def transactions(table, extra):
    """Return what was written together: transaction → rows (PostgreSQL alone keeps it)."""
    together = defaultdict(list)
    for number, about in rows(table, "xmin::text::bigint", extra):
        together[number].append(about)
    return together


def hits(pairs, truth):
    return sum(truth[said(data)] == invitation for data, invitation in pairs)


def by_rank(truth):
    """Join both tables rank by rank, in every order of both; return the hits of every attempt."""
    answers = orders("research_answer", "data")
    invitations = orders("research_invitation", "id")
    return {
        (left, right, direction): hits(
            zip(answers[left], invitations[right][::direction], strict=True), truth
        )
        for left, right, direction in product(answers, invitations, (1, -1))
    }


def by_transaction(truth):
    """Join inside each transaction, in the order of the place; return (hits, transactions)."""
    answers = transactions("research_answer", "data")
    marks = transactions("research_invitation", "id")
    both = answers.keys() & marks.keys()
    pairs = [pair for number in both for pair in zip(answers[number], marks[number], strict=True)]
    return hits(pairs, truth), {number: len(answers[number]) for number in both}


def most_by_chance(batches):
    """Return how many hits chance alone may bring: one for each batch, and five sigma more."""
    return batches + SIGMAS * sqrt(batches) + SIGMAS


@pytest.mark.postgres
def test_whoever_has_the_database_joins_no_better_than_chance(answered):
    found, sizes = by_transaction(answered)

    assert sum(sizes.values()) == PEOPLE  # the transaction tells the batch, for it is one deed
    assert len(sizes) > 3
    assert min(sizes.values()) >= 5
    assert found <= most_by_chance(len(sizes))
    attempts = by_rank(answered)
    assert len(attempts) >= 100
    worst = max(attempts, key=attempts.get)
    assert attempts[worst] <= most_by_chance(len(sizes)), worst


@pytest.mark.postgres
def test_control_one_transaction_for_each_person_is_joined_whole(careless):
    found, sizes = by_transaction(careless)

    assert set(sizes.values()) == {1}
    assert found == PEOPLE


@pytest.mark.engine
def test_no_order_of_either_table_tells_who_said_what(answered):
    """On SQLite, where the rowid is the order of writing; on PostgreSQL once more."""
    attempts = by_rank(answered)

    assert len(attempts) >= 40
    assert max(attempts.values()) <= most_by_chance(PEOPLE // 5)
    assert places_of_answers(answered) == {"research_answer"}
    assert not Intake.objects.exists()
    assert what_is_written_of(Survey.objects.get()) == {"survey.opened", "survey.closed"}


@pytest.mark.engine
def test_control_the_order_of_writing_tells_all(careless):
    """The attack works where nothing is shuffled and no batch is made."""
    place = "ctid" if connection.vendor == "postgresql" else "rowid"

    in_order = [said(data) for _, data in rows("research_answer", place, "data")]

    assert [careless[words] for words in in_order] == list(careless.values())


def places_of_answers(truth):
    """Return the tables in which a key or the words of any answer stand, in whatever column."""
    own = {str(key) for key in Answer.objects.values_list("pk", flat=True)}
    own |= {key.replace("-", "") for key in own}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    places = set()
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            text = str(cursor.fetchall())
        if any(value in text for value in own) or any(words in text for words in truth):
            places.add(table)
    return places


def what_is_written_of(survey):
    """Return the deeds in the survey's history; outbox rows name nothing but the survey."""
    messages = OutboxMessage.objects.filter(topic__startswith="research.")
    assert {(message.subject_id, str(message.data)) for message in messages} == {(survey.pk, "{}")}
    entries = AuditEntry.objects.filter(subject_type="research.survey", subject_id=survey.pk)
    return set(entries.values_list("action", flat=True))


def reachable(model):
    """Return the models one comes to from `model` along keys that lead to one row each."""
    found, todo = set(), [model]
    while todo:
        here = todo.pop()
        for field in here._meta.get_fields():
            leads_to_one = isinstance(field, ForeignKey | OneToOneField) or (
                field.one_to_one and field.auto_created
            )
            if leads_to_one and field.related_model not in found:
                found.add(field.related_model)
                todo.append(field.related_model)
    return found


@pytest.mark.engine
@pytest.mark.django_db
def test_no_join_path():
    """Along keys one comes from an answer to its survey, and never to one invitation."""
    assert [field.name for field in Answer._meta.get_fields() if field.is_relation] == ["survey"]
    assert not any(
        field.related_model is Answer
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField | ManyToManyField)
    )
    assert Invitation not in reachable(Answer)
    assert not [field for field in Intake._meta.get_fields() if field.is_relation]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            targets = connection.introspection.get_relations(cursor, table).values()
            names = {target[1] for target in targets}
            assert not names & {"research_answer", "research_intake"}
            if table == "research_answer":
                assert names == {"research_survey"}
    shared = {"survey_id", "population"}
    assert set(columns("research_answer")) & set(columns("research_invitation")) <= shared | {
        "id",
        "rowid",
        "ctid",
        "xmin::text::bigint",
        "xmax::text::bigint",
        "cmin::text::bigint",
    }


@pytest.mark.django_db
def test_an_answer_carries_no_time():
    kinds = {field.get_internal_type() for field in Answer._meta.get_fields()}

    assert not kinds & {"DateTimeField", "DateField", "TimeField", "AutoField", "BigAutoField"}
    assert not {field.get_internal_type() for field in Intake._meta.get_fields()} & {
        "DateTimeField",
        "DateField",
        "TimeField",
        "AutoField",
        "BigAutoField",
    }
