"""Years of letters in a fresh database: so many letters to so many schools, received and numbered.

Rows are copied by the database from one model row each, so that a million of them takes seconds.
Guards and foreign keys are off while it does: what it writes is whole by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from documents.domain import NBSP
from documents.models import (
    Arrival,
    ArrivalState,
    Letter,
    RegisterBook,
    RegisterEntry,
    ResponseKind,
    ResponseState,
    Series,
)
from documents.tests.factories import DispatchFactory, SentLetterFactory
from members.models import Member, Role, Unit
from members.sessions import SessionStore
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.clock import be_year
from portal.core.thaitext import normalise

SCHOOLS = 120
WAITING = 10  # of the newest letters no school has received
MODEL_NUMBER = 1_000_000  # of rows that are copied and taken away again
OPEN = 30  # and this many more were received and not answered
MINUTES_APART = 20
SUBJECTS = (
    "การยืนยันข้อมูลนักเรียนรายบุคคล",
    "ขอเชิญประชุมผู้บริหารสถานศึกษา",
    "การจัดสรรเงินอุดหนุนรายหัว",
    "สำรวจความเสียหายของอาคารเรียนจากวาตภัยและอุทกภัย",
    "การดำเนินงานโครงการอาหารกลางวัน",
    "การประเมินความสามารถด้านการอ่านของผู้เรียน",
    "กำหนดปฏิทินสอบวัดผลปลายภาคเรียน",
    "ประชาสัมพันธ์การรับสมัครทุนการศึกษาสำหรับนักเรียนยากจน",
    "แจ้งตารางการนิเทศ ติดตาม",
    "ขอความร่วมมือสำรวจความต้องการครูผู้สอนสาขาขาดแคลน",
    "การคัดเลือกครูดีเด่นและผู้บริหารดีเด่น",
    "มาตรการรักษาความปลอดภัยในสถานศึกษาช่วงวันหยุด",
    "การเตรียมความพร้อมก่อนเปิดภาคเรียน",
    "ขอให้ปรับปรุงข้อมูลครุภัณฑ์ในระบบให้เป็นปัจจุบัน",
    "การคัดกรองสุขภาพและพัฒนาการนักเรียน",
)
RARE = "พฤกษศาสตร์"  # a word of one letter in a thousand
COMMON = "สำรวจ"


@dataclass(frozen=True)
class Years:
    """The world of a benchmark: its units, and a session for the clerk of each school."""

    office: Unit
    group: Unit
    schools: list[Unit]
    clerks: list[Member]
    officer: Member
    registrar: Member


def make_years(letters: int, *, schools: int = SCHOOLS) -> Years:
    """Return an office whose schools have received all but the newest of so many letters."""
    office = OfficeFactory()
    group = GroupFactory(office=office, can_issue_numbers=True)
    years = Years(
        office=office,
        group=group,
        schools=[SchoolFactory(office=office) for _ in range(schools)],
        clerks=[],
        officer=HoldingFactory(role=Role.GROUP_HEAD, unit=group).member,
        registrar=HoldingFactory(role=Role.CENTRAL_REGISTRAR, unit=office).member,
    )
    for school in years.schools:
        years.clerks.append(HoldingFactory(role=Role.SCHOOL_CLERK, unit=school).member)
    _write_letters(years, letters)
    return years


def sign_in(member: Member) -> str:
    """Return the key of a session in which this member is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    key = session.session_key
    if key is None:
        raise RuntimeError("a session that was created has a key")
    return key


