"""Bring the schools of an office in, as often as one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from members.domain import bare_district, district_name
from members.models import Unit, UnitKind
from members.policies import can_administer
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.errors import require
from portal.core.locks import lock_on
from portal.search.services import refresh

BATCH = 2_000
COLUMNS = (
    "name",
    "subdistrict",
    "province",
    "levels",
    "code8",
    "code10",
    "pupils",
    "phone",
    "email",
    "is_private",
    "by_temple",
    "is_remote",
)

Progress = Callable[[int, int], None]
Place = tuple[str, str, str, str]


class Contradiction(ValueError):
    """A row says what another row, or a unit that is there, does not allow; in Thai."""


@dataclass(frozen=True)
class SchoolRow:
    """One school as the file has it; an empty text or None says nothing about the school."""

    line: int
    name: str
    subdistrict: str
    district: str
    province: str
    levels: str = ""
    code8: str = ""
    code10: str = ""
    pupils: int | None = None
    cluster: str = ""
    phone: str = ""
    email: str = ""
    is_private: bool | None = None
    by_temple: bool | None = None
    is_remote: bool | None = None

    @property
    def place(self) -> Place:
        return self.name, self.subdistrict, self.district, self.province


@dataclass
class ImportReport:
    """What came of a file: how many schools are new, changed and as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    districts_added: int = 0
    clusters_added: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


def import_schools(
    rows: Sequence[SchoolRow],
    *,
    office: Unit,
    by: Actor,
    source: str = "",
    progress: Progress = lambda done, total: None,
    dry_run: bool = False,
) -> ImportReport:
    """Every row is a school of the office, in its district, with what the file says about it.

    The same row twice changes nothing. A row is known by its code when it has one, else by name,
    subdistrict, district and province; a school without a code takes the one that the file gives,
    and a code that is there is never replaced.
    What the file leaves empty stays as it is. A row that contradicts another is reported by its
    line and the rest goes on. The history gets one entry for the whole file. A dry run only
    counts.
    """
    require(can_administer(by, office))
    with transaction.atomic():
        # Two files at once would each find the other's schools missing.
        lock_on(f"members.import:{office.pk}")
        run = _Run(office)
        for row in rows:
            run.take(row)
        report = run.report
        if not dry_run:
            refresh(*run.write(progress), by=by)
            record(
                "schools.imported",
                office,
                by=by,
                source=source,
                added=report.added,
                changed=report.changed,
                unchanged=report.unchanged,
                bad=len(report.bad),
            )
    progress(len(rows), len(rows))
    return report


