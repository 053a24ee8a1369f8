"""Reading a list of schools from any file."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from members.imports import read_schools
from members.tests.factories import CODED, HEAD, NA, THUNG
from portal.core.errors import DomainError


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",กงหรา,กงหรา,พัทลุง,", "ไม่มีชื่อโรงเรียน"),
        ("โรงเรียนก,กงหรา,,พัทลุง,", "ไม่มีอำเภอ"),
        ("โรงเรียนก,กงหรา,กงหรา,,", "ไม่มีจังหวัด"),
        (f"โรงเรียน{'ก' * 200},กงหรา,กงหรา,พัทลุง,", "ชื่อโรงเรียนยาวเกิน 200 ตัวอักษร"),
        (f"{NA},1234,,,,,", "รหัส 8 หลักต้องเป็นตัวเลข 8 ตัว แต่เป็น “1234”"),
        (f"{NA},,12345678,,,,", "รหัส 10 หลักต้องเป็นตัวเลข 10 ตัว แต่เป็น “12345678”"),
        (f"{NA},,,ร้อย,,,", "จำนวนนักเรียนต้องเป็นตัวเลข แต่เป็น “ร้อย”"),
        (f"{NA},,,-5,,,", "จำนวนนักเรียนต้องเป็นตัวเลข แต่เป็น “-5”"),
        (f"{NA},,,99999999999999,,,", "จำนวนนักเรียนต้องเป็นตัวเลข แต่เป็น “99999999999999”"),
        (f"{NA},,,,,,ที่บ้าน", "อีเมล “ที่บ้าน” ไม่ถูกต้อง"),
        (f"{NA},,,,,,,เกิน", "มีช่องเกินจากบรรทัดแรก"),
    ],
)
def test_a_bad_row_is_reported_and_the_rest_comes_in(file, line, reason):
    found = read_schools(file(THUNG, line, head=CODED))

    assert found.bad == [(3, reason)]
    assert [row.name for row in found.rows] == ["โรงเรียนวัดทุ่ง"]


def test_lines_are_counted_as_an_editor_counts_them(file):
    two_lines = '"โรงเรียนเทศบาล 1\nวัดใหญ่",แม่กลอง,เมือง,สมุทรสงคราม,'

    found = read_schools(file(two_lines, "", ",,กงหรา,พัทลุง,"))

    assert [(row.line, row.name) for row in found.rows] == [(2, "โรงเรียนเทศบาล 1 วัดใหญ่")]
    assert found.bad == [(5, "ไม่มีชื่อโรงเรียน")]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "a.csv"),
        ("utf-8-sig", "a.csv"),
        ("utf-8-sig", "a.csv.gz"),
        ("utf-8", "a.csv.gz"),
    ],
)
def test_files_come_with_and_without_a_mark_and_packed(file, encoding, name):
    found = read_schools(file(NA, encoding=encoding, name=name))

    assert [row.name for row in found.rows] == ["โรงเรียนบ้านนา"]


def test_files_of_old_windows_are_read_too(file):
    found = read_schools(file(NA.replace("–", "-"), encoding="cp874"))

    assert [row.name for row in found.rows] == ["โรงเรียนบ้านนา"]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "ไฟล์นี้ว่าง"),
        (b"name,district\nx,y", "ขาด subdistrict, province, levels"),
        (b"\x1f\x8bbroken", "เปิดไฟล์"),
        (b"\xff\xfe\x00\x01" + b"\xdb" * 9, "ไม่ใช่ตัวอักษรไทย"),
        (HEAD.encode() + b'\n"' + b"x" * 200_000, "อ่านไฟล์ต่อไม่ได้ตั้งแต่บรรทัด 2"),
    ],
)
def test_what_is_no_list_is_refused_in_thai(tmp_path, data, complaint):
    path = tmp_path / "schools.csv"
    path.write_bytes(data)

    with pytest.raises(DomainError, match=complaint):
        read_schools(path)


def test_a_file_that_is_not_there_is_said_in_thai(tmp_path):
    with pytest.raises(DomainError, match="เปิดไฟล์"):
        read_schools(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("cell", "said"), [("ใช่", True), ("๑", True), ("ไม่ใช่", False), ("NO", False), ("-", None)]
)
def test_a_list_says_yes_or_no_or_nothing(file, cell, said):
    found = read_schools(file(f"{NA},{cell}", head=f"{HEAD},is_remote"))

    assert found.bad == []
    assert [(row.is_remote, row.is_private) for row in found.rows] == [(said, None)]


def test_a_list_that_says_neither_yes_nor_no_is_bad(file):
    found = read_schools(file(f"{NA},อาจจะ", head=f"{HEAD},by_temple"))

    assert found.bad == [(2, "โรงเรียนวัดต้องเป็น ใช่ หรือ ไม่ใช่ แต่เป็น “อาจจะ”")]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"{HEAD}\n{text}".encode()))
def test_no_file_whatsoever_breaks_the_reader(tmp_path, data):
    path = tmp_path / "any.csv"
    path.write_bytes(data)

    try:
        found = read_schools(path)
    except DomainError:
        return
    assert all(row.name and row.district and row.province for row in found.rows)
