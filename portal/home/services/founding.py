"""The office's first day: who may open its page, and the one deed that founds the office."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from documents.models import Series
from documents.services.registering import set_start_number
from members.models import CircularSeries, Holding, Member, Post, Role, Unit, UnitKind
from members.services import (
    hang_garuda,
    save_holding,
    save_member,
    save_post,
    save_unit,
    take_garuda,
)
from portal.audit.services import record
from portal.core.actors import SYSTEM, SystemActor
from portal.core.clock import be_year, db_now, today
from portal.core.errors import Conflict, DomainError, require
from portal.core.locks import lock_on
from portal.files.models import StoredFile
from portal.home.domain import SLOT_SECONDS, is_setup_code, setup_code, slot_of
from portal.home.policies import can_found

logger = logging.getLogger("portal.home")

ADMINISTRATOR, REGISTRAR = "ผู้ดูแลระบบ", "สารบรรณกลาง"


class AlreadyFounded(Conflict):
    """There is an office; the first day is over for ever."""


@dataclass(frozen=True)
class FirstDay:
    """What the office said about itself: nothing of it is stored yet."""

    office: Unit
    admin: Member
    password: str
    groups: Sequence[Unit] = ()
    is_registrar: bool = False
    start_numbers: Mapping[str, int] = field(default_factory=dict)
    garuda: UploadedFile[Any] | None = None


def is_founded() -> bool:
    """Answer whether there is an office, open or closed: offices are never deleted."""
    return Unit.objects.offices().exists()


def current_setup_code() -> tuple[str, datetime]:
    """Return the code that opens the first page now, and until when it does: 30 to 60 minutes.

    Nothing is stored: the code is derived from SECRET_KEY and the half hour (docs/decisions).
    """
    slot = slot_of(db_now().timestamp())
    return setup_code(_secret(), slot), datetime.fromtimestamp((slot + 2) * SLOT_SECONDS, UTC)


def is_current_code(typed: str) -> bool:
    """Answer whether it is the code that the server prints now; a wrong one is logged."""
    is_right = is_setup_code(typed, _secret(), slot_of(db_now().timestamp()))
    if not is_right:
        logger.warning("setup.wrong_code")
    return is_right


def _secret() -> bytes:
    return str(settings.SECRET_KEY).encode()


def found_office(day: FirstDay, *, way: str, by: SystemActor = SYSTEM) -> Unit:
    """The office stands with its groups and its first administrator, who can sign in.

    All of it or nothing, and once: with any office there, AlreadyFounded. The administrator is the
    registrar, too, when so wished; the registers of this year begin at the numbers given (a move
    in mid-year, domain guide 1.5); the garuda hangs on the office. `way` says in the history by
    which door it came.
    """
    require(can_found(by))
    if is_founded():
        raise AlreadyFounded("ตั้งสำนักงานไว้แล้ว ไม่มีอะไรเปลี่ยน")
    picture = take_garuda(day.garuda, by=by) if day.garuda else None
    return _found(day, picture, way=way, by=by)


@transaction.atomic
def _found(day: FirstDay, picture: StoredFile | None, *, way: str, by: SystemActor) -> Unit:
    lock_on("home.found_office")
    if is_founded():
        raise AlreadyFounded("ตั้งสำนักงานไว้แล้ว ไม่มีอะไรเปลี่ยน")
    office = day.office
    office.kind = UnitKind.OFFICE
    office.can_issue_numbers = True
    save_unit(office, by=by)
    _add_groups(office, day.groups, by=by)
    _add_administrator(office, day, by=by)
    _set_numbers(office, day.start_numbers, by=by)
    if picture and day.garuda:
        hang_garuda(office, picture, name=day.garuda.name or "garuda", by=by)
    record("office.founded", office, by=by, way=way, groups=len(day.groups))
    return office


def _add_groups(office: Unit, groups: Sequence[Unit], *, by: SystemActor) -> None:
    names = [group.name for group in groups]
    if len(set(names)) < len(names):
        raise DomainError("มีกลุ่มชื่อเดียวกันสองรายการ")
    for position, group in enumerate(groups, start=1):
        group.kind = UnitKind.GROUP
        group.office = group.parent = office
        group.sort_order = position
        save_unit(group, by=by)


def _add_administrator(office: Unit, day: FirstDay, *, by: SystemActor) -> None:
    admin = day.admin
    admin.office = office
    admin.is_staff = True
    save_member(admin, password=day.password, by=by)
    wanted = [(ADMINISTRATOR, Role.ADMINISTRATOR)]
    if day.is_registrar:
        # The desk's post comes first: it is the one in which the daily work is done.
        wanted.insert(0, (REGISTRAR, Role.CENTRAL_REGISTRAR))
    for position, (title, role) in enumerate(wanted):
        post = Post(unit=office, title=title, role=role, sort_order=position)
        save_post(post, by=by)
        save_holding(Holding(member=admin, post=post, from_on=today()), by=by)


def _set_numbers(office: Unit, numbers: Mapping[str, int], *, by: SystemActor) -> None:
    if Series.CIRCULAR in numbers and office.circular_series == CircularSeries.SHARED:
        raise DomainError("หนังสือเวียนใช้ชุดเลขเดียวกับหนังสือส่ง จึงไม่มีเลขเริ่มต้นของตัวเอง")
    year = be_year(db_now())
    for series, number in numbers.items():
        if number > 1:
            set_start_number(
                office, series=series, be_year_of_book=year, start_number=number, by=by
            )
