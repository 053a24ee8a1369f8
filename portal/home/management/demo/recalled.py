"""The demo's letters that were taken back or put right: one recalled, one replaced."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import uuid4

from documents.models import Arrival, Letter, LetterKind
from documents.services.drafting import create_letter, save_draft
from documents.services.recalling import recall_letter
from documents.services.receiving import receive_arrivals
from documents.services.sending import make_arrivals, prepare_sending, register_letter
from documents.services.succeeding import succeed_letter
from members.models import Holding, Unit
from members.services import Actor
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.outbox.models import OutboxMessage

WRONG = "แจ้งตารางการนิเทศโรงเรียน ภาคเรียนที่ 2 ปีการศึกษา 2569"
MEETING = "การประชุมเชิงปฏิบัติการจัดทำแผนปฏิบัติการประจำปี"
OTHERS = 3


def make_recalled(cast: Cast, *, rng: Random) -> None:
    """A letter with the wrong table was taken back; an invitation with a wrong day was replaced."""
    home = next(school for school in cast.schools if school.name == CLERKS_SCHOOLS[0])
    others = [school for school in cast.schools if school.name not in CLERKS_SCHOOLS]
    schools = [home, *rng.sample(others, min(OTHERS, len(others)))]
    registrar = Actor(member=cast.registrar.member, holding=cast.registrar)
    wrong = _send(_draft(cast, schools, WRONG, "แจ้งกำหนดการนิเทศตามตารางที่ส่งมาพร้อมนี้"), by=registrar)
    recall_letter(wrong, reason="แนบตารางของภาคเรียนที่ 1", key=uuid4(), by=registrar)
    invitation = _send(
        _draft(cast, schools, MEETING, "ขอเชิญผู้รับผิดชอบแผนเข้าประชุม วันพุธที่ 2 ธันวาคม 2569"),
        by=registrar,
    )
    number = cast.schools.index(home) + 1
    clerk = Actor(member=cast.clerks[number].member, holding=cast.clerks[number])
    arrival = Arrival.objects.get(letter=invitation, unit=home)
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk)
    right = succeed_letter(invitation, succession="replaces", key=uuid4(), by=_writer(cast))
    changes = {"body": "ขอเชิญผู้รับผิดชอบแผนเข้าประชุม โดยเลื่อนเป็นวันพฤหัสบดีที่ 3 ธันวาคม 2569"}
    right = save_draft(right, version=right.version, changes=changes, by=_writer(cast))
    _send(right, by=registrar)


def _writer(cast: Cast) -> Actor:
    """Return somebody of the planning group who writes its letters."""
    member = cast.drafters["PLN"]
    holdings = Holding.objects.current().filter(member=member, post__unit=cast.groups["PLN"])
    holding = holdings.select_related("post__unit").order_by("pk")[0]
    return Actor(member=member, holding=holding)


def _draft(cast: Cast, schools: list[Unit], subject: str, words: str) -> Letter:
    writer = _writer(cast)
    letter = create_letter(
        cast.groups["PLN"],
        kind=LetterKind.EXTERNAL,
        by=writer,
        audience_rule={"units": sorted(school.pk for school in schools)},
    )
    changes: dict[str, Any] = {
        "subject": subject,
        "addressee": "ผู้อำนวยการโรงเรียน",
        "main_source": "typed",
        "body": f"{words}\nจึงเรียนมาเพื่อทราบและดำเนินการ",
        "signer_name": str(cast.signer),
        "signer_position": f"ผู้อำนวยการ{cast.office.name}",
        "line_new": subject,
        "line_do": "อ่านแล้วแจ้งผู้เกี่ยวข้อง",
        "line_by": "ไม่มีกำหนด",
    }
    return save_draft(letter, version=letter.version, changes=changes, by=writer)


def _send(letter: Letter, *, by: Actor) -> Letter:
    """Number the letter and lay it before its recipients."""
    register_letter(letter, snapshot=prepare_sending(letter, by=by), key=uuid4(), by=by)
    dispatch = letter.dispatches.get()
    for message in OutboxMessage.objects.filter(
        topic="documents.make_arrivals", subject_id=dispatch.pk
    ):
        make_arrivals(message)
    return Letter.objects.get(pk=letter.pk)
