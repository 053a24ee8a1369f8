"""Whom a unit's own letters may reach: a school's letters, and the memos of an office's groups."""

from __future__ import annotations

from typing import Any

from documents.models import Letter
from members.models import Unit, UnitKind
from members.services import read_rule
from portal.core.errors import DomainError


def refuse_beyond_reach(letter: Letter, rule: dict[str, Any]) -> None:
    """A school writes to its office and the schools of it; a memo goes to groups and the office.

    Never to persons elsewhere, nor to the unit that writes. An office's other letters go to
    whomever the picker offers.
    """
    if letter.is_internal:
        raise DomainError("หนังสือภายในโรงเรียนแจ้งเวียนเฉพาะบุคลากรของโรงเรียน")
    if not letter.is_numbered_by_owner:
        return
    wanted = read_rule(rule)
    if wanted.members or wanted.saved:
        raise DomainError("เลือกผู้รับเป็นหน่วยงาน ไม่ใช่บุคคลหรือกลุ่มที่บันทึกไว้")
    if letter.is_memo and wanted.is_described:
        raise DomainError("บันทึกข้อความส่งถึงกลุ่มในสำนักงานเท่านั้น")
    kind = UnitKind.GROUP if letter.is_memo else UnitKind.SCHOOL
    named = {*wanted.units, *wanted.groups} - {letter.office_id}
    reachable = Unit.objects.filter(pk__in=named, office=letter.office_id, kind=kind)
    if letter.owner_unit_id in named or reachable.count() != len(named):
        raise DomainError("มีผู้รับที่ส่งถึงไม่ได้ เลือกผู้รับใหม่")


def rule_for(unit: Unit) -> dict[str, Any]:
    """Return the rule that means this one unit, as the picker would say it."""
    return {"groups" if unit.kind == UnitKind.GROUP else "units": [unit.pk]}


def addressee_of(letter: Letter) -> str:
    """Return the addressee that was typed; of a unit's own letter to one unit, else its head.

    So the addressee follows the recipients until somebody types another one.
    """
    typed = letter.addressee.strip()
    return typed if typed or not letter.is_numbered_by_owner else _head_of_recipient(letter)


def _head_of_recipient(letter: Letter) -> str:
    """Return the head of the one unit that the letter is for; nothing when there are several."""
    wanted = read_rule(letter.audience_rule)
    named = [*wanted.units, *wanted.groups]
    if wanted.is_described or len(named) != 1:
        return ""
    unit = Unit.objects.filter(pk=named[0], office=letter.office_id).first()
    return f"ผู้อำนวยการ{unit.name}"[:300] if unit else ""