class _Run:
    """One file against the units that are there."""

    def __init__(self, office: Unit) -> None:
        self.office = office
        self.report = ImportReport()
        self.new: list[Unit] = []
        self.changed: list[Unit] = []
        self.changed_fields: set[str] = set()
        self.lines: dict[int, int] = {}
        self.codes: dict[str, int] = {}
        self.by_code: dict[str, Unit] = {}
        self.by_place: dict[Place, list[Unit]] = {}
        self.districts: dict[tuple[str, str], Unit] = {}
        self.clusters: dict[str, Unit] = {}
        for unit in Unit.objects.filter(office=office).select_related("district").order_by("pk"):
            self._remember(unit)

    def take(self, row: SchoolRow) -> None:
        """Put the row among the new, the changed, the unchanged or the bad ones."""
        try:
            school = self._find(row)
        except Contradiction as problem:
            self.report.bad.append((row.line, str(problem)))
            return
        if school is None:
            school = Unit(kind=UnitKind.SCHOOL, office=self.office, parent=self.office)
            self._set(school, row)
            self.new.append(school)
            self.report.added += 1
        elif changed := self._set(school, row):
            self.changed.append(school)
            self.changed_fields |= changed
            self.report.changed += 1
        else:
            self.report.unchanged += 1
        self.lines[id(school)] = row.line
        self._remember(school)

    def write(self, progress: Progress) -> list[Unit]:
        """Store the places, then the schools that lie in them; return all that was stored."""
        known = [*self.districts.values(), *self.clusters.values()]
        places = [unit for unit in known if unit.pk is None]
        Unit.objects.bulk_create(places)
        total = len(self.new) + len(self.changed)
        done = 0
        for batch in _batches(self.new):
            Unit.objects.bulk_create(batch)
            progress(done := done + len(batch), total)
        for batch in _batches(self.changed):
            Unit.objects.bulk_update(batch, sorted(self.changed_fields), batch_size=200)
            progress(done := done + len(batch), total)
        return [*places, *self.new, *self.changed]

    def _find(self, row: SchoolRow) -> Unit | None:
        """Return the school that the row means; None for a new one."""
        codes = [code for code in (row.code8, row.code10) if code]
        for code in codes:
            # A code belongs to the first line that has it, also when that line is a bad one:
            # otherwise a second run would find another school by it than the first.
            first = self.codes.setdefault(code, row.line)
            if first != row.line:
                raise Contradiction(f"รหัส {code} ซ้ำกับบรรทัด {first}")
        known = {id(unit): unit for code in codes if (unit := self.by_code.get(code))}
        if len(known) > 1:
            raise Contradiction("รหัส 8 หลักกับรหัส 10 หลักเป็นของคนละหน่วยงาน")
        school = next(iter(known.values()), None) or self._at_place(row)
        if school:
            self._compare(school, row)
        return school

    def _compare(self, school: Unit, row: SchoolRow) -> None:
        """Raise Contradiction when the row cannot be about this unit."""
        if school.kind != UnitKind.SCHOOL:
            raise Contradiction(f"รหัสนี้เป็นของ{school.name}")
        for mine, its in ((row.code8, school.code8), (row.code10, school.code10)):
            if mine and its and mine != its:
                raise Contradiction(f"รหัส {mine} ไม่ตรงกับรหัสเดิมของโรงเรียนนี้ ({its})")
        if id(school) in self.lines:
            raise Contradiction(f"ซ้ำกับโรงเรียนในบรรทัด {self.lines[id(school)]}")

    def _at_place(self, row: SchoolRow) -> Unit | None:
        """Return the school of that name and place, unless it is known by another code.

        One without any code comes first: it is the one that such a row brought in.
        """
        fitting = [
            school
            for school in self.by_place.get(row.place, ())
            if _place_of(school) == row.place
            and not (row.code8 and school.code8)
            and not (row.code10 and school.code10)
        ]
        bare = [school for school in fitting if not (school.code8 or school.code10)]
        return next(iter(bare or fitting), None)

    def _set(self, school: Unit, row: SchoolRow) -> set[str]:
        """Write what the row says into the school; return the names of what is different."""
        said: dict[str, Any] = {
            name: value
            for name in COLUMNS
            if (value := getattr(row, name)) is not None and value != ""
        }
        if row.district:
            said["district"] = self._district(row)
        if row.cluster:
            said["cluster"] = self._cluster(row.cluster)
        different = {name for name, value in said.items() if getattr(school, name) != value}
        for name in different:
            setattr(school, name, said[name])
        return different

    def _district(self, row: SchoolRow) -> Unit:
        key = row.district, row.province
        if key not in self.districts:
            self.districts[key] = Unit(
                kind=UnitKind.DISTRICT,
                office=self.office,
                parent=self.office,
                name=district_name(row.district),
                short_name=row.district,
                province=row.province,
            )
            self.report.districts_added += 1
        return self.districts[key]

    def _cluster(self, name: str) -> Unit:
        if name not in self.clusters:
            self.clusters[name] = Unit(
                kind=UnitKind.CLUSTER, office=self.office, parent=self.office, name=name
            )
            self.report.clusters_added += 1
        return self.clusters[name]

    def _remember(self, unit: Unit) -> None:
        for code in (unit.code8, unit.code10):
            if code:
                self.by_code[code] = unit
        if unit.kind == UnitKind.DISTRICT:
            self.districts.setdefault((bare_district(unit.name), unit.province), unit)
        elif unit.kind == UnitKind.CLUSTER:
            self.clusters.setdefault(unit.name, unit)
        elif unit.kind == UnitKind.SCHOOL:
            there = self.by_place.setdefault(_place_of(unit), [])
            if unit not in there:
                there.append(unit)


def _place_of(school: Unit) -> Place:
    district = bare_district(school.district.name) if school.district else ""
    return school.name, school.subdistrict, district, school.province


def _batches(units: list[Unit]) -> Iterable[list[Unit]]:
    return (units[start : start + BATCH] for start in range(0, len(units), BATCH))
