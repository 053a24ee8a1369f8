"""Answers: given, given again, accepted, returned; and more time for one recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from documents.domain import MAX_PHOTOS, clean_answers
from documents.models import (
    Arrival,
    ArrivalState,
    Extension,
    HalfAnswer,
    Response,
    ResponseKind,
    ResponseState,
)
from documents.policies import can_respond, can_review
from documents.services.noting import note_deeds
from documents.services.receiving import acting_for
from members.models import OFFICE_ROLES, Role, UnitKind
from members.services import Actor, act_at
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.core.once import once
from portal.core.thaidates import short_datetime
from portal.files.models import StoredFile
from portal.files.services import attach, detach, files_of
from portal.outbox.services import publish

ANSWER = "answer"
MAX_TEXT = 5_000


@dataclass(frozen=True)
class AnswerFile:
    """A file that goes with an answer; `question` is the key of a photo question, or empty."""

    stored: StoredFile
    name: str
    question: str = ""

    @property
    def role(self) -> str:
        return f"{ANSWER}:{self.question}" if self.question else ANSWER


class InvalidAnswer(DomainError):
    """The answer does not fit the form; `errors` maps question keys to Thai sentences."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("ยังตอบไม่ครบ ดูข้อที่มีข้อความสีแดง")
        self.errors = errors


def why_not_answerable(arrival: Arrival, now: datetime) -> str:
    """Say why an answer cannot be given now, or nothing when it can.

    A first answer is always possible. After the deadline a given answer changes only when it was
    returned (or more time was given); an accepted one is final.
    """
    if not arrival.letter.expects_answer:
        return "หนังสือฉบับนี้ไม่ต้องตอบ"
    if arrival.letter.is_from_school and arrival.unit.kind == UnitKind.OFFICE:
        return "สำนักงานตอบโรงเรียนเป็นหนังสือ"
    if arrival.state == ArrivalState.SUPERSEDED:
        return "มีฉบับใหม่แทนแล้ว ไม่ต้องตอบฉบับนี้"
    if arrival.state != ArrivalState.RECEIVED:
        return "ลงรับก่อน แล้วจึงตอบ"
    if arrival.response_state == ResponseState.ACCEPTED:
        return f"{_asker(arrival)}ตรวจรับคำตอบแล้ว จึงแก้ไม่ได้"
    due_at = arrival.due_at
    if arrival.response_state == ResponseState.ANSWERED and due_at and due_at < now:
        due = short_datetime(due_at)
        return f"พ้นกำหนดแล้วเมื่อ {due} คำตอบแก้ได้เมื่อ{_asker(arrival)}ส่งกลับหรือขยายเวลา"
    return ""


def _asker(arrival: Arrival) -> str:
    """Return who looks at the answer: the office, or the school or group that wrote."""
    letter = arrival.letter
    return letter.owner_unit.name if letter.is_numbered_by_owner else "สำนักงาน"


def _check_content(
    arrival: Arrival, data: dict[str, Any], text: str, files: Sequence[AnswerFile]
) -> dict[str, Any]:
    """Return the cleaned data, or raise InvalidAnswer naming every field that does not fit."""
    kind = arrival.letter.response_kind
    errors: dict[str, str] = {}
    cleaned: dict[str, Any] = {}
    if len(text) > MAX_TEXT:
        errors["text"] = f"ข้อความยาวเกิน {MAX_TEXT:,} ตัวอักษร"
    if kind == ResponseKind.YES_NO:
        cleaned = {"answer": str(data.get("answer", ""))}
        if cleaned["answer"] not in {"yes", "no"}:
            errors["answer"] = "เลือกเข้าร่วมหรือไม่เข้าร่วม"
    elif kind == ResponseKind.FORM:
        checked = clean_answers(arrival.letter.questions, data)
        cleaned, errors = checked.values, errors | checked.errors
        errors |= _check_photos(arrival.letter.questions, files)
    elif kind == ResponseKind.FILE and not files:
        errors["files"] = "แนบไฟล์อย่างน้อย 1 ไฟล์"
    elif kind == ResponseKind.TEXT and not text.strip():
        errors["text"] = "พิมพ์คำตอบ"
    if errors:
        raise InvalidAnswer(errors)
    return cleaned


