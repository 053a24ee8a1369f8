"""A finished answer comes in: sealed when the survey is anonymous, by name when it says so.

Of an anonymous answer nothing else is written: no line of history, no outbox row, no log, no time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError
from research.domain.questions import InvalidAnswer, clean_answer
from research.domain.sealing import TooLarge, seal
from research.models import Intake, Invitation, NamedAnswer, Question, Survey
from research.services.tokens import TOKEN_LENGTH, hash_of

TOO_LONG = "คำตอบรวมกันยาวเกินไป ตัดข้อความให้สั้นลง"


class AlreadySent(Conflict):
    """This invitation has its answer; nothing of it is shown or changed."""

    def __init__(self) -> None:
        super().__init__("ส่งคำตอบของแบบสอบถามนี้แล้ว")


class NotTaking(DomainError):
    """The survey takes no answers now: not yet, or no more."""

    status = 410

    def __init__(self) -> None:
        super().__init__("แบบสอบถามนี้ไม่ได้เปิดรับคำตอบในขณะนี้")


class WrongAnswers(DomainError):
    """Some questions are not answered, or answered with what is not offered; by question key."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        super().__init__(f"มี {len(wrong)} ข้อที่ต้องแก้")
        self.wrong = dict(wrong)


def find_invitation(token: str) -> Invitation | None:
    """Return whom this token invites; None when it is nobody's."""
    if len(token) != TOKEN_LENGTH:
        return None
    rows = Invitation.objects.select_related("survey__office", "survey__owner_unit")
    return rows.filter(token_hash=hash_of(token)).first()


def invitation_of(survey: Survey, member_id: int) -> Invitation | None:
    """Return how this member is asked by the survey; None when not at all."""
    return (
        Invitation.objects.select_related("survey").filter(survey=survey, member=member_id).first()
    )


def is_sent(invitation: Invitation) -> bool:
    """Answer whether this invitation has its answer, opened or still sealed."""
    return (
        invitation.has_participated
        or Intake.objects.filter(token_hash=invitation.token_hash).exists()
    )


def questions_of(survey: Survey) -> list[Question]:
    """Return the survey's questions in the order of the page."""
    return list(
        Question.objects.filter(section__survey=survey)
        .select_related("section")
        .order_by("section__position", "section_id", "position", "pk")
    )


def clean_answers(
    questions: Iterable[Question], given: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return the sheet in what a form sent, by question key; WrongAnswers names what is wrong.

    Only the survey's own questions are read; whatever else was sent is passed over.
    """
    sheet: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for question in questions:
        try:
            answer = clean_answer(question.ask, given.get(question.key, ()))
        except InvalidAnswer as error:
            wrong[question.key] = str(error)
        else:
            if answer is not None:
                sheet[question.key] = answer
    if wrong:
        raise WrongAnswers(wrong)
    return sheet


def sealing_context(survey: Survey, token_hash: str) -> str:
    """Return what a sealed answer is bound to."""
    return f"{survey.public_id}:{token_hash}"


def send_answer(invitation: Invitation, *, sheet: Mapping[str, Any]) -> None:
    """The answer is in, once: sealed in the intake, or by name where the survey says so.

    Raises AlreadySent for a second one and NotTaking outside the survey's time. A checked sheet
    comes from `clean_answers`.
    """
    survey = invitation.survey
    if not survey.is_anonymous:
        _keep_by_name(invitation, sheet)
        return
    try:
        sealed = seal(
            sheet,
            public_key=bytes.fromhex(survey.public_key),
            context=sealing_context(survey, invitation.token_hash),
        )
    except TooLarge as error:
        raise DomainError(TOO_LONG) from error
    _keep_sealed(invitation, sealed)


@transaction.atomic
def _keep_sealed(invitation: Invitation, sealed: bytes) -> None:
    _locked_to_answer(invitation)
    intake = Intake(token_hash=invitation.token_hash, sealed=sealed)
    try:
        with transaction.atomic():
            intake.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadySent from error


@transaction.atomic
def _keep_by_name(invitation: Invitation, sheet: Mapping[str, Any]) -> None:
    locked = _locked_to_answer(invitation)
    now = db_now()
    NamedAnswer(invitation=locked, data=dict(sheet), answered_at=now).save(force_insert=True)
    locked.has_participated = True
    locked.save(update_fields=["has_participated"])
    record("survey.answered", locked.survey, by=Actor(member=locked.member), at=now)


def _locked_to_answer(invitation: Invitation) -> Invitation:
    """Return the invitation as it is now, its survey locked and taking answers.

    The survey is the queue of its answers, of the opening of its intake and of its end: what is
    in before the end is opened with the rest, and nothing comes in behind it.
    """
    survey = Survey.objects.lock(invitation.survey_id)
    if not survey.takes_answers(db_now()):
        raise NotTaking
    current = Invitation.objects.select_related("member").get(pk=invitation.pk)
    current.survey = survey
    if is_sent(current):
        raise AlreadySent
    return current
