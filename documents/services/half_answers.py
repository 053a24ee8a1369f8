"""Keep what is filled in of an answer, for the whole desk, until it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from documents.models import Arrival, HalfAnswer
from documents.policies import can_respond
from documents.services.answering import AnswerFile, drop_half_answer, why_not_answerable
from documents.services.receiving import acting_for
from members.services import Actor
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.files.models import FileUse
from portal.files.services import attach, detach, files_of

LONGEST = 5_000


class HalfAnswerConflict(Conflict):
    """Somebody at the same desk saved meanwhile; `current` is what stands there now."""

    def __init__(self, current: HalfAnswer) -> None:
        super().__init__(f"{current.saved_by} กรอกคำตอบนี้จากอีกเครื่องหนึ่ง")
        self.current = current


class HalfAnswerTooLong(DomainError):
    """A text has more than fits; cut short it would look as if it were kept."""

    def __init__(self) -> None:
        super().__init__(f"ข้อความยาวเกิน {LONGEST:,} ตัวอักษร ยังไม่ได้เก็บ ย่อก่อน")


def half_answer_of(arrival: Arrival) -> HalfAnswer | None:
    """Return what is filled in and not sent, unless an answer was given since it was begun."""
    if not getattr(arrival, "has_half_answer", True):  # looked up with the arrival
        return None
    half = HalfAnswer.objects.filter(arrival=arrival).select_related("saved_by").first()
    return half if half and half.base == last_version(arrival) else None


def last_version(arrival: Arrival) -> int:
    """Return the version of the answer that was given last; 0 for none."""
    return arrival.responses.order_by("-version").values_list("version", flat=True).first() or 0


def half_files(half: HalfAnswer) -> list[AnswerFile]:
    """Return the files that were put to it."""
    return [AnswerFile(use.stored, use.name, _question(use)) for use in files_of(half)]


def _question(use: FileUse) -> str:
    return use.role.partition(":")[2]


@transaction.atomic
def keep_answer(
    arrival: Arrival,
    *,
    version: int,
    base: int,
    data: Mapping[str, str],
    files: Sequence[AnswerFile],
    by: Actor,
) -> HalfAnswer:
    """What is filled in is kept for the desk, with these files; nothing is sent.

    Nothing is checked but that an answer is possible: half an answer is allowed to be wrong. No
    line of history: the answer writes its own when it is sent. Raises HalfAnswerConflict when the
    desk saved something else since `version`, Conflict when the answer was sent since `base`, and
    HalfAnswerTooLong instead of keeping a part of a text.
    """
    locked = Arrival.objects.select_related("letter", "unit").lock(arrival.pk)
    require(can_respond(acting_for(locked, by), locked))
    now = db_now()
    if problem := why_not_answerable(locked, now):
        raise DomainError(problem)
    if base != last_version(locked):
        raise Conflict("คำตอบนี้ส่งไปแล้วจากอีกเครื่องหนึ่ง เปิดหน้านี้ใหม่เพื่อดูคำตอบที่ส่ง")
    half = HalfAnswer.objects.filter(arrival=locked).select_related("saved_by").first()
    kept = {name: text for name, text in data.items() if text}
    if any(len(text) > LONGEST for text in kept.values()):
        raise HalfAnswerTooLong
    if half is None or half.base != base:
        half = _begun(locked, base, by)
    elif half.version != version and half.data != kept:
        raise HalfAnswerConflict(half)
    is_next = half.version == version
    half.data, half.version = kept, half.version + 1
    half.saved_at, half.saved_by = now, by.member
    half.save(update_fields=["data", "version", "saved_at", "saved_by"])
    _hang(half, files, by, is_all=is_next)
    return half


def _begun(arrival: Arrival, base: int, by: Actor) -> HalfAnswer:
    """Return an empty one; what was left over from before the last answer is gone."""
    drop_half_answer(arrival, by=by)
    return HalfAnswer.objects.create(
        arrival=arrival, base=base, saved_at=db_now(), saved_by=by.member
    )


def _hang(half: HalfAnswer, files: Sequence[AnswerFile], by: Actor, *, is_all: bool) -> None:
    """Let these files hang there, each once; what a colleague put there meanwhile stays."""
    wanted = {(file.stored.pk, file.role): file for file in files}
    for use in files_of(half):
        if wanted.pop((use.stored_id, use.role), None) is None and is_all:
            detach(use, by=by)
    for position, file in enumerate(wanted.values()):
        attach(file.stored, half, role=file.role, name=file.name, by=by, position=position)