def _check_photos(questions: list[dict[str, Any]], files: Sequence[AnswerFile]) -> dict[str, str]:
    errors = {}
    for question in questions:
        if question["kind"] != "photos":
            continue
        count = sum(file.question == question["key"] for file in files)
        if question.get("required") and not count:
            errors[question["key"]] = "แนบภาพอย่างน้อย 1 ภาพ"
        elif count > MAX_PHOTOS:
            errors[question["key"]] = f"แนบได้ไม่เกิน {MAX_PHOTOS} ภาพ"
    return errors


def submit_response(
    arrival: Arrival,
    *,
    data: dict[str, Any] | None = None,
    text: str = "",
    files: Sequence[AnswerFile] = (),
    key: UUID | None,
    by: Actor,
) -> Response:
    """The recipient has answered: a new version, marked late after the deadline.

    `files` are all files of this version, stored already. Raises InvalidAnswer with a sentence for
    each field, DomainError when no answer is possible.
    """
    return _submit(arrival, data=data or {}, text=text.strip(), files=list(files), key=key, by=by)


@transaction.atomic(durable=True)
def _submit(
    arrival: Arrival,
    *,
    data: dict[str, Any],
    text: str,
    files: list[AnswerFile],
    key: UUID | None,
    by: Actor,
) -> Response:
    body = {
        "arrival": arrival.pk,
        "data": data,
        "text": text,
        "files": [(file.stored.sha256, file.role) for file in files],
    }
    with once(by, key, body) as done:
        locked = Arrival.objects.select_related("letter", "unit").lock(arrival.pk)
        if done.is_repeat and done.result:
            return Response.objects.get(pk=done.result["response"])
        actor = acting_for(locked, by)
        require(can_respond(actor, locked))
        now = db_now()
        if problem := why_not_answerable(locked, now):
            raise DomainError(problem)
        cleaned = _check_content(locked, data, text, files)
        response = _write_response(locked, data=cleaned, text=text, now=now, by=actor)
        for position, file in enumerate(files):
            attach(
                file.stored, response, role=file.role, name=file.name, by=actor, position=position
            )
        drop_half_answer(locked, by=actor)
        note_deeds(locked)
        done.result = {"response": response.pk}
    return response


def drop_half_answer(arrival: Arrival, *, by: Actor) -> None:
    """Nothing half filled is left of this arrival."""
    for half in HalfAnswer.objects.filter(arrival=arrival):
        for use in files_of(half):
            detach(use, by=by)
        half.delete()


def _write_response(
    arrival: Arrival, *, data: dict[str, Any], text: str, now: datetime, by: Actor
) -> Response:
    is_late = arrival.due_at is not None and arrival.due_at < now
    last = arrival.responses.order_by("-version").values_list("version", flat=True).first()
    response = Response(
        arrival=arrival,
        version=(last or 0) + 1,
        data=data,
        text=text,
        submitted_at=now,
        submitted_by=by.member,
        is_late=is_late,
    )
    response.save(force_insert=True)
    before = arrival.response_state
    arrival.response_state = ResponseState.ANSWERED
    arrival.answered_at = now
    arrival.is_late = is_late
    arrival.settle()
    arrival.save(update_fields=["response_state", "answered_at", "is_late", "is_open"])
    record(
        "response.submitted",
        response,
        by=by,
        arrival=arrival.pk,
        state=[before, ResponseState.ANSWERED],
        version=response.version,
        late=is_late,
    )
    return response


