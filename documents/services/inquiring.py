"""Questions about a received letter: asked, answered to one school or for all, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from documents.models import Arrival, ArrivalState, Inquiry, Letter, LetterOrigin
from documents.policies import can_answer_inquiry, can_ask
from documents.querysets import LetterQuerySet
from documents.services.receiving import acting_for
from members.models import Unit
from members.services import Actor, act_where
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import once
from portal.core.prepared import prepared
from portal.core.thaidates import short_time
from portal.outbox import services as outbox

MAX_QUESTION = 1_000
MAX_ANSWER = 2_000
USUAL_DAYS = timedelta(days=90)
USUAL_LEAST = 3
MOST_MEASURED = 500


def can_be_asked(arrival: Arrival) -> bool:
    """Answer whether the letter came from the office and still lies with this recipient."""
    return arrival.letter.origin == LetterOrigin.OFFICE and arrival.state in {
        ArrivalState.WAITING,
        ArrivalState.RECEIVED,
    }


def ask_owner(arrival: Arrival, *, text: str, key: UUID | None, by: Actor) -> Inquiry:
    """The officer whose letter it is has the question; deadline and answer stay as they are.

    Before and after receiving; not about a letter that was sent back, taken back or replaced.
    """
    return _ask(arrival, text=text.strip(), key=key, by=by)


@transaction.atomic(durable=True)
def _ask(arrival: Arrival, *, text: str, key: UUID | None, by: Actor) -> Inquiry:
    with once(by, key, {"ask": arrival.pk, "text": text}) as done:
        locked = Arrival.objects.select_related("letter", "unit").lock(arrival.pk)
        if done.is_repeat and done.result:
            return Inquiry.objects.get(pk=done.result["inquiry"])
        actor = acting_for(locked, by)
        require(can_ask(actor, locked))
        if not can_be_asked(locked):
            raise DomainError("หนังสือฉบับนี้ถามเจ้าของเรื่องทางนี้ไม่ได้")
        if not text:
            raise DomainError("พิมพ์คำถาม")
        if len(text) > MAX_QUESTION:
            raise DomainError(f"คำถามยาวเกิน {MAX_QUESTION:,} ตัวอักษร")
        inquiry = Inquiry(arrival=locked, text=text, asked_at=db_now(), asked_by=by.member)
        inquiry.save(force_insert=True)
        record("inquiry.asked", inquiry, by=actor, arrival=locked.pk)
        outbox.publish("documents.inquiry_asked", inquiry, by=actor)
        done.result = {"inquiry": inquiry.pk}
    return inquiry


def _locked(inquiry: Inquiry) -> Inquiry:
    parts = ("arrival__letter__owner_unit", "arrival__unit", "answered_by")
    return Inquiry.objects.select_related(*parts).lock(inquiry.pk)


@transaction.atomic
def answer_inquiry(
    inquiry: Inquiry, *, answer: str, publish: bool = False, published_text: str = "", by: Actor
) -> Inquiry:
    """Who asked has the answer; with `publish` every recipient of the letter reads both.

    Published is the question in the words of `published_text`, in which the owner left out what
    tells who asked; without them in its own words. Neither may name the unit that asked. Whoever
    is slower gets a Conflict.
    """
    locked = _locked(inquiry)
    actor = act_where(by, can_answer_inquiry, locked.arrival.letter)
    if locked.answered_at is not None:
        at = short_time(locked.answered_at)
        raise Conflict(f"{locked.answered_by}ตอบคำถามนี้ไปแล้วเมื่อ {at}")
    answer = answer.strip()
    if not answer:
        raise DomainError("พิมพ์คำตอบ")
    if len(answer) > MAX_ANSWER:
        raise DomainError(f"คำตอบยาวเกิน {MAX_ANSWER:,} ตัวอักษร")
    locked.answer, locked.answered_at, locked.answered_by = answer, db_now(), by.member
    locked.save(update_fields=["answer", "answered_at", "answered_by"])
    record("inquiry.answered", locked, by=actor, arrival=locked.arrival_id, publish=publish)
    outbox.publish("documents.inquiry_answered", locked, by=actor)
    if publish:
        _publish(locked, published_text, by=actor)
    return locked


@transaction.atomic
def publish_inquiry(inquiry: Inquiry, *, published_text: str, by: Actor) -> Inquiry:
    """An answered question stands under the letter for all its recipients, in these words."""
    locked = _locked(inquiry)
    actor = act_where(by, can_answer_inquiry, locked.arrival.letter)
    if locked.answered_at is None:
        raise DomainError("ตอบก่อน แล้วจึงเผยแพร่")
    if not locked.is_published:
        _publish(locked, published_text, by=actor)
    return locked


def _publish(locked: Inquiry, published_text: str, *, by: Actor) -> None:
    words = published_text.strip() or locked.text
    if len(words) > MAX_QUESTION:
        raise DomainError(f"คำถามที่เผยแพร่ยาวเกิน {MAX_QUESTION:,} ตัวอักษร")
    name = locked.arrival.unit.label
    if name in words or name in locked.answer:
        where = "คำถามที่เผยแพร่" if name in words else "คำตอบ"
        raise DomainError(f"{where}ยังมีชื่อ {name} แก้ก่อนเผยแพร่ ผู้รับอื่นจะได้ไม่รู้ว่าใครถาม")
    locked.is_published, locked.published_text = True, words
    locked.save(update_fields=["is_published", "published_text"])
    record("inquiry.published", locked, by=by, published=[False, True])
    outbox.publish("documents.inquiry_published", locked.arrival.letter, by=by, inquiry=locked.pk)


@transaction.atomic
def withdraw_inquiry(inquiry: Inquiry, *, by: Actor) -> Inquiry:
    """The other recipients read question and answer no more; who asked still has the answer."""
    locked = _locked(inquiry)
    actor = act_where(by, can_answer_inquiry, locked.arrival.letter)
    if locked.is_published:
        locked.is_published = False
        locked.save(update_fields=["is_published"])
        record("inquiry.withdrawn", locked, by=actor, published=[True, False])
    return locked


# What is read ------------------------------------------------------------------------------------


def usual_answer_time(unit: Unit, now: datetime) -> timedelta | None:
    """Return the median time in which the group answered, over 90 days; None with fewer than 3.

    By the clock and not by office hours: that is what the asking school waits.
    """
    answered = _asked_and_answered(unit.pk, now - USUAL_DAYS)
    times = [(end - start).total_seconds() for start, end in answered if end is not None]
    return timedelta(seconds=median(times)) if len(times) >= USUAL_LEAST else None


@prepared
def _asked_and_answered(
    unit: int, since: datetime
) -> QuerySet[Inquiry, tuple[datetime, datetime | None]]:
    rows = Inquiry.objects.filter(arrival__letter__owner_unit=unit, answered_at__gte=since)
    return rows.order_by("-answered_at").values_list("asked_at", "answered_at")[:MOST_MEASURED]


@dataclass(frozen=True)
class Exchange:
    """A question under a letter as one reader sees it; who asked is only known of the own."""

    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None
    is_own: bool
    is_published: bool
    asked_by: str = ""


def exchanges_under(letter: Letter, own: Iterable[Arrival]) -> list[Exchange]:
    """Return the questions of the own desks and the published ones of all, in one query."""
    mine = {arrival.pk for arrival in own}
    rows = (
        Inquiry.objects.filter(arrival__letter=letter)
        .filter(Q(is_published=True) | Q(arrival__in=mine))
        .exclude(arrival__state=ArrivalState.RECALLED)
        .select_related("asked_by")
        .order_by("pk")
    )
    return [_exchange(row, is_own=row.arrival_id in mine) for row in rows]


def _exchange(row: Inquiry, *, is_own: bool) -> Exchange:
    return Exchange(
        text=row.text if is_own else row.published_text,
        asked_at=row.asked_at,
        answer=row.answer,
        answered_at=row.answered_at,
        is_own=is_own,
        is_published=row.is_published,
        asked_by=str(row.asked_by) if is_own else "",
    )


def with_open_questions(letters: LetterQuerySet) -> LetterQuerySet:
    """Give each letter how many questions about it wait for an answer."""
    waiting = Inquiry.objects.open().filter(arrival__letter=OuterRef("pk")).order_by()
    count = waiting.values("arrival__letter").annotate(n=Count("pk")).values("n")
    return letters.annotate(
        open_questions=Coalesce(Subquery(count, output_field=IntegerField()), Value(0))
    )
