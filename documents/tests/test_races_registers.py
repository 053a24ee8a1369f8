"""Races over registers: a reserved number is one letter's, and a run of awards has no hole."""

from __future__ import annotations

from uuid import uuid4

import pytest

from documents.models import Letter, RegisterBook, RegisterEntry, Series
from documents.services.correcting import CorrectedMeanwhile, correct_entry
from documents.services.issuing import Issue, issue_awards
from documents.services.reserving import ReservationGone, reserve_number
from documents.services.sending import prepare_sending, register_letter
from documents.services.verifying import verify_book
from documents.tests.factories import LetterFactory, clerk_of, received_arrival, registrar_of
from members.tests.factories import GroupFactory, SchoolFactory
from portal.core.clock import today

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]

THREADS = 6


def test_a_reserved_number_is_taken_by_one_letter_only(race):
    group = GroupFactory()
    SchoolFactory(office=group.office)
    registrar = registrar_of(group.office)
    kept = reserve_number(
        group.office, Series.OUT, purpose="เชิญ", expires_on=today(), key=uuid4(), by=registrar
    )
    letters = [LetterFactory(owner_unit=group, kind="external") for _ in range(THREADS)]
    frozen = [prepare_sending(letter, by=registrar) for letter in letters]

    answers = race(
        THREADS,
        lambda number: register_letter(
            letters[number],
            snapshot=frozen[number],
            key=uuid4(),
            reserved=kept.pk,
            by=registrar,
        ),
    )

    won = [one for one in answers if isinstance(one, Letter)]
    assert [letter.number for letter in won] == [1]
    assert {type(one) for one in answers} == {Letter, ReservationGone}
    assert RegisterBook.objects.get().last_number == 1


def test_runs_at_once_lie_one_behind_the_other(race):
    clerk = clerk_of(SchoolFactory())
    school = clerk.holding.post.unit

    answers = race(
        THREADS,
        lambda number: issue_awards(
            school,
            issue=Issue(subject=f"งานที่ {number}", dated_on=today()),
            count=5,
            key=uuid4(),
            by=clerk,
        ),
    )

    book = RegisterBook.objects.get()
    assert sorted(head.number for head in answers) == [1, 6, 11, 16, 21, 26]
    assert verify_book(book).doubts == []
    for head in answers:
        subjects = book.entries.filter(number__range=(head.number, head.run_end))
        assert set(subjects.values_list("subject", flat=True)) == {head.subject}


def test_of_two_corrections_at_once_one_sees_the_other(race):
    arrival, clerk = received_arrival()
    entry = RegisterEntry.objects.get(pk=arrival.entry_id)

    answers = race(
        2,
        lambda number: correct_entry(
            entry, column="remarks", value=f"แฟ้ม {number}", reason="ลืม", seen="", by=clerk
        ),
    )

    assert {type(one) for one in answers} == {RegisterEntry, CorrectedMeanwhile}
    assert entry.corrections.count() == 1
