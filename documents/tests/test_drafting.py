"""Drafts: who may write them, what they lack, what is refused, what comes back."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from documents.models import Letter, LetterState, Secrecy
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
from documents.tests.factories import LetterFactory, officer_of, registrar_of
from members.tests.factories import GroupFactory
from portal.audit.tests.history import history_of
from portal.core.errors import DomainError
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db


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


def test_the_same_beginning_twice_is_one_draft_and_without_its_key_two():
    group = GroupFactory()
    officer, key = officer_of(group), uuid4()

    keyed = [create_letter(group, key=key, by=officer).pk for _ in range(2)]
    unkeyed = [create_letter(group, by=officer).pk for _ in range(2)]

    assert len(set(keyed)) == 1
    assert len(set(unkeyed)) == 2
