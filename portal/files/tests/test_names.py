"""Names that people give, and the headers that carry them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.domain.headers import NoSuchRange, asked_part, disposition
from portal.files.domain.kinds import DOCX, JPEG, PDF, TYPES
from portal.files.domain.names import MAX_NAME, clean_name, readable_size


@pytest.mark.parametrize(
    ("given_name", "media_type", "clean"),
    [
        ("แบบสำรวจ ๒๕๖๙.pdf", PDF, "แบบสำรวจ ๒๕๖๙.pdf"),
        ("C:\\งาน\\แบบ 1.PDF", PDF, "แบบ 1.PDF"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("..", PDF, "ไฟล์.pdf"),
        ("", PDF, "ไฟล์.pdf"),
        (".pdf", PDF, "pdf.pdf"),
        ("IMG_2041.jpeg", JPEG, "IMG_2041.jpeg"),
        ("IMG_2041.webp", JPEG, "IMG_2041.jpg"),
        ("หนังสือที่ ศธ 04225", PDF, "หนังสือที่ ศธ 04225.pdf"),
        ("เวลา 16.30 น.", PDF, "เวลา 16.30 น.pdf"),
        ("ใบ\u202ecod.pdf", PDF, "ใบcod.pdf"),
        ("ก\x00ข\r\nค.docx", DOCX, "กขค.docx"),
        ('a<b>:"|?*.pdf', PDF, "a_b______.pdf"),
        ("con.pdf", PDF, "_con.pdf"),
        ("นํ้า  แข็ง.pdf", PDF, "นํ้า แข็ง.pdf"),
    ],
)
def test_a_name_is_cleaned_and_kept_in_thai(given_name, media_type, clean):
    assert clean_name(given_name, media_type) == clean


def test_a_long_name_is_cut_between_letters_and_keeps_its_ending():
    clean = clean_name("ที่" * 200 + ".pdf", PDF)

    assert len(clean) <= MAX_NAME
    assert clean.endswith(".pdf")
    assert clean.removesuffix(".pdf").endswith("ที่")


@given(st.text(), st.sampled_from(sorted(TYPES)))
def test_no_name_leads_out_of_a_folder_or_breaks_a_header(name, media_type):
    clean = clean_name(name, media_type)
    header = disposition(clean)

    assert clean
    assert len(clean) <= MAX_NAME
    assert not set(clean) & set('/\\\r\n\0"<>:|?*')
    assert clean.rpartition(".")[2].lower() in TYPES[media_type].endings
    assert header.isascii()
    assert header.isprintable()
    assert clean_name(clean, media_type) == clean


def test_a_thai_name_is_sent_by_rfc_6266():
    header = disposition("แบบ 1.pdf")

    assert header == (
        "attachment; filename=\"___ 1.pdf\"; filename*=UTF-8''%E0%B9%81%E0%B8%9A%E0%B8%9A%201.pdf"
    )


def test_a_plain_name_is_sent_plainly():
    assert disposition("letter 1.pdf", inline=True) == 'inline; filename="letter 1.pdf"'


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-9", (0, 9)),
        ("bytes=90-", (90, 99)),
        ("bytes=90-900", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-900", (0, 99)),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("lines=1-2", None),
    ],
)
def test_a_part_of_a_file_is_understood(header, part):
    assert asked_part(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_a_part_outside_the_file_is_refused(header):
    with pytest.raises(NoSuchRange):
        asked_part(header, 100)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (10, "1\u00a0KB"),
        (184_000, "180\u00a0KB"),
        (2_516_583, "2.4\u00a0MB"),
        (52_428_800, "50\u00a0MB"),
    ],
)
def test_a_size_is_written_as_people_say_it(size, words):
    assert readable_size(size) == words
