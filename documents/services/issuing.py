"""Numbers issued by hand: orders, announcements, certificates, and runs of them for awards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from documents.domain import MAX_NAMES, numbers_text
from documents.models import EntryState, RegisterBook, RegisterEntry, Series
from documents.policies import can_issue
from documents.querysets import RegisterEntryQuerySet
from documents.services.registering import (
    REGISTERED,
    VOIDED,
    TakenNumber,
    seal_of,
    take_number,
    write_entry,
)
from members.models import Unit
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import be_year, db_now
from portal.core.errors import DomainError, require
from portal.core.once import body_hash, once
from portal.core.thaitext import normalise
from portal.files.models import StoredFile
from portal.files.services import attach

ISSUED = (Series.ORDER, Series.ANNOUNCEMENT, Series.CERTIFICATE)
PAPER = "paper"
FILED = "register.entry_filed"
CHUNK = 500


@dataclass(frozen=True)
class Issue:
    """What stands on the paper that takes a number."""

    subject: str
    dated_on: date
    signer: str = ""
    to: str = ""
    remarks: str = ""


@transaction.atomic(durable=True)
def issue_number(
    unit: Unit, series: str, *, issue: Issue, key: UUID | None, by: Actor
) -> RegisterEntry:
    """An order, announcement or certificate has its number n/BE and its line in the register."""
    require(can_issue(by, unit))
    if series not in ISSUED:
        raise DomainError("เลือกทะเบียนคำสั่ง ประกาศ หรือหนังสือรับรอง")
    _require_complete(issue)
    body = {"issue": unit.pk, "series": series, "subject": issue.subject}
    with once(by, key, body) as done:
        if done.is_repeat and done.result:
            return RegisterEntry.objects.select_related("book").get(pk=done.result["entry"])
        taken = take_number(unit.pk, series)
        year = be_year(taken.at)
        entry = write_entry(
            taken,
            by=by,
            letter_number=numbers_text(taken.number, taken.number, year),
            letter_dated_on=issue.dated_on,
            from_text=issue.signer,
            to_text=issue.to,
            subject=issue.subject,
            subject_search=normalise(f"{issue.subject} {issue.to}")[:700],
            remarks=issue.remarks,
        )
        done.result = {"entry": entry.pk}
    return entry


def _require_complete(issue: Issue) -> None:
    if not issue.subject.strip():
        raise DomainError("ใส่เรื่อง")


def issue_awards(
    unit: Unit,
    *,
    issue: Issue,
    names: Sequence[str] = (),
    count: int = 0,
    key: UUID | None,
    by: Actor,
) -> RegisterEntry:
    """A run of certificates of one event has its numbers, one after the other, a line each.

    With names, each line keeps one; without, `count` lines wait for nobody. The first line is
    returned, whose `run_end` is the last number. One short transaction, and nobody else's number
    lies between.
    """
    wanted = len(names) or count
    if not 1 <= wanted <= MAX_NAMES:
        raise DomainError(f"ออกได้ครั้งละ 1 ถึง {MAX_NAMES:,} เลข")
    require(can_issue(by, unit))
    _require_complete(issue)
    return _issue_run(unit, issue, names or [""] * wanted, key=key, by=by)


@transaction.atomic(durable=True)
def _issue_run(
    unit: Unit, issue: Issue, names: Sequence[str], *, key: UUID | None, by: Actor
) -> RegisterEntry:
    body = {"awards": unit.pk, "event": issue.subject, "names": body_hash(list(names))}
    with once(by, key, body) as done:
        if done.is_repeat and done.result:
            return RegisterEntry.objects.select_related("book").get(pk=done.result["entry"])
        taken = take_number(unit.pk, Series.AWARD)
        last = taken.number + len(names) - 1
        if last > taken.number:
            RegisterBook.objects.filter(pk=taken.book_id).update(last_number=last)
        lines = [
            _line(taken, place, issue, name, year=be_year(taken.at), by=by)
            for place, name in enumerate(names)
        ]
        head, rest = lines[0], lines[1:]
        head.run_end = last if rest else None
        head.save(force_insert=True)
        for line in rest:
            line.run_head = head
        RegisterEntry.objects.bulk_create(rest, batch_size=CHUNK)
        record(
            REGISTERED,
            head,
            by=by,
            at=taken.at,
            book=head.book_id,
            number=head.number,
            until=last,
            row=seal_of(head),
            rows=[seal_of(line) for line in rest],
        )
        done.result = {"entry": head.pk}
    return head


def _line(
    taken: TakenNumber, place: int, issue: Issue, name: str, *, year: int, by: Actor
) -> RegisterEntry:
    number = taken.number + place
    return RegisterEntry(
        book_id=taken.book_id,
        number=number,
        registered_at=taken.at,
        registered_by=by.member,
        holding=by.holding,
        letter_number=numbers_text(number, number, year),
        letter_dated_on=issue.dated_on,
        from_text=issue.signer,
        to_text=name,
        subject=issue.subject,
        subject_search=normalise(f"{issue.subject} {name}")[:700],
        remarks=issue.remarks,
    )


def in_force_of(head: RegisterEntry) -> RegisterEntryQuerySet:
    """Return the numbers of a run, by its first line, that are not void."""
    rows = RegisterEntry.objects.filter(Q(pk=head.pk) | Q(run_head=head.pk))
    return rows.exclude(state=EntryState.VOID)


@transaction.atomic
def give_up_run(head: RegisterEntry, *, reason: str, by: Actor) -> int:
    """Every number of the run that was not void is void, for this one reason; return how many.

    One deed and one line of the history; what was void before keeps its own reason.
    """
    require(can_issue(by, head.book.unit))
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่ยกเลิกเลข")
    entries = list(in_force_of(head).lock_all().values_list("pk", "number"))
    if head.run_end is None or not entries:
        raise DomainError("เลขของชุดนี้ยกเลิกครบแล้ว")
    now, reason = db_now(), reason.strip()[:500]
    RegisterEntry.objects.filter(pk__in=[pk for pk, _ in entries]).update(
        state=EntryState.VOID, void_reason=reason, voided_at=now, voided_by=by.member
    )
    record(
        VOIDED,
        head,
        by=by,
        at=now,
        state=[EntryState.USED, EntryState.VOID],
        number=min(number for _, number in entries),
        until=max(number for _, number in entries),
        entries=[pk for pk, _ in entries],
        reason=reason,
    )
    return len(entries)


def can_be_filed(entry: RegisterEntry) -> bool:
    """Answer whether the number was issued by hand, so that its paper may hang here."""
    return entry.book.series in {*ISSUED, Series.AWARD} and entry.letter_id is None


@transaction.atomic
def file_paper(entry: RegisterEntry, *, stored: StoredFile, name: str, by: Actor) -> RegisterEntry:
    """The signed paper hangs on its line; whoever reads the register may open it."""
    locked = RegisterEntry.objects.select_related("book__unit").lock(entry.pk)
    require(can_issue(by, locked.book.unit))
    if not can_be_filed(locked):
        raise DomainError("แนบไฟล์ได้เฉพาะเลขที่ออกในหน้าออกเลข")
    use = attach(stored, locked, role=PAPER, name=name, by=by)
    record(FILED, locked, by=by, file=use.pk)
    return locked
