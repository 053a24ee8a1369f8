"""Give a unit another name from a day on; what is older keeps the name of its day."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from members.models import Unit, UnitName
from members.policies import can_administer
from members.services.changes import check, plain
from members.services.finding import find_anew
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.errors import DomainError, require
from portal.core.seen import require_as_seen
from portal.core.thaitext import one_line

UNIT_NAMES = ("name", "short_name")


@transaction.atomic
def rename_unit(
    unit: Unit, *, name: str, short_name: str, on: date, seen: str = "", by: Actor
) -> Unit:
    """The unit has these names from the day on, and is still found by those of before.

    The day is today or earlier, and not before the last renaming; on the very day of that one its
    names are only put right, and no day is left on which it had the wrong ones.
    """
    unit = Unit.objects.select_related("office").lock(unit.pk)
    require(can_administer(by, unit.office))
    require_as_seen(unit, UNIT_NAMES, seen)
    since = unit.renamed_on or unit.opened_on
    if on > today():
        raise DomainError("วันที่เปลี่ยนชื่อต้องไม่หลังวันนี้")
    if since and on < since:
        raise DomainError("วันที่เปลี่ยนชื่อต้องไม่ก่อนวันที่เริ่มใช้ชื่อปัจจุบัน")
    before = UnitName(
        unit=unit,
        name=unit.name,
        short_name=unit.short_name,
        from_on=since,
        to_on=on - timedelta(days=1),
    )
    unit.name, unit.short_name, unit.renamed_on = one_line(name), one_line(short_name), on
    if (unit.name, unit.short_name) == (before.name, before.short_name):
        raise DomainError("ชื่อใหม่เหมือนชื่อปัจจุบัน")
    check(unit)
    if on != since:
        before.save(force_insert=True)
    unit.save(update_fields=[*UNIT_NAMES, "renamed_on"])
    record(
        "unit.renamed",
        unit,
        by=by,
        on=plain(on),
        name=[before.name, unit.name],
        short_name=[before.short_name, unit.short_name],
    )
    find_anew(unit, by=by)
    return unit
