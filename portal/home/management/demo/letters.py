"""A term of letters: sent, received, answered, as it might have been; always the same for a seed.

The rows are written in bulk, with the numbers, times and history lines that the services would
have left behind, because a term of deeds done one by one would take an hour.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction

from documents.domain import number_text
from documents.models import (
    Dispatch,
    Letter,
    LetterState,
    MainSource,
    RegisterBook,
    RegisterEntry,
    Series,
)
from documents.services.drafting import MAIN
from documents.services.typesetting import typeset_letter
from members.models import AudienceSnapshot
from portal.core.actors import SYSTEM
from portal.core.calendar import add_working_days, end_of_day
from portal.core.clock import bangkok, be_year, db_now
from portal.core.thaidates import short_datetime
from portal.core.thaitext import normalise
from portal.files.models import FileUse, StoredFile
from portal.files.services import attach, store_bytes
from portal.home.management.demo.people import Cast
from portal.home.management.demo.plans import (
    BATCH,
    RECENT,
    SCHOOLS_AT_ONCE,
    TYPESET_AT_MOST,
    Deed,
    Plan,
    Progress,
    at_hour,
    past_working_days,
    questions_of,
    registering,
    write_history,
)
from portal.home.management.demo.schools import write_recipients
from portal.home.management.demo.texts import (
    DRAFTS,
    GROUPS,
    SHOWCASE,
    SUBMITTED,
    TEMPLATES,
    Template,
)
from portal.outbox.models import OutboxMessage
from portal.outbox.services import publish

PAST_DAYS = 120
DRAWING_PAUSE = 3


def make_letters(cast: Cast, *, count: int, rng: Random, seed: int, progress: Progress) -> None:
    """`count` letters were sent to every school over the last months, and a few are drafts."""
    now = db_now()
    holidays = frozenset(cast.office.holidays.values_list("on", flat=True))
    plans = _plans(count, now, holidays, rng)
    with transaction.atomic():
        _write_letters(cast, plans)
    _write_files(plans)
    _draw_later(now)
    for start in range(0, len(cast.schools), SCHOOLS_AT_ONCE):
        with transaction.atomic():
            numbers = range(start, min(start + SCHOOLS_AT_ONCE, len(cast.schools)))
            write_recipients(cast, plans, numbers, now=now, seed=seed, holidays=holidays)
        progress(min(start + SCHOOLS_AT_ONCE, len(cast.schools)), len(cast.schools))
    with transaction.atomic():
        _write_drafts(cast, now, rng)
        _tell(plans)


# The letters --------------------------------------------------------------------------------


def _find(beginning: str) -> Template:
    return next(t for t in (SHOWCASE, *TEMPLATES) if t.subject.startswith(beginning))


def _plans(count: int, now: datetime, holidays: frozenset[date], rng: Random) -> list[Plan]:
    """Return the letters in the order in which they were sent."""
    days = past_working_days(PAST_DAYS, now, holidays)
    plans = [_recent(*row, days=days, now=now, holidays=holidays) for row in RECENT[:count]]
    rounds: dict[str, int] = {}
    older = days[10:]
    olds = max(0, count - len(plans))
    for position in range(olds):
        template = TEMPLATES[position % len(TEMPLATES)]
        rounds[template.subject] = rounds.get(template.subject, 0) + 1
        day = older[-1 - position * len(older) // olds]
        sent_at = at_hour(day, time(rng.randint(8, 15), rng.randint(0, 59)))
        plans.append(
            Plan(
                template=template,
                sent_at=sent_at,
                due_at=_due(template, sent_at, holidays),
                subject=template.subject.format(n=rounds[template.subject]),
            )
        )
    for plan in plans:
        if plan.is_recent:
            turn = rounds.get(plan.template.subject, 0) + 1
            plan.subject = plan.template.subject.format(n=turn)
    return sorted(plans, key=lambda plan: plan.sent_at)


def _recent(
    beginning: str,
    ago: int,
    hour: time,
    *,
    days: list[date],
    now: datetime,
    holidays: frozenset[date],
) -> Plan:
    template = _find(beginning)
    sent_at = at_hour(days[ago - 1], hour) if ago else min(at_hour(bangkok(now).date(), hour), now)
    due_at = _due(template, sent_at, holidays)
    tomorrow = bangkok(now).date() + timedelta(days=1)
    if beginning == "สำรวจความเสียหาย":
        due_at = end_of_day(tomorrow)
    elif beginning == "แจ้งชื่อกรรมการคุมสอบ":
        due_at = at_hour(tomorrow, time(12, 0))
    elif beginning.startswith("รายงานการดำเนินงานโครงการอาหารกลางวัน"):
        due_at = end_of_day(bangkok(now).date() - timedelta(days=2))
    return Plan(template, sent_at, due_at, "", is_recent=True)


def _due(template: Template, sent_at: datetime, holidays: frozenset[date]) -> datetime | None:
    if template.days is None:
        return None
    return end_of_day(add_working_days(bangkok(sent_at).date(), template.days, holidays))


def _letter(cast: Cast, plan: Plan, *, state: str) -> Letter:
    template = plan.template
    signer = cast.signer
    return Letter(
        office=cast.office,
        owner_unit=cast.groups[template.group],
        drafter=cast.drafters[template.group],
        kind=template.kind,
        subject=plan.subject,
        subject_search=normalise(plan.subject),
        addressee="ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน",
        urgency=template.urgency,
        action_required=template.action,
        response_kind=template.response,
        questions=questions_of(template),
        due_at=plan.due_at,
        line_new=template.new,
        line_do=template.do,
        line_by=short_datetime(plan.due_at) if plan.due_at else "ไม่มีกำหนด",
        main_source=MainSource.TYPED,
        body="\n".join(template.body),
        signer_name=str(signer),
        signer_position=f"ผู้อำนวยการ{cast.office.name}",
        audience_rule={"all_schools": True},
        state=state,
        created_at=plan.sent_at - timedelta(hours=2),
        saved_at=plan.sent_at - timedelta(minutes=30),
        submitted_at=plan.sent_at - timedelta(minutes=20),
    )


def _write_letters(cast: Cast, plans: list[Plan]) -> None:
    """Write letters, register entries, dispatches and history, numbered in the order of sending."""
    books: dict[tuple[str, int], RegisterBook] = {}
    recipients = sorted([school.pk, None] for school in cast.schools)
    entries, snapshots, dispatches = [], [], []
    for plan in plans:
        is_circular = plan.template.kind == "circular"
        series = Series.CIRCULAR if is_circular else Series.OUT
        year = be_year(plan.sent_at)
        book = books.setdefault(
            (series, year),
            RegisterBook(unit=cast.office, series=series, be_year=year, start_number=1371),
        )
        book.last_number = max(book.last_number + 1, book.start_number)
        letter = _letter(cast, plan, state=LetterState.SENT)
        letter.number = book.last_number
        letter.number_text = number_text(
            cast.office.letter_code, book.last_number, is_circular=is_circular
        )
        letter.dated_on = bangkok(plan.sent_at).date()
        letter.sent_at = plan.sent_at
        plan.letter = letter
        entries.append(_out_entry(cast, book, letter, len(recipients)))
        snapshots.append(
            AudienceSnapshot(
                office=cast.office,
                rule={"all_schools": True},
                recipients=recipients,
                total=len(recipients),
                summary=f"{len(recipients):,} โรงเรียน · ทุกโรงเรียน",
                frozen_at=plan.sent_at,
                frozen_by=cast.registrar.member,
            )
        )
    RegisterBook.objects.bulk_create(books.values())
    Letter.objects.bulk_create([plan.letter for plan in plans if plan.letter], batch_size=BATCH)
    for plan, entry in zip(plans, entries, strict=True):
        entry.book, entry.letter = entry.book, plan.letter
    RegisterEntry.objects.bulk_create(entries, batch_size=BATCH)
    AudienceSnapshot.objects.bulk_create(snapshots, batch_size=100)
    for plan, snapshot in zip(plans, snapshots, strict=True):
        plan.dispatch = Dispatch(
            letter=plan.letter,
            snapshot=snapshot,
            sent_at=plan.sent_at,
            sent_by=cast.registrar.member,
            total=len(recipients),
            made=len(recipients),
        )
        dispatches.append(plan.dispatch)
    Dispatch.objects.bulk_create(dispatches, batch_size=BATCH)
    deeds: list[Deed] = [registering(entry, cast.registrar) for entry in entries]
    for plan in plans:
        if plan.letter:
            facts = {"state": ["submitted", "registered"], "number": plan.letter.number_text}
            deeds.append((plan.letter, "letter.registered", cast.registrar, plan.sent_at, facts))
    write_history(deeds)


def _out_entry(cast: Cast, book: RegisterBook, letter: Letter, total: int) -> RegisterEntry:
    return RegisterEntry(
        book=book,
        number=book.last_number,
        registered_at=letter.sent_at or letter.saved_at,
        registered_by=cast.registrar.member,
        holding=cast.registrar,
        letter=letter,
        letter_number=letter.number_text,
        letter_dated_on=letter.dated_on,
        from_text=letter.owner_unit.name,
        to_text=f"{total:,} โรงเรียน · ทุกโรงเรียน",
        subject=letter.subject,
        subject_search=letter.subject_search,
    )


def _write_files(plans: list[Plan]) -> None:
    """Every letter has its PDF; in a large data set the later ones share the last one's."""
    stored: StoredFile | None = None
    uses = []
    newest_first = sorted(plans, key=lambda plan: plan.sent_at, reverse=True)
    for position, plan in enumerate(newest_first):
        if plan.letter is None:
            continue
        if position < TYPESET_AT_MOST or stored is None:
            stored = store_bytes(
                typeset_letter(plan.letter), by=SYSTEM, media_type="application/pdf"
            )
            attach(stored, plan.letter, role=MAIN, name=_file_name(plan.letter), by=SYSTEM)
            continue
        uses.append(
            FileUse(
                stored=stored,
                owner_type=Letter._meta.label_lower,
                owner_id=plan.letter.pk,
                role=MAIN,
                name=_file_name(plan.letter),
                added_at=plan.sent_at,
            )
        )
    FileUse.objects.bulk_create(uses, batch_size=BATCH)