def _reviewer(arrival: Arrival, by: Actor) -> Actor:
    """Return the actor in the owner's post (or the registrar's) that reviews this answer."""
    letter = arrival.letter
    if can_review(by, letter):
        return by
    return act_at(by, [letter.owner_unit_id, letter.office_id], OFFICE_ROLES - {Role.DIRECTOR})


def _locked_last(response: Response) -> tuple[Arrival, Response]:
    """Lock arrival, then answer; only the last version can be reviewed."""
    arrival = Arrival.objects.select_related("letter__owner_unit", "unit").lock(response.arrival_id)
    locked = Response.objects.lock(response.pk)
    if arrival.responses.filter(version__gt=locked.version).exists():
        raise DomainError("มีคำตอบฉบับใหม่กว่านี้แล้ว เปิดหน้านี้ใหม่เพื่อดูฉบับล่าสุด")
    return arrival, locked


def _review(response: Response, *, state: str, reason: str, by: Actor) -> Response:
    arrival, locked = _locked_last(response)
    actor = _reviewer(arrival, by)
    require(can_review(actor, arrival.letter))
    locked.move_to(state)
    locked.reviewed_at, locked.reviewed_by = db_now(), by.member
    locked.return_reason = reason
    locked.save(update_fields=["state", "reviewed_at", "reviewed_by", "return_reason"])
    arrival.response_state = state
    arrival.settle()
    arrival.save(update_fields=["response_state", "is_open"])
    record(
        f"response.{state}",
        locked,
        by=actor,
        arrival=arrival.pk,
        state=[ResponseState.ANSWERED, state],
        reason=reason,
    )
    return locked


@transaction.atomic
def accept_response(response: Response, *, by: Actor) -> Response:
    """The answer is accepted and final."""
    return _review(response, state=ResponseState.ACCEPTED, reason="", by=by)


@transaction.atomic
def return_response(response: Response, *, reason: str, by: Actor) -> Response:
    """The answer went back with the reason; the recipient is told and may answer again."""
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่ส่งกลับให้แก้")
    returned = _review(response, state=ResponseState.RETURNED, reason=reason.strip(), by=by)
    publish("documents.response_returned", returned.arrival, by=by, response=returned.pk)
    return returned


@transaction.atomic
def extend_deadline(arrival: Arrival, *, new_due_at: datetime, reason: str, by: Actor) -> Extension:
    """This one recipient has until `new_due_at`, with the reason; the others as before."""
    locked = Arrival.objects.select_related("letter__owner_unit", "unit").lock(arrival.pk)
    actor = _reviewer(locked, by)
    require(can_review(actor, locked.letter))
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่ขยายเวลา")
    if locked.state in {ArrivalState.RECALLED, ArrivalState.SUPERSEDED}:
        raise DomainError(f"ฉบับนี้{locked.get_state_display()}แล้ว จึงไม่ต้องขยายเวลา")
    if locked.response_state == ResponseState.ACCEPTED:
        raise DomainError("ตรวจรับคำตอบของโรงเรียนนี้แล้ว จึงไม่ต้องขยายเวลา")
    if new_due_at <= db_now():
        raise DomainError("กำหนดใหม่ต้องเป็นเวลาข้างหน้า")
    if locked.due_at is not None and new_due_at <= locked.due_at:
        raise DomainError("กำหนดใหม่ต้องหลังกำหนดเดิม")
    extension = Extension(
        arrival=locked,
        old_due_at=locked.due_at,
        new_due_at=new_due_at,
        reason=reason.strip(),
        made_at=db_now(),
        made_by=by.member,
    )
    extension.save(force_insert=True)
    locked.due_at = new_due_at
    locked.save(update_fields=["due_at"])
    record(
        "arrival.extended",
        locked,
        by=actor,
        due_at=[
            extension.old_due_at.isoformat() if extension.old_due_at else None,
            new_due_at.isoformat(),
        ],
        reason=extension.reason,
    )
    publish("documents.arrival_extended", locked, by=actor)
    return extension
