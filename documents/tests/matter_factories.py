"""Matters of an office for tests, brought to their states by the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from documents.models import Arrival, Letter, LetterKind, LetterOrigin, Matter, RegisterEntry
from documents.services.drafting import create_letter, save_draft
from documents.services.handling import accept_matter, assign_matter, close_matter
from documents.services.outside import Envelope, Paper, register_outside
from documents.services.receiving import receive_arrivals
from documents.services.routing import endorse_matter, propose_matter, route_matter
from documents.tests.factories import ArrivalFactory, SentLetterFactory, send, with_pdf
from members.models import Role, Unit
from members.services import Actor
from members.tests.factories import ActorFactory, GroupFactory, OfficeFactory, SchoolFactory
from portal.core.actors import SYSTEM
from portal.core.clock import db_now, today
from portal.files.domain.kinds import PDF
from portal.files.services import store_bytes
from portal.files.tests.factories import pdf_bytes


@dataclass(frozen=True)
class House:
    """An office with two groups and a school, and whoever handles a matter in them."""

    office: Unit
    group: Unit
    other_group: Unit
    school: Unit
    registrar: Actor
    director: Actor
    deputy: Actor
    head: Actor
    clerk: Actor
    officer: Actor
    other_clerk: Actor
    school_clerk: Actor


def make_house() -> House:
    office = OfficeFactory()
    group, other = GroupFactory(office=office), GroupFactory(office=office)
    school = SchoolFactory(office=office, letter_code="ศธ 04999.012")
    return House(
        office=office,
        group=group,
        other_group=other,
        school=school,
        registrar=ActorFactory(role=Role.CENTRAL_REGISTRAR, unit=office),
        director=ActorFactory(role=Role.DIRECTOR, unit=office),
        deputy=ActorFactory(role=Role.DEPUTY_DIRECTOR, unit=office),
        head=ActorFactory(role=Role.GROUP_HEAD, unit=group),
        clerk=ActorFactory(role=Role.GROUP_CLERK, unit=group),
        officer=ActorFactory(role=Role.OFFICER, unit=group),
        other_clerk=ActorFactory(role=Role.GROUP_CLERK, unit=other),
        school_clerk=ActorFactory(role=Role.SCHOOL_CLERK, unit=school),
    )


def school_draft(clerk: Actor, **changes: Any) -> Letter:
    """Return a complete typed draft of the clerk's school to its office."""
    letter = create_letter(clerk.holding.post.unit, kind=LetterKind.EXTERNAL, by=clerk)
    return save_draft(
        letter,
        version=letter.version,
        changes={
            "subject": "ขออนุญาตพานักเรียนไปทัศนศึกษา",
            "main_source": "typed",
            "body": "ด้วยโรงเรียนจะพานักเรียนไปทัศนศึกษา\nจึงเรียนมาเพื่อโปรดพิจารณา",
            "signer_name": "นายตัวอย่าง ทดสอบ",
            **changes,
        },
        by=clerk,
    )


def sent_by_school(clerk: Actor, **changes: Any) -> Letter:
    """Return a letter that the school sent through the services; it waits at the office."""
    return send(school_draft(clerk, **changes), by=clerk, key=uuid4())


def at_office(school: Unit, **fields: Any) -> Arrival:
    """Return a letter of the school, with its PDF, that waits at its office; in two rows."""
    subject = fields.pop("subject", "ขออนุญาตพานักเรียนไปทัศนศึกษา")
    letter = SentLetterFactory(
        owner_unit=school,
        office=school.office,
        origin=LetterOrigin.SCHOOL,
        kind=LetterKind.EXTERNAL,
        subject=subject,
        audience_rule={"units": [school.office_id]},
        **fields,
    )
    return ArrivalFactory(letter=with_pdf(letter), unit=school.office)


def received(school: Unit, *, by: Actor, **fields: Any) -> Matter:
    """Return a matter that the registrar has received from the school."""
    arrival = at_office(school, **fields)
    receive_arrivals([arrival.pk], key=uuid4(), by=by)
    return Matter.objects.get(arrival=arrival)


def proposed(house: House, *, to: Actor | None = None, text: str = "มอบกลุ่ม", **more: Any) -> Matter:
    matter = received(house.school, by=house.registrar)
    post = (to or house.director).holding.post
    return propose_matter(matter, post=post, text=text, by=house.registrar, **more)


def endorsed(house: House, **more: Any) -> Matter:
    given = {"text": "มอบดำเนินการ", "main_unit": house.group} | more
    return endorse_matter(proposed(house), by=house.director, **given)


def routed(house: House, **more: Any) -> Matter:
    matter = received(house.school, by=house.registrar)
    return route_matter(matter, main_unit=house.group, by=house.registrar, **more)


def assigned(house: House) -> Matter:
    return assign_matter(routed(house), officer=house.officer.member, by=house.clerk)


def in_hand(house: House) -> Matter:
    return accept_matter(assigned(house), by=house.officer)


def closed(house: House) -> Matter:
    return close_matter(in_hand(house), result="แจ้งโรงเรียนทางโทรศัพท์แล้ว", by=house.officer)


def envelope(**changes: Any) -> Envelope:
    """Return what stands on a letter from the province, due in a week."""
    stands = {
        "sender": "จังหวัดพัทลุง",
        "number": "พท 0017.2/ว 4821",
        "dated_on": today() - timedelta(days=2),
        "subject": "การเตรียมรับสถานการณ์ฝนตกหนัก",
        "addressee": "ผู้อำนวยการสำนักงาน",
        "urgency": 3,
        "due_at": db_now() + timedelta(days=7),
    }
    return Envelope(**stands | changes)


def paper(name: str = "หนังสือ.pdf") -> Paper:
    return Paper(store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF), name)


def from_outside(
    registrar: Actor, *, key: Any = None, again: bool = False, **changes: Any
) -> Matter:
    """Return a matter that came on paper to the registrar's office."""
    return register_outside(
        registrar.holding.post.unit.office,
        envelope=envelope(**changes),
        main=paper(),
        again=again,
        key=key,
        by=registrar,
    )


def complete(draft: Letter, by: Actor) -> Letter:
    """Return the draft of a reply as it is when everything that is asked for is typed."""
    changes = {"main_source": "typed", "body": "อนุญาต", "signer_name": "นายตัวอย่าง ทดสอบ"}
    return save_draft(draft, version=draft.version, changes=changes, by=by)


def kinds_of(matter: Matter) -> list[str]:
    """Return the steps of the matter's way."""
    return [step.kind for step in matter.steps.all()]


def action_of(matter: Matter) -> str:
    """Return what the register says was done with the letter."""
    return RegisterEntry.objects.get(arrival__matter=matter).action_text