def _draw_later(now: datetime) -> None:
    """Let the worker draw the pages one after the other, newest letter first, with time between."""
    rows = OutboxMessage.objects.filter(topic="files.render_pages").order_by("pk")
    for position, row in enumerate(rows):
        row.due_at = now + timedelta(seconds=position * DRAWING_PAUSE)
        row.save(update_fields=["due_at"])


def _file_name(letter: Letter) -> str:
    number = letter.number_text.replace("/", "-").replace("\u00a0", " ")
    return f"{number} {letter.subject[:60]}.pdf"


def _tell(plans: list[Plan]) -> None:
    """Leave it to the worker to ring the bells for the letters of the last days."""
    for plan in plans:
        if plan.is_recent and plan.letter:
            publish("documents.letter_arrived", plan.letter, by=SYSTEM)


# Drafts -------------------------------------------------------------------------------------


def _write_drafts(cast: Cast, now: datetime, rng: Random) -> None:
    """Leave a few drafts with the groups and two letters with the registrar."""
    rows = [(subject, code, LetterState.DRAFT) for subject, code in DRAFTS]
    rows += [(subject, code, LetterState.SUBMITTED) for subject, code in SUBMITTED]
    for position, (subject, code, state) in enumerate(rows):
        template = Template(
            subject,
            code,
            urgency=position % 2,
            response="acknowledge",
            action="act",
            days=7,
            new=subject,
            do="อ่านแล้วกดรับทราบ",
            body=(
                f"ด้วย{GROUPS[code][0]}กำหนดดำเนินงานเรื่อง{subject} จึงขอแจ้งรายละเอียดให้ทราบล่วงหน้า",
                "จึงเรียนมาเพื่อทราบและดำเนินการ",
            ),
        )
        begun = now - timedelta(hours=rng.randint(1, 30))
        due_at = end_of_day(bangkok(now).date() + timedelta(days=10))
        letter = _letter(cast, Plan(template, begun, due_at, subject), state=state)
        if state == LetterState.DRAFT:
            letter.submitted_at = None
        letter.save(force_insert=True)
