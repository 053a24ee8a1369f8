"""Bringing schools in: from any file, as often as one likes."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from members.imports import read_schools
from members.models import Role, Unit, UnitKind
from members.services import SchoolRow, import_schools
from members.tests.factories import (
    CODED,
    HEAD,
    NA,
    THUNG,
    ActorFactory,
    DistrictFactory,
    GroupFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.audit.models import AuditEntry
from portal.core.actors import SYSTEM

pytestmark = pytest.mark.django_db

OWN_LIST = settings.BASE_DIR / "portal/home/demo/schools_phatthalung_2.csv"


def bring_in(path, office, **options):
    return import_schools(read_schools(path).rows, office=office, by=SYSTEM, **options)


def run(*arguments):
    """Run the command; return what it says, and what it complains about."""
    out, err = io.StringIO(), io.StringIO()
    call_command("import_schools", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def schools(office):
    return Unit.objects.filter(office=office, kind=UnitKind.SCHOOL)


def test_schools_come_in_with_their_districts(office, file):
    report = bring_in(file(NA, THUNG), office)

    assert (report.added, report.changed, report.unchanged) == (2, 0, 0)
    na = schools(office).get(name="โรงเรียนบ้านนา")
    assert (na.subdistrict, na.province, na.levels) == ("กงหรา", "พัทลุง", "อนุบาล–ประถมศึกษา")
    assert (na.district.name, na.district.short_name) == ("อำเภอกงหรา", "กงหรา")
    assert na.parent == office
    assert Unit.objects.filter(kind=UnitKind.DISTRICT).count() == 1


def test_a_second_run_changes_nothing(office, file):
    path = file(NA, THUNG)
    bring_in(path, office)
    before = list(Unit.objects.order_by("pk").values())

    report = bring_in(path, office)

    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    assert list(Unit.objects.order_by("pk").values()) == before


def test_what_a_list_says_of_a_school_is_kept_until_another_says_otherwise(office, file):
    bring_in(file(f"{NA},ใช่", head=f"{HEAD},is_remote"), office)
    bring_in(file(NA), office)
    kept = schools(office).get().is_remote

    report = bring_in(file(f"{NA},ไม่ใช่", head=f"{HEAD},is_remote"), office)

    assert (kept, schools(office).get().is_remote, report.changed) == (True, False, 1)


def test_a_run_is_one_line_of_the_history(office, file):
    bring_in(file(NA, THUNG), office, source="schools.csv")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_id) == ("schools.imported", office.pk)
    assert entry.data == {
        "source": "schools.csv",
        "added": 2,
        "changed": 0,
        "unchanged": 0,
        "bad": 0,
    }


def test_a_dry_run_counts_and_stores_nothing(office, file):
    report = bring_in(file(NA, THUNG), office, dry_run=True)

    assert (report.added, report.districts_added) == (2, 1)
    assert list(Unit.objects.all()) == [office]
    assert not AuditEntry.objects.exists()


def test_the_same_district_name_in_two_provinces_is_two_districts(office, file):
    there = "โรงเรียนบ้านไกล,นา,กงหรา,กระบี่,"

    bring_in(file(NA, there), office)

    assert set(Unit.objects.filter(kind=UnitKind.DISTRICT).values_list("name", "province")) == {
        ("อำเภอกงหรา", "พัทลุง"),
        ("อำเภอกงหรา", "กระบี่"),
    }


def test_a_district_that_is_there_is_used(office, file):
    mine = DistrictFactory(office=office, name="อำเภอกงหรา", province="พัทลุง")
    DistrictFactory(name="อำเภอกงหรา", province="พัทลุง")

    bring_in(file(NA), office)

    assert schools(office).get().district == mine


def test_two_offices_have_their_own_schools(office, file):
    other = OfficeFactory()
    bring_in(file(NA), office)

    report = bring_in(file(NA), other)

    assert report.added == 1
    assert schools(office).count() == schools(other).count() == 1


@pytest.mark.parametrize("spelling", ["กงหรา", "อำเภอกงหรา", "อ.กงหรา", " กงหรา\u200b "])
def test_a_place_written_otherwise_is_the_same_place(office, file, spelling):
    bring_in(file(NA), office)

    report = bring_in(file(f"โรงเรียนบ้านนา,ตำบลกงหรา,{spelling},จังหวัดพัทลุง,"), office)

    assert (report.added, report.unchanged) == (0, 1)


def test_the_optional_columns_are_stored(office, file):
    line = f'{NA},๙๓๐๒๐๐๐๑,1093020001,"1,250",ริมทะเลสาบ,0 7469 1000,NA@Example.org'

    bring_in(file(line, head=CODED), office)

    school = schools(office).get()
    assert (school.code8, school.code10, school.pupils) == ("93020001", "1093020001", 1250)
    assert (school.phone, school.email) == ("0 7469 1000", "na@example.org")
    assert (school.cluster.name, school.cluster.kind) == ("ริมทะเลสาบ", UnitKind.CLUSTER)


def test_a_school_is_known_by_its_code_though_its_name_changed(office, file):
    old = SchoolFactory(office=office, code8="93020001", name="โรงเรียนชื่อเดิม")

    report = bring_in(file(f"{NA},93020001,,,,,", head=CODED), office)

    old.refresh_from_db()
    assert (report.added, report.changed) == (0, 1)
    assert old.name == "โรงเรียนบ้านนา"


def test_a_school_without_a_code_takes_the_one_of_the_file(office, file):
    bring_in(file(NA), office)

    report = bring_in(file(f"{NA},93020001,,,,,", head=CODED), office)

    assert (report.added, report.changed) == (0, 1)
    assert schools(office).get().code8 == "93020001"


def test_another_code_at_the_same_place_is_another_school(office, file):
    bring_in(file(f"{NA},93020001,,,,,", head=CODED), office)

    report = bring_in(file(f"{NA},93020002,,,,,", head=CODED), office)

    assert report.added == 1
    assert set(schools(office).values_list("code8", flat=True)) == {"93020001", "93020002"}


def test_what_the_file_leaves_empty_stays(office, file):
    bring_in(file(f"{NA},93020001,,120,,0 7469 1000,", head=CODED), office)

    report = bring_in(file(f"{NA},93020001,,,,,", head=CODED), office)

    school = schools(office).get()
    assert report.unchanged == 1
    assert (school.pupils, school.phone) == (120, "0 7469 1000")


def test_what_programs_write_for_nothing_is_nothing(office, file):
    bring_in(file("โรงเรียนบ้านนา,-,กงหรา,พัทลุง,undefined"), office)

    school = schools(office).get()
    assert (school.subdistrict, school.levels) == ("", "")


def test_a_school_twice_in_one_file_is_reported_by_line(office, file):
    report = bring_in(file(NA, THUNG, NA), office)

    assert report.added == 2
    assert report.bad == [(4, "ซ้ำกับโรงเรียนในบรรทัด 2")]


def test_two_codes_of_two_schools_in_one_row_are_reported(office, file):
    SchoolFactory(office=office, code8="93020001")
    SchoolFactory(office=office, code8="", code10="1093020002")

    report = bring_in(file(f"{NA},93020001,1093020002,,,,", head=CODED), office)

    assert report.bad == [(2, "รหัส 8 หลักกับรหัส 10 หลักเป็นของคนละหน่วยงาน")]


def test_a_code_that_is_there_is_never_replaced(office, file):
    SchoolFactory(office=office, code8="93020001", code10="1093020001")

    report = bring_in(file(f"{NA},93020002,1093020001,,,,", head=CODED), office)

    assert report.bad == [(2, "รหัส 93020002 ไม่ตรงกับรหัสเดิมของโรงเรียนนี้ (93020001)")]


def test_a_code_of_something_that_is_no_school_is_reported(office, file):
    GroupFactory(office=office, name="กลุ่มอำนวยการ", code8="93020001")

    report = bring_in(file(f"{NA},93020001,,,,,", head=CODED), office)

    assert report.bad == [(2, "รหัสนี้เป็นของกลุ่มอำนวยการ")]
    assert not schools(office).exists()


names = st.sampled_from(["โรงเรียนก", "โรงเรียนข", "โรงเรียนค"])
rows = st.lists(
    st.builds(
        SchoolRow,
        line=st.just(0),
        name=names,
        subdistrict=st.sampled_from(["", "นา", "ควน"]),
        district=st.sampled_from(["กงหรา", "ตะโหมด"]),
        province=st.just("พัทลุง"),
        levels=st.sampled_from(["", "ประถมศึกษา"]),
        code8=st.sampled_from(["", "93020001", "93020002"]),
        code10=st.sampled_from(["", "", "1093020001"]),
        pupils=st.sampled_from([None, 5, 500]),
    ),
    max_size=8,
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows, rows)
def test_any_list_brought_in_twice_is_brought_in_once(db, earlier, listed):
    office = OfficeFactory()
    import_schools(numbered(earlier), office=office, by=SYSTEM)
    first = import_schools(numbered(listed), office=office, by=SYSTEM)
    before = list(schools(office).order_by("pk").values())

    again = import_schools(numbered(listed), office=office, by=SYSTEM)

    assert first.added + first.changed + first.unchanged + len(first.bad) == len(listed)
    # The same lines are bad; of several that mean one school, another may be named as the first.
    assert (again.added, again.changed) == (0, 0)
    assert [line for line, _ in again.bad] == [line for line, _ in first.bad]
    assert list(schools(office).order_by("pk").values()) == before


def numbered(listed):
    return [replace(row, line=line) for line, row in enumerate(listed, start=2)]


def test_a_school_director_brings_nothing_in(office, file):
    rows_of_file = read_schools(file(NA)).rows

    with pytest.raises(PermissionDenied):
        import_schools(
            rows_of_file,
            office=office,
            by=ActorFactory(role=Role.SCHOOL_DIRECTOR, unit=SchoolFactory(office=office)),
        )


# The command ----------------------------------------------------------------------------------


def test_the_command_says_what_came_of_the_file(office, file):
    out, err = run(file(NA, THUNG, ",,กงหรา,พัทลุง,", NA), "--office", office.name)

    assert "100% · " in out
    assert f"{office.name}: นำเข้าแล้ว · โรงเรียนใหม่ 2" in out
    assert "บรรทัดที่ใช้ไม่ได้ 2" in out
    assert err.splitlines() == ["บรรทัด 4: ไม่มีชื่อโรงเรียน", "บรรทัด 5: ซ้ำกับโรงเรียนในบรรทัด 2"]


@pytest.mark.parametrize("named_by", ["letter_code", "short_name", "name"])
def test_the_office_is_named_by_code_or_name(office, file, named_by):
    OfficeFactory()

    run(file(NA), "--office", getattr(office, named_by))

    assert schools(office).count() == 1


def test_the_only_office_need_not_be_named(office, file):
    run(file(NA))

    assert schools(office).count() == 1


def test_with_several_offices_one_must_be_named(office, file):
    OfficeFactory()

    with pytest.raises(CommandError, match="บอกสำนักงานด้วย --office"):
        run(file(NA))
    with pytest.raises(CommandError, match="ไม่พบสำนักงาน “ไม่มี”"):
        run(file(NA), "--office", "ไม่มี")


def test_a_dry_run_of_the_command_stores_nothing(office, file):
    out, _ = run(file(NA), "--dry-run")

    assert "ตรวจแล้ว ยังไม่ได้บันทึก" in out
    assert not schools(office).exists()


@pytest.mark.engine
def test_the_131_schools_of_the_area_come_in_and_stay(office):
    first, bad = run(OWN_LIST)
    second, _ = run(OWN_LIST)

    assert bad == ""
    assert "โรงเรียนใหม่ 131" in first
    assert "เหมือนเดิม 131" in second
    assert schools(office).count() == 131
    assert Unit.objects.filter(kind=UnitKind.DISTRICT).count() == 6


@pytest.mark.shared
@pytest.mark.engine
def test_the_whole_country_comes_in(office):
    path = Path(settings.BASE_DIR).parent / "shared/data/schools_thailand.csv.gz"
    found = read_schools(path)

    report = bring_in(path, office)

    assert (len(found.rows), found.bad) == (36_103, [])
    # 504 of the rows are there twice, the second time with an invisible letter in the subdistrict.
    assert (report.added, len(report.bad)) == (35_599, 504)
    assert schools(office).count() == 35_599
