"""Recipients and the office speak in the demo: questions, a telephone call, schools gone quiet."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from uuid import uuid4

from documents.models import Arrival, Letter, ResponseKind
from documents.services.calling import record_call, to_call
from documents.services.inquiring import answer_inquiry, ask_owner
from members.models import Member
from members.services import Actor, actor_of, office_holidays
from portal.core.clock import db_now
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.home.management.demo.plans import clock_at

OPEN = "อาคารที่กำลังก่อสร้างและยังไม่ส่งมอบ ต้องนับรวมด้วยหรือไม่"
ASKED = [
    (
        "โรงเรียนบ้านใหม่มีสองวิทยาเขต รายงานรวมหรือแยกกัน",
        "โรงเรียนที่มีสองวิทยาเขต รายงานรวมหรือแยกกัน",
        "รายงานรวมในแบบเดียว แล้วเขียนแยกในช่องหมายเหตุ",
    ),
    ("ช่องจำนวนนักเรียนใช้ข้อมูล ณ วันใด", "", "ใช้ข้อมูล ณ วันที่ 10 พฤศจิกายน 2569"),
    ("ส่งหลังกำหนดหนึ่งวันได้หรือไม่ ไฟฟ้าดับทั้งตำบล", "", "ได้ ขยายเวลาให้แล้วสองวัน"),
]
QUIET_SCHOOLS, QUIET_DAYS = 2, 11
OFFICER, MOST_LOOKED_AT = "officer", 20


def make_contact(cast: Cast, *, rng: Random) -> None:
    """Questions are answered, one for all, one waits; one school was rung up, two are quiet."""
    letters = list(
        Letter.objects.filter(
            origin="office",
            state="sent",
            response_kind=ResponseKind.FORM,
            sent_at__lt=db_now() - timedelta(hours=6),
        )
        .select_related("drafter", "owner_unit")
        .order_by("-sent_at")[:MOST_LOOKED_AT]
    )
    # Asked about a letter of the account that the tour leads through, where it wrote one.
    letters.sort(key=lambda letter: letter.drafter.username != OFFICER)
    for letter in letters[:1]:
        _ask(letter, rng)
    _call(cast)
    _sign_in(cast, rng)


def _desk(arrival: Arrival) -> Actor | None:
    """Return the clerk who keeps this arrival's desk."""
    clerk = Member.objects.holding(units=[arrival.unit_id], roles=["school_clerk"]).first()
    return actor_of(clerk) if clerk else None


def _ask(letter: Letter, rng: Random) -> None:
    """Four schools asked; three were answered, each after another while."""
    officer = actor_of(letter.drafter)
    arrivals = list(
        letter.arrivals.filter(state__in=["waiting", "received"], member=None)
        .select_related("letter", "unit")
        .order_by("pk")
    )
    chosen = rng.sample(arrivals, min(len(ASKED) + 1, len(arrivals)))
    passed = db_now() - letter.sent_at if letter.sent_at else timedelta()
    for position, arrival in enumerate(chosen):
        clerk = _desk(arrival)
        if clerk is None or officer is None or letter.sent_at is None:
            continue
        asked_at = letter.sent_at + passed * (position + 1) / 10
        if position == len(ASKED):
            with clock_at(asked_at):
                ask_owner(arrival, text=OPEN, key=uuid4(), by=clerk)
            continue
        text, published, answer = ASKED[position]
        with clock_at(asked_at):
            inquiry = ask_owner(arrival, text=text, key=uuid4(), by=clerk)
        with clock_at(asked_at + min(timedelta(minutes=35 + 50 * position), passed / 2)):
            answer_inquiry(
                inquiry, answer=answer, publish=bool(published), published_text=published,
                by=officer,
            )  # fmt: skip


def _call(cast: Cast) -> None:
    """One of those who had not received was telephoned."""
    registrar = Actor(member=cast.registrar.member, holding=cast.registrar)
    rows = to_call(registrar.member, db_now(), office_holidays(cast.office))
    arrival = rows.select_related("letter", "unit").first()
    if arrival is not None:
        note = "ไฟฟ้าดับตั้งแต่เช้า จะลงรับเมื่อไฟมา"
        record_call(arrival, spoke_to="ครูเวรประจำวัน", note=note, key=uuid4(), by=registrar)


def _sign_in(cast: Cast, rng: Random) -> None:
    """Everybody was here in the last days but the desks of two schools."""
    now = db_now()
    people = Member.objects.of_office(cast.office)
    people.filter(last_login=None).update(last_login=now - timedelta(hours=rng.randint(2, 20)))
    others = [
        number
        for number, school in enumerate(cast.schools, start=1)
        if school.name not in CLERKS_SCHOOLS
    ]
    numbers = others[-QUIET_SCHOOLS:]
    desks = [(cast.clerks[number], cast.directors[number]) for number in numbers]
    quiet = [held.member_id for desk in desks for held in desk]
    Member.objects.filter(pk__in=quiet).update(last_login=now - timedelta(days=QUIET_DAYS))
