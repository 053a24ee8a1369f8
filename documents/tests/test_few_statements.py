"""A circular is sent by few statements, however many letters and schools there are."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from documents.services.sending import prepare_sending, register_letter
from documents.tests.factories import LetterFactory, SchoolFactory, registrar_of
from portal.audit.models import AuditEntry
from portal.audit.services import record, written_together

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("schools", [1, 12])
def test_a_circular_is_numbered_and_sent_by_fifteen_statements(schools):
    letter = LetterFactory()
    by = registrar_of(letter.office)
    for _ in range(schools):
        SchoolFactory(office=letter.office)
    first, second = LetterFactory(owner_unit=letter.owner_unit), letter
    _send(first, by)  # opens the book of this year

    with CaptureQueriesContext(connection) as asked:
        _send(second, by, asked)

    said = [one["sql"] for one in asked.captured_queries if not one["sql"].startswith(CONTROL)]
    assert len(said) <= 15, said


def _send(letter, by, asked=None):
    snapshot = prepare_sending(letter, by=by)
    if asked is not None:
        asked.initial_queries = len(connection.queries_log)
    register_letter(letter, snapshot=snapshot, key=uuid4(), by=by)


@pytest.mark.django_db
def test_lines_written_together_keep_their_order_and_a_failed_block_writes_none():
    letter = LetterFactory()
    by = registrar_of(letter.office)

    with written_together():
        record("letter.first", letter, by=by)
        record("letter.second", letter, by=by)
        assert not AuditEntry.objects.filter(action__startswith="letter.").exists()

    lines = AuditEntry.objects.filter(subject_id=letter.pk).order_by("pk")
    assert [line.action for line in lines] == ["letter.first", "letter.second"]

    with pytest.raises(ZeroDivisionError):
        _record_and_fail(letter, by)

    assert lines.all().count() == 2
    record("letter.fourth", letter, by=by)
    assert lines.all().count() == 3


def _record_and_fail(letter, by):
    with written_together():
        record("letter.third", letter, by=by)
        raise ZeroDivisionError