def settle() -> None:
    """PostgreSQL knows its tables, as it would after a quiet hour, and has written them down."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("CHECKPOINT")


def _write_letters(years: Years, letters: int) -> None:
    now = timezone.now()
    start = now - timedelta(minutes=MINUTES_APART * letters)
    first = SentLetterFactory(
        office=years.office,
        owner_unit=years.group,
        response_kind=ResponseKind.ACKNOWLEDGE,
        sent_at=start,
        created_at=start,
        number=0,
    )
    dispatch = DispatchFactory(letter=first, sent_at=start, total=len(years.schools))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    numbers = f"generate_series(1, {letters}) AS n"
    sent = f"TIMESTAMPTZ '{start.isoformat()}' + n * INTERVAL '{MINUTES_APART} minutes'"
    copy_rows(
        first,
        source=numbers,
        number="n",
        number_text="'" + f"{years.office.letter_code}/ว ".replace(" ", NBSP) + "' || n",
        subject=_subject("subject"),
        subject_search=_subject("search"),
        sent_at=sent,
        saved_at=sent,
        dated_on=f"({sent})::date",
    )
    numbered = "(SELECT id AS letter, sent_at AS sent FROM documents_letter WHERE number > 0) AS l"
    copy_rows(dispatch, source=numbered, letter_id="l.letter", sent_at="l.sent")
    _write_arrivals(years, letters, dispatch.snapshot_id, now)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def _write_arrivals(years: Years, letters: int, snapshot: int, now: datetime) -> None:
    """Give every school every letter; the entries of its book have the ids of its arrivals."""
    school = years.schools[0]
    clerk = years.clerks[0]
    letter = Letter.objects.get(number=0)
    books = [
        RegisterBook.objects.create(
            unit=unit,
            series=Series.IN,
            be_year=be_year(now),
            last_number=letters - WAITING,
        )
        for unit in years.schools
    ]
    model_entry = RegisterEntry.objects.create(
        book=books[0],
        number=MODEL_NUMBER,
        registered_at=now,
        registered_by=clerk,
        letter=letter,
        from_text=years.group.name,
        to_text=school.name,
    )
    model_arrival = Arrival.objects.create(
        letter=letter,
        dispatch=letter.dispatches.get(),
        unit=school,
        state=ArrivalState.WAITING,
        arrived_at=now,
    )
    entry = f"(b.id - {books[0].pk}) * {letters} + l.number + {MODEL_NUMBER}"
    everything = f"""(
        SELECT b.id AS book, b.unit_id AS unit, d.id AS dispatch, {entry} AS entry, l.*,
            l.number <= {letters - WAITING} AS is_received,
            l.number <= {letters - WAITING - OPEN} AS is_closed
        FROM documents_letter AS l
        JOIN documents_dispatch AS d ON d.letter_id = l.id
        CROSS JOIN documents_registerbook AS b
        WHERE l.number > 0
    ) AS s"""
    copy_rows(
        model_entry,
        source=everything,
        where="s.is_received",
        id="s.entry",
        book_id="s.book",
        number="s.number",
        registered_at="s.sent_at + INTERVAL '1 hour'",
        letter_id="s.id",
        letter_number="s.number_text",
        letter_dated_on="s.dated_on",
        subject="s.subject",
        subject_search="s.subject_search",
    )
    hours = MINUTES_APART * (OPEN + WAITING) // 60
    copy_rows(
        model_arrival,
        source=everything,
        letter_id="s.id",
        dispatch_id="s.dispatch",
        unit_id="s.unit",
        arrived_at="s.sent_at",
        due_at=f"CASE WHEN s.number % 3 = 0 THEN s.sent_at + INTERVAL '{hours} hours' END",
        state=f"CASE WHEN s.is_received THEN '{ArrivalState.RECEIVED}' ELSE t.state END",
        response_state=f"CASE WHEN s.is_closed THEN '{ResponseState.ACCEPTED}'"
        " ELSE t.response_state END",
        is_open="NOT s.is_closed",
        opened_at="CASE WHEN s.is_received THEN s.sent_at + INTERVAL '30 minutes' END",
        received_at="CASE WHEN s.is_received THEN s.sent_at + INTERVAL '1 hour' END",
        received_by_id=f"CASE WHEN s.is_received THEN {clerk.pk} END",
        answered_at="CASE WHEN s.is_closed THEN s.sent_at + INTERVAL '2 hours' END",
        entry_id="CASE WHEN s.is_received THEN s.entry END",
    )
    with connection.cursor() as cursor:
        for row in (model_arrival, model_entry):
            table = row._meta.db_table
            cursor.execute(f"DELETE FROM {table} WHERE id = {row.pk}")
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            cursor.execute(f"SELECT setval({sequence}, max(id)) FROM {table}")


def _subject(spelling: str) -> str:
    """Return SQL for the n-th letter's subject; one in a thousand has the rare word."""
    spell = normalise if spelling == "search" else str
    cases = " ".join(
        f"WHEN {number} THEN '{spell(subject)}'" for number, subject in enumerate(SUBJECTS)
    )
    return (
        f"CASE n %% {len(SUBJECTS)} {cases} END"
        f" || CASE WHEN n %% 1000 = 500 THEN ' {spell('สวน' + RARE + 'โรงเรียน')}' ELSE '' END"
        f" || ' {spell('ครั้งที่')} ' || n"
    ).replace("%%", "%")


def copy_rows(row: Model, *, source: str, where: str = "true", **columns: str) -> None:
    """Insert a copy of the row for each of the source, with these columns as SQL says (t, s, n)."""
    fields = [
        str(field.column)
        for field in row._meta.concrete_fields
        if not field.primary_key or field.column in columns
    ]
    quote = connection.ops.quote_name
    values = ", ".join(columns.get(name, f"t.{quote(name)}") for name in fields)
    names = ", ".join(quote(name) for name in fields)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS t, {source}"
            f" WHERE t.id = {row.pk} AND {where}"
        )


def add_schools(office: Unit, count: int) -> None:
    """The office has so many schools more."""
    model = SchoolFactory(office=office)
    copy_rows(
        model,
        source=f"generate_series(1, {count - 1}) AS n",
        name=f"'{model.name} ' || n",
        code8="(50000000 + n)::text",
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
