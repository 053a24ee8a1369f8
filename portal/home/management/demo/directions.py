"""The demo's other directions: school to school, circulated in a school, memos, an order.

And one circular that is answered by files, for the zip of all answers by school.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

from documents.models import Arrival, ArrivalState, Letter, LetterKind
from documents.services.answering import AnswerFile, submit_response
from documents.services.assigning import acknowledge_assignment, circulate_arrival
from documents.services.drafting import create_letter, save_draft, set_audience, submit_letter
from documents.services.receiving import log_opening, receive_arrivals
from documents.services.sending import make_arrivals, prepare_sending, register_letter
from members.models import Holding, Member, Role, Unit
from members.services import Actor
from portal.core.actors import SYSTEM
from portal.core.calendar import end_of_day
from portal.core.clock import bangkok, db_now
from portal.files.domain.kinds import JPEG, PDF
from portal.files.services import store_bytes
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.home.management.demo.pictures import draw, one_page_form
from portal.outbox.models import OutboxMessage

NEIGHBOURS, ASKED_FOR_FILES, UNANSWERED = 3, 6, 2
GAMES = "ขอเชิญส่งนักกีฬาร่วมแข่งขันกีฬากลุ่มโรงเรียน"
LIBRARY = "ขอเชิญร่วมแลกเปลี่ยนเรียนรู้การจัดห้องสมุดโรงเรียน"
STAFF = "ขอข้อมูลอัตรากำลังครูเพื่อจัดทำแผนปฏิบัติการ"
BUDGET = "แจ้งกำหนดส่งแผนการใช้จ่ายงบประมาณของกลุ่ม"
FLOOD_PLAN = "ขอให้ส่งแผนเผชิญเหตุน้ำท่วมและภาพจุดอพยพของโรงเรียน"
COMMITTEE = "แต่งตั้งคณะกรรมการจัดการแข่งขันทักษะวิชาการ ระดับเขตพื้นที่"


def make_directions(cast: Cast, *, rng: Random) -> None:
    """Schools write to each other, one circulates a letter, groups send memos, an order is out."""
    home = next(school for school in cast.schools if school.name == CLERKS_SCHOOLS[0])
    others = [school for school in cast.schools if school.name not in CLERKS_SCHOOLS]
    clerk = _desk(cast, home)
    if others:
        _between_schools(cast, home, clerk, rng.sample(others, min(NEIGHBOURS, len(others))))
    _circulate(cast, home, clerk)
    _ask_for_files(cast, others[:ASKED_FOR_FILES])
    _memos(cast)
    _order(cast, home)


def _desk(cast: Cast, school: Unit) -> Actor:
    holding = cast.clerks[cast.schools.index(school) + 1]
    return Actor(member=holding.member, holding=holding)


def _at(unit: Unit, role: str) -> Actor:
    """Return who holds this role in the unit."""
    held = Holding.objects.current().filter(post__unit=unit, post__role=role)
    holding = held.select_related("member", "post__unit").order_by("pk")[0]
    return Actor(member=holding.member, holding=holding)


def _due(days: int) -> Any:
    return end_of_day(bangkok(db_now()).date() + timedelta(days=days))


def _send(
    by: Actor,
    *,
    kind: str,
    to: dict[str, Any],
    lines: tuple[str, ...],
    registrar: Actor | None = None,
    **changes: Any,
) -> Letter:
    """Write a letter of the actor's unit, number it and lay it before its recipients.

    A group's letter is numbered by the office's `registrar`.
    """
    letter = create_letter(by.holding.post.unit, kind=kind, by=by)  # type: ignore[union-attr]  # everybody here holds a post
    if to:
        set_audience(letter, rule=to, by=by)
    given = {"main_source": "typed", "body": "\n".join(lines), "signer_name": str(by.member)}
    letter = save_draft(letter, version=letter.version, changes=given | changes, by=by)
    if registrar is not None:
        letter = submit_letter(letter, by=by)
    sender = registrar or by
    snapshot = prepare_sending(letter, by=sender)
    register_letter(letter, snapshot=snapshot, key=uuid4(), by=sender)
    for message in OutboxMessage.objects.filter(
        topic="documents.make_arrivals", subject_id=letter.dispatches.get().pk
    ):
        make_arrivals(message)
    return Letter.objects.get(pk=letter.pk)


def _take_in(letter: Letter, unit: Unit, by: Actor) -> Arrival:
    arrival = Arrival.objects.get(letter=letter, unit=unit)
    receive_arrivals([arrival.pk], key=uuid4(), by=by)
    return Arrival.objects.get(pk=arrival.pk)


def _between_schools(cast: Cast, home: Unit, clerk: Actor, neighbours: list[Unit]) -> None:
    """The school asks its neighbours to its games; one says yes, and another one writes to it."""
    games = _send(
        clerk,
        kind=LetterKind.CIRCULAR,
        to={"units": [school.pk for school in neighbours]},
        lines=(
            f"ด้วย{home.name}จะจัดการแข่งขันกีฬากลุ่มโรงเรียน จึงขอเชิญโรงเรียนของท่านส่งนักกีฬาเข้าร่วม",
            "จึงเรียนมาเพื่อโปรดพิจารณา",
        ),
        subject=GAMES,
        addressee="ผู้อำนวยการโรงเรียนในกลุ่มเครือข่าย",
        response_kind="yes_no",
        due_at=_due(7),
        line_new="แข่งขันกีฬากลุ่มโรงเรียน",
        line_do="ตอบว่าเข้าร่วมหรือไม่",
        line_by="ภายใน 7 วัน",
    )
    first = neighbours[0]
    arrival = _take_in(games, first, _desk(cast, first))
    submit_response(arrival, data={"answer": "yes"}, key=uuid4(), by=_desk(cast, first))
    writer = neighbours[-1]
    _send(
        _desk(cast, writer),
        kind=LetterKind.EXTERNAL,
        to={"units": [home.pk]},
        lines=(
            f"ด้วย{writer.name}จัดห้องสมุดใหม่ จึงขอเชิญครูบรรณารักษ์ร่วมแลกเปลี่ยนเรียนรู้",
            "จึงเรียนมาเพื่อทราบและโปรดแจ้งผู้เกี่ยวข้อง",
        ),
        subject=LIBRARY,
        response_kind="acknowledge",
        due_at=_due(5),
    )


def _circulate(cast: Cast, home: Unit, clerk: Actor) -> None:
    """The school circulated a letter; one teacher knows, the others have still to read it."""
    arrival = (
        Arrival.objects.filter(unit=home, member=None, state=ArrivalState.RECEIVED)
        .exclude(letter__owner_unit=home)
        .order_by("-received_at", "-pk")
        .first()
    )
    if arrival is None:
        return
    teachers: list[Member] = cast.teachers[cast.schools.index(home) + 1]
    made = circulate_arrival(arrival, readers=teachers, note="อ่านก่อนประชุมครูวันศุกร์", by=clerk)
    known = next(row for row in made if row.assignee != teachers[0])
    log_opening([arrival], by=known.assignee)
    acknowledge_assignment(known, by=_self(known.assignee))


def _ask_for_files(cast: Cast, schools: list[Unit]) -> None:
    """The office asks some schools for a plan and a picture; most of them have sent both."""
    if not schools:
        return
    asked = _send(
        _account("officer"),
        registrar=Actor(member=cast.registrar.member, holding=cast.registrar),
        kind=LetterKind.CIRCULAR,
        to={"units": [school.pk for school in schools]},
        lines=(
            "ด้วยสำนักงานจะรวบรวมแผนเผชิญเหตุน้ำท่วมของโรงเรียน จึงขอให้ส่งแผนเป็น PDF พร้อมภาพจุดอพยพ",
            "จึงเรียนมาเพื่อทราบและถือปฏิบัติ",
        ),
        subject=FLOOD_PLAN,
        addressee="ผู้อำนวยการโรงเรียนที่อยู่ในพื้นที่เสี่ยง",
        response_kind="file",
        due_at=_due(8),
        line_new="รวบรวมแผนเผชิญเหตุน้ำท่วม",
        line_do="ส่งแผนเป็น PDF และภาพจุดอพยพ",
        line_by="ภายใน 8 วัน",
    )
    plan = store_bytes(one_page_form(), by=SYSTEM, media_type=PDF)
    picture = store_bytes(draw("flood"), by=SYSTEM, media_type=JPEG)
    files = [AnswerFile(plan, "แผนเผชิญเหตุ.pdf"), AnswerFile(picture, "จุดอพยพ.jpg")]
    for school in schools[: max(1, len(schools) - UNANSWERED)]:
        desk = _desk(cast, school)
        submit_response(_take_in(asked, school, desk), files=files, key=uuid4(), by=desk)


def _account(username: str) -> Actor:
    return _self(Member.objects.get(username=username))


def _self(member: Member) -> Actor:
    holding = Holding.objects.current().filter(member=member).select_related("post__unit")[0]
    return Actor(member=member, holding=holding)


def _memos(cast: Cast) -> None:
    """Planning asks the personnel group, which has it; the finance group tells planning."""
    planning, personnel = cast.groups["PLN"], cast.groups["PER"]
    asked = _send(
        _at(planning, Role.OFFICER),
        kind=LetterKind.MEMO,
        to={"groups": [personnel.pk]},
        lines=(
            "ด้วยกลุ่มนโยบายและแผนจะจัดทำแผนปฏิบัติการประจำปี จึงขอข้อมูลอัตรากำลังครูรายโรงเรียน",
            "จึงเรียนมาเพื่อโปรดดำเนินการ",
        ),
        subject=STAFF,
        response_kind="file",
        due_at=_due(6),
    )
    _take_in(asked, personnel, _at(personnel, Role.GROUP_CLERK))
    _send(
        _at(cast.groups["FIN"], Role.OFFICER),
        kind=LetterKind.MEMO,
        to={"groups": [planning.pk]},
        lines=("ขอแจ้งกำหนดส่งแผนการใช้จ่ายงบประมาณของแต่ละกลุ่ม", "จึงเรียนมาเพื่อทราบ"),
        subject=BUDGET,
        response_kind="acknowledge",
        due_at=_due(4),
    )


def _order(cast: Cast, home: Unit) -> None:
    """The office appointed a committee; each of those named acknowledges the order."""
    named = [members[0].pk for members in list(cast.teachers.values())[:3]]
    teacher = cast.teachers[cast.schools.index(home) + 1][0]
    registrar = Actor(member=cast.registrar.member, holding=cast.registrar)
    _send(
        registrar,
        kind=LetterKind.ORDER,
        to={"members": sorted({*named, teacher.pk})},
        lines=(
            "ด้วยสำนักงานจะจัดการแข่งขันทักษะวิชาการ ระดับเขตพื้นที่ จึงแต่งตั้งคณะกรรมการตามรายชื่อ",
            "ทั้งนี้ ตั้งแต่บัดนี้เป็นต้นไป",
        ),
        subject=COMMITTEE,
        response_kind="acknowledge",
        due_at=_due(3),
        signer_position="ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2",
    )
