"""All answers with their files as one archive: names, contents, laziness, gate, history."""

from __future__ import annotations

import io
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from documents.models import ResponseKind
from documents.services.answering import AnswerFile, submit_response
from documents.tests.factories import SentLetterFactory, received_arrival, school
from documents.tests.pages import at
from portal.audit.models import AuditEntry
from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.domain.names import folder_name
from portal.files.domain.zipping import distinct, zip_stream
from portal.files.services import store_bytes
from portal.files.tests.factories import pdf_bytes

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def answered(letter, unit, *names, text=""):
    """Return the arrival of a school that answered with files of these names."""
    arrival, clerk = received_arrival(letter=letter, unit=unit)
    files = [
        AnswerFile(store_bytes(pdf_bytes(number + 1), by=SYSTEM, media_type=PDF), name)
        for number, name in enumerate(names)
    ]
    submit_response(arrival, text=text, files=files, key=uuid4(), by=clerk)
    return arrival


@pytest.fixture
def letter(officer):
    """A sent letter of the signed-in officer's group that asks for files."""
    return SentLetterFactory(owner_unit=officer.holding.post.unit, response_kind=ResponseKind.FILE)


def archive_of(client, letter):
    response = client.post(at("letter-answers-zip", letter))
    assert response.status_code == 200
    return ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_each_school_has_a_folder_with_its_code_and_what_it_sent(client, letter):
    answered(letter, school(letter, "บ้านต้นสน", code8="93020001"), "แผน ๒๕๖๙.pdf", "รูป.pdf")
    answered(letter, school(letter, "วัดป่าเรไร", code8="93020002"), "แผน.pdf")
    received_arrival(letter=letter, unit=school(letter, "บ้านเงียบ", code8="93020003"))

    archive = archive_of(client, letter)

    assert archive.testzip() is None
    assert sorted(archive.namelist()) == [
        "คำตอบ.xlsx",
        "บ้านต้นสน 93020001/รูป.pdf",
        "บ้านต้นสน 93020001/แผน 2569.pdf",
        "วัดป่าเรไร 93020002/แผน.pdf",
    ]
    assert archive.read("วัดป่าเรไร 93020002/แผน.pdf").startswith(b"%PDF")


def test_only_the_last_answer_is_in_it(client, letter):
    unit = school(letter, "บ้านต้นสน", code8="93020001")
    arrival, clerk = received_arrival(letter=letter, unit=unit)
    for name in ("ฉบับแรก.pdf", "ฉบับหลัง.pdf"):
        stored = store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF)
        submit_response(arrival, files=[AnswerFile(stored, name)], key=uuid4(), by=clerk)

    assert archive_of(client, letter).namelist()[1:] == ["บ้านต้นสน 93020001/ฉบับหลัง.pdf"]


def test_files_of_one_name_and_schools_of_one_name_stay_apart(client, letter):
    for _ in range(2):
        answered(letter, school(letter, "บ้านนา", code8=""), "แผน.pdf", "แผน.PDF")

    assert archive_of(client, letter).namelist()[1:] == [
        "บ้านนา/แผน.pdf",
        "บ้านนา/แผน (2).PDF",
        "บ้านนา/แผน (3).pdf",
        "บ้านนา/แผน (4).PDF",
    ]


def test_a_formula_in_an_answer_stays_text(client, officer):
    letter = SentLetterFactory(
        owner_unit=officer.holding.post.unit, response_kind=ResponseKind.TEXT
    )
    answered(letter, school(letter, "บ้านต้นสน"), text='=HYPERLINK("http://x")')

    archive = archive_of(client, letter)

    sheet = load_workbook(io.BytesIO(archive.read("คำตอบ.xlsx"))).active
    [cell] = [cell for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert (cell.data_type, cell.value[0]) == ("s", "'")


def test_the_history_knows_who_took_them(client, letter, officer):
    answered(letter, school(letter, "บ้านต้นสน"), "แผน.pdf")

    archive_of(client, letter)

    entry = AuditEntry.objects.get(action="letter.answers_taken", subject_id=letter.pk)
    assert (entry.member, entry.data) == (officer.member, {"answers": 1})


def test_the_archive_is_made_while_it_is_read():
    asked = []

    def pieces(number):
        for piece in range(4):
            asked.append((number, piece))
            yield bytes(range(256)) * 256

    def entries():
        number = 0
        while True:  # what never ends can only be read piece by piece
            number += 1
            yield f"แฟ้ม {number}/แผน.bin", pieces(number)

    stream = zip_stream(entries(), at=NOW)
    for _ in range(5):
        next(stream)

    assert len(asked) < 40
    stream.close()


def test_an_empty_archive_opens():
    assert ZipFile(io.BytesIO(b"".join(zip_stream([], at=NOW)))).namelist() == []


@given(st.text(max_size=120))
@settings(max_examples=60)
def test_every_text_is_a_folder_that_windows_takes(text):
    name = folder_name(text)

    assert name
    assert not set(name) & set('<>:"|?*\\/\n\t')
    assert name == name.strip(" .")
    assert len(name) <= 81
    assert name.lower() not in {"con", "nul", "aux", "prn", "com1"}


@given(st.lists(st.sampled_from(["ก/a.pdf", "ก/A.pdf", "ก/a (2).pdf", "ก", "ข.x/y"]), max_size=9))
@settings(max_examples=40)
def test_paths_in_one_archive_are_never_the_same(paths):
    seen = set()

    made = [distinct(path, seen) for path in paths]

    assert len({path.casefold() for path in made}) == len(paths)
