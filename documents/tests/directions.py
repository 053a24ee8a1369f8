"""Letters between schools, memos between groups, and what is circulated, through the services."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from documents.models import Arrival, Letter, LetterKind
from documents.services.addressing import addressee_of
from documents.services.assigning import circulate_arrival
from documents.services.drafting import create_letter, save_draft, set_audience
from documents.services.receiving import receive_arrivals
from documents.tests.factories import send
from members.models import Role, Unit
from members.services import Actor
from members.tests.factories import ActorFactory


def typed(letter: Letter, *, by: Actor, **changes: Any) -> Letter:
    """Return the draft with everything typed that sending asks for."""
    given = {
        "subject": "ขอเชิญร่วมแข่งขันกีฬากลุ่มโรงเรียน",
        "main_source": "typed",
        "body": "ด้วยโรงเรียนจะจัดแข่งขันกีฬา\nจึงเรียนมาเพื่อพิจารณา",
        "signer_name": "นายตัวอย่าง ทดสอบ",
        "line_new": "แข่งขันกีฬา",
        "line_do": "ตอบว่าเข้าร่วมหรือไม่",
        "line_by": "ศุกร์นี้",
    }
    if not letter.is_decree and not addressee_of(letter):
        given["addressee"] = "ผู้อำนวยการโรงเรียน"
    return save_draft(letter, version=letter.version, changes=given | changes, by=by)


def written(
    by: Actor, *, kind: str = LetterKind.EXTERNAL, to: dict[str, Any] | None = None, **changes: Any
) -> Letter:
    """Return a complete draft of the actor's unit to the recipients of `to`."""
    letter = create_letter(by.holding.post.unit, kind=kind, by=by)
    if to is not None:
        letter = set_audience(letter, rule=to, by=by)
    return typed(letter, by=by, **changes)


def sent(by: Actor, **fields: Any) -> Letter:
    """Return such a letter, numbered and sent."""
    return send(written(by, **fields), by=by, key=uuid4())


def at(letter: Letter, unit: Unit, *, by: Actor | None = None) -> Arrival:
    """Return the letter as it lies with the unit; received when somebody is named."""
    arrival = Arrival.objects.get(letter=letter, unit=unit)
    if by is not None:
        receive_arrivals([arrival.pk], key=uuid4(), by=by)
        arrival.refresh_from_db()
    return arrival


def teachers_of(school: Unit, *names: str) -> list[Actor]:
    """Return teachers of the school by these names."""
    made = [ActorFactory(role=Role.TEACHER, unit=school) for _ in names]
    for actor, name in zip(made, names, strict=True):
        actor.member.title, actor.member.first_name = "ครู", name
        actor.member.save(update_fields=["title", "first_name"])
    return made


def circulated(arrival: Arrival, *readers: Actor, by: Actor, note: str = "") -> Arrival:
    """Return the arrival, circulated to these people."""
    circulate_arrival(arrival, readers=[one.member for one in readers], note=note, by=by)
    return arrival
