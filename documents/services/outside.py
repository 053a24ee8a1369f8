"""Letters from outside the portal: scanned paper and e-mail, registered as they come in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from PIL import Image

from documents.models import (
    ActionRequired,
    Arrival,
    ArrivalState,
    Letter,
    LetterKind,
    LetterOrigin,
    LetterState,
    MainSource,
    Matter,
    Series,
    Urgency,
)
from documents.policies import can_take_in
from documents.services.drafting import ENCLOSURE, MAIN
from documents.services.matters import open_matter
from documents.services.registering import take_number, write_entry
from members.models import Unit
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.locks import lock_on
from portal.core.once import once
from portal.core.thaidates import arabic_digits
from portal.core.thaitext import NO_BREAK_SPACE, normalise
from portal.files.domain.kinds import PDF
from portal.files.models import StoredFile
from portal.files.services import attach, read_bytes, store_bytes

MAX_PHOTOS = 20
SENDERS_OFFERED = 300
A4_AT_150_DPI = (1240, 1754)


@dataclass(frozen=True)
class Paper:
    """One stored file of a letter that comes in, under its name."""

    stored: StoredFile
    name: str


@dataclass(frozen=True)
class Envelope:
    """What stands on a letter from outside."""

    sender: str
    number: str
    dated_on: date
    subject: str
    addressee: str
    urgency: int = Urgency.NORMAL
    channel: str = "post"
    due_at: datetime | None = None


class SeemsRegistered(Conflict):
    """A letter with this sender, number and date is in the register already."""

    def __init__(self, earlier: Matter) -> None:
        number = earlier.arrival.entry.number if earlier.arrival.entry else ""
        super().__init__(f"เลขที่ วันที่ และผู้ส่งนี้ลงรับไปแล้ว เลขรับ {number}")
        self.earlier = earlier


def earlier_senders(office: Unit) -> list[str]:
    """Return who wrote to the office before, by name."""
    rows = Letter.objects.filter(office=office, origin=LetterOrigin.OUTSIDE)
    names = rows.order_by("outside_party").values_list("outside_party", flat=True).distinct()
    return list(names[:SENDERS_OFFERED])


def one_pdf(photos: Sequence[Paper], *, by: Actor) -> Paper:
    """Return one PDF whose pages are the photos, each upright on an A4 page."""
    if len(photos) > MAX_PHOTOS:
        raise DomainError(f"ถ่ายได้ไม่เกิน {MAX_PHOTOS} ภาพ รวมเป็น PDF แล้วแนบแทน")
    pages = [_page(read_bytes(photo.stored)) for photo in photos]
    made = io.BytesIO()
    pages[0].save(made, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    stored = store_bytes(made.getvalue(), by=by, media_type=PDF)
    return Paper(stored, "หนังสือที่สแกน.pdf")


def _page(picture: bytes) -> Image.Image:
    """Draw a photo on an A4 page, as large as it goes."""
    with Image.open(io.BytesIO(picture)) as opened:
        photo = opened.convert("RGB")
    width, height = A4_AT_150_DPI
    if photo.width > photo.height:
        width, height = height, width
    photo.thumbnail((width, height))
    page = Image.new("RGB", (width, height), "white")
    page.paste(photo, ((width - photo.width) // 2, (height - photo.height) // 2))
    return page


@transaction.atomic(durable=True)
def register_outside(
    office: Unit,
    *,
    envelope: Envelope,
    main: Paper,
    enclosures: Sequence[Paper] = (),
    again: bool = False,
    key: UUID | None = None,
    by: Actor,
) -> Matter:
    """The letter has its receive number and is a matter of the office that waits to be proposed.

    The same key twice is one number. The same sender, number and date raise SeemsRegistered,
    unless the registrar looked and wants it `again`.
    """
    require(can_take_in(by, office))
    _require_complete(envelope)
    body = {"outside": office.pk, "from": envelope.sender, "number": envelope.number}
    with once(by, key, body) as done:
        if done.is_repeat and done.result:
            return Matter.objects.get(pk=done.result["matter"])
        lock_on(f"outside:{office.pk}")  # of two at one moment the second sees the first
        if not again and (earlier := _earlier(office, envelope)):
            raise SeemsRegistered(earlier)
        letter = _write_letter(office, envelope, by=by)
        attach(main.stored, letter, role=MAIN, name=main.name, by=by)
        for position, paper in enumerate(enclosures, start=1):
            attach(paper.stored, letter, role=ENCLOSURE, name=paper.name, by=by, position=position)
        matter = _receive(office, letter, envelope, by=by)
        done.result = {"matter": matter.pk}
    return matter


def _require_complete(envelope: Envelope) -> None:
    if not envelope.sender.strip():
        raise DomainError("ใส่ชื่อหน่วยงานหรือบุคคลที่ส่งมา")
    if not envelope.subject.strip():
        raise DomainError("ใส่เรื่อง")
    if envelope.due_at is not None and envelope.due_at <= db_now():
        raise DomainError("กำหนดที่ใส่ผ่านไปแล้ว ใส่วันที่ยังไม่ถึง")


def _earlier(office: Unit, envelope: Envelope) -> Matter | None:
    """Return the matter of a letter that looks the same; one without a number looks like none."""
    if not envelope.number.strip():
        return None
    return (
        Matter.objects.filter(
            office=office,
            arrival__letter__origin=LetterOrigin.OUTSIDE,
            arrival__letter__number_text=as_number(envelope.number),
            arrival__letter__dated_on=envelope.dated_on,
            arrival__letter__outside_party=envelope.sender,
        )
        .select_related("arrival__entry")
        .first()
    )


def as_number(text: str) -> str:
    """Return a letter's number as all numbers are kept: Arabic digits, no-break spaces."""
    return arabic_digits(text.strip()).replace(" ", NO_BREAK_SPACE)


def _write_letter(office: Unit, envelope: Envelope, *, by: Actor) -> Letter:
    now = db_now()
    letter = Letter(
        office=office,
        owner_unit=office,
        drafter=by.member,
        origin=LetterOrigin.OUTSIDE,
        outside_party=envelope.sender,
        kind=LetterKind.EXTERNAL,
        subject=envelope.subject,
        subject_search=normalise(envelope.subject),
        addressee=envelope.addressee,
        urgency=envelope.urgency,
        action_required=ActionRequired.CONSIDER,
        due_at=envelope.due_at,
        main_source=MainSource.UPLOADED,
        state=LetterState.SENT,
        number_text=as_number(envelope.number),
        dated_on=envelope.dated_on,
        created_at=now,
        saved_at=now,
        sent_at=now,
    )
    letter.save(force_insert=True)
    return letter


def _receive(office: Unit, letter: Letter, envelope: Envelope, *, by: Actor) -> Matter:
    """Number it in the office's receive register; nothing slow follows."""
    taken = take_number(office.pk, Series.IN)
    entry = write_entry(
        taken,
        by=by,
        letter=letter,
        from_text=letter.outside_party,
        to_text=letter.addressee or office.name,
    )
    arrival = Arrival(
        letter=letter,
        unit=office,
        state=ArrivalState.RECEIVED,
        is_open=False,
        due_at=envelope.due_at,
        arrived_at=taken.at,
        opened_at=taken.at,
        opened_by=by.member,
        received_at=taken.at,
        received_by=by.member,
        entry=entry,
    )
    arrival.save(force_insert=True)
    record(
        "arrival.received",
        arrival,
        by=by,
        at=taken.at,
        state=[ArrivalState.WAITING, ArrivalState.RECEIVED],
        number=entry.number,
    )
    return open_matter(arrival, at=taken.at, channel=envelope.channel, by=by)
