"""The board of a letter, its spreadsheet and progress."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from documents.exports import board_workbook
from documents.models import Arrival, LetterState, ResponseKind
from documents.services.answering import return_response, submit_response
from documents.services.assigning import assign_arrival
from documents.services.receiving import receive_arrivals
from documents.services.wording import answer_words, number_words
from documents.tests.factories import (
    CHOICE_QUESTION,
    ArrivalFactory,
    DispatchFactory,
    clerk_of,
    received_arrival,
    refused_arrival,
    school,
)
from documents.tests.pages import at, own_queries
from members.models import Role
from members.tests.factories import ClusterFactory, DistrictFactory, HoldingFactory, MemberFactory
from portal.core.clock import BANGKOK
from portal.core.sheets import safe_text

pytestmark = pytest.mark.django_db


def answered(letter, unit, **data):
    arrival, clerk = received_arrival(letter=letter, unit=unit)
    submit_response(arrival, data=data or {"q1": "2", "q2": "มาก"}, key=uuid4(), by=clerk)
    return Arrival.objects.get(pk=arrival.pk)


def names(page):
    return [row.name for row in page.context["rows"]]


# The board --------------------------------------------------------------------------------------


def test_the_board_shows_who_has_not_received_first(client, officer, letter):
    answered(letter, school(letter, "ก ตอบแล้ว"))
    back = answered(letter, school(letter, "ข ให้แก้"))
    return_response(back.responses.get(), reason="รวมผิด", by=officer)
    received_arrival(letter=letter, unit=school(letter, "ค ลงรับ"))
    refused_arrival(letter=letter, unit=school(letter, "ง ส่งคืน"))
    ArrivalFactory(letter=letter, unit=school(letter, "จ เปิดแล้ว"), opened_at=timezone.now())
    ArrivalFactory(letter=letter, unit=school(letter, "ฉ ยังไม่เปิด"))

    page = client.get(at("letter-board", letter))

    assert [(row.name, row.kind) for row in page.context["rows"]] == [
        ("ฉ ยังไม่เปิด", "unopened"),
        ("จ เปิดแล้ว", "opened"),
        ("ง ส่งคืน", "refused"),
        ("ข ให้แก้", "returned"),
        ("ค ลงรับ", "none"),
        ("ก ตอบแล้ว", "answered"),
    ]
    standing = page.context["standing"]
    assert (standing.total, standing.received, standing.given) == (5, 3, 2)
    assert standing.counts == {
        "all": 6,
        "waiting": 2,
        "unanswered": 1,
        "answered": 1,
        "returned": 1,
        "refused": 1,
        "overdue": 0,
        "recalled": 0,
        "superseded": 0,
    }


@pytest.mark.engine
def test_the_answers_are_columns_with_sums(client, letter):
    answered(letter, school(letter, "ก"), q1="2", q2="มาก")
    answered(letter, school(letter, "ข"), q1="40", q2="")
    ArrivalFactory(letter=letter, unit=school(letter, "ค"))

    page = client.get(at("letter-board", letter))

    rows = {row.name: [cell.words for cell in row.cells] for row in page.context["rows"]}
    assert rows == {"ก": ["2", "มาก"], "ข": ["40", ""], "ค": ["", ""]}
    assert page.context["sums"] == {"q1": "42"}
    assert "จำนวนอาคารที่เสียหาย (หลัง)" in page.content.decode()


@pytest.mark.engine
def test_only_the_last_version_of_an_answer_counts(client, officer, letter):
    arrival, clerk = received_arrival(letter=letter, unit=school(letter, "ก"))
    first = submit_response(arrival, data={"q1": "9"}, key=uuid4(), by=clerk)
    return_response(first, reason="ดูใหม่", by=officer)
    submit_response(arrival, data={"q1": "3"}, key=uuid4(), by=clerk)

    page = client.get(at("letter-board", letter))

    assert page.context["rows"][0].cells[0].words == "3"
    assert page.context["sums"] == {"q1": "3"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"state": "waiting"}, ["ก", "ข"]),
        ({"state": "answered"}, ["ค"]),
        ({"state": "overdue"}, ["ข"]),
        ({"district": "near"}, ["ก", "ค"]),
        ({"cluster": "hill"}, ["ก"]),
        ({"q": "ค"}, ["ค"]),
        ({"state": "nonsense", "district": "x"}, ["ก", "ข", "ค"]),
    ],
)
def test_the_board_is_filtered(client, letter, query, shown):
    near, far = DistrictFactory(office=letter.office), DistrictFactory(office=letter.office)
    hill = ClusterFactory(office=letter.office)
    places = {"near": near.pk, "hill": hill.pk}
    ArrivalFactory(letter=letter, unit=school(letter, "ก", district=near, cluster=hill))
    ArrivalFactory(
        letter=letter,
        unit=school(letter, "ข", district=far),
        due_at=timezone.now() - timedelta(hours=1),
    )
    answered(letter, school(letter, "ค", district=near))
    asked = {name: places.get(value, value) for name, value in query.items()}

    page = client.get(at("letter-board", letter, **asked))

    assert names(page) == shown


def test_districts_have_their_own_lines(client, letter):
    near = DistrictFactory(office=letter.office, name="อำเภอใกล้")
    far = DistrictFactory(office=letter.office, name="อำเภอไกล")
    received_arrival(letter=letter, unit=school(letter, "ก", district=near))
    ArrivalFactory(letter=letter, unit=school(letter, "ข", district=near))
    ArrivalFactory(letter=letter, unit=school(letter, "ค", district=far))

    districts = client.get(at("letter-board", letter)).context["districts"]

    assert [(one.short, one.received, one.total) for one in districts] == [
        ("ใกล้", 1, 2),
        ("ไกล", 0, 1),
    ]


def test_htmx_gets_the_rows_and_the_links_alone(client, letter):
    ArrivalFactory(letter=letter, unit=school(letter, "ก"))

    part = client.get(
        at("letter-board", letter, q="ก"),
        headers={"HX-Request": "true", "HX-Target": "board-rows"},
    ).content.decode()

    assert 'id="board-rows"' in part
    assert 'id="board-links" hx-swap-oob="true"' in part
    assert "<html" not in part


def test_a_waiting_school_is_called_with_one_press(client, letter):
    ArrivalFactory(letter=letter, unit=school(letter, "ก", phone="0 7469 1000 ต่อ 12"))

    assert 'href="tel:074691000,12"' in client.get(at("letter-board", letter)).content.decode()


def test_what_a_school_hands_out_inside_is_not_shown(client, letter):
    arrival, clerk = received_arrival(letter=letter, unit=school(letter, "ก"))
    teacher = HoldingFactory(
        role=Role.TEACHER, unit=arrival.unit, member__first_name="ครูลับเฉพาะ"
    ).member
    assign_arrival(arrival, assignees=[teacher], note="เรื่องภายใน", by=clerk)
    assert arrival.assignments.exists()

    pages = [
        client.get(at("letter-board", letter)),
        client.get(at("arrival", arrival)),
    ]

    for page in pages:
        assert "ครูลับเฉพาะ" not in page.content.decode()
        assert "เรื่องภายใน" not in page.content.decode()


@pytest.mark.engine
def test_the_board_goes_on_where_the_page_ended(client, letter, monkeypatch):
    monkeypatch.setattr("documents.services.following.PAGE_SIZE", 2)
    for name in "กขค":
        ArrivalFactory(letter=letter, unit=school(letter, name))

    first = client.get(at("letter-board", letter))
    second = client.get(first.context["next_url"])

    assert (names(first), names(second)) == (["ก", "ข"], ["ค"])
    assert second.context["next_url"] == ""


@pytest.mark.engine
@pytest.mark.parametrize("count", [3, 131])
@pytest.mark.parametrize(
    ("kind", "asks"), [(ResponseKind.FORM, 4), (ResponseKind.TEXT, 3), (ResponseKind.NONE, 3)]
)
def test_the_board_asks_as_often_however_many_schools(client, letter, count, kind, asks):
    letter.response_kind = kind
    letter.save(update_fields=["response_kind"])
    district = DistrictFactory(office=letter.office)
    dispatch = DispatchFactory(letter=letter)
    for number in range(count):
        ArrivalFactory(
            letter=letter,
            dispatch=dispatch,
            unit=school(letter, f"ที่ {number}", district=district),
        )

    assert len(own_queries(client, at("letter-board", letter))) == asks


# What a row says ---------------------------------------------------------------------------------

SENT_AT = datetime(2026, 11, 17, 9, 0, tzinfo=BANGKOK)


def row_of(page):
    (row,) = page.context["rows"]
    return row


def test_a_row_says_when_it_was_received_and_until_when_it_has_time(client, letter):
    place = DistrictFactory(office=letter.office, name="อำเภอริมน้ำ")
    arrival, _ = received_arrival(letter=letter, unit=school(letter, "ก", district=place))
    Arrival.objects.filter(pk=arrival.pk).update(
        received_at=SENT_AT.replace(hour=12, minute=5), due_at=SENT_AT + timedelta(days=300)
    )

    row = row_of(client.get(at("letter-board", letter)))

    assert (row.name, row.district, row.kind, row.word) == ("ก", "ริมน้ำ", "none", "")
    assert row.received == "17 พ.ย. 12.05 น."
    assert row.number == 1
    assert row.note == "ขยายถึง 13 ก.ย. 2570 09.00 น."


def test_a_row_names_the_person_to_whom_a_letter_was_addressed(client, letter):
    member = MemberFactory(first_name="นายสมชาย", last_name="ใจดี")
    ArrivalFactory(letter=letter, unit=school(letter, "ก"), member=member)

    assert row_of(client.get(at("letter-board", letter))).name == "นายสมชาย ใจดี ก"


@pytest.mark.parametrize("phone", ["", "074 691 000"])
def test_whose_answer_is_late_is_called(client, letter, phone):
    arrival, _ = received_arrival(letter=letter, unit=school(letter, "ก", phone=phone))
    assert row_of(client.get(at("letter-board", letter))).phone == ""
    Arrival.objects.filter(pk=arrival.pk).update(due_at=timezone.now() - timedelta(hours=1))

    assert row_of(client.get(at("letter-board", letter))).phone == phone


def test_a_long_answer_is_cut_in_the_table_and_whole_in_the_spreadsheet(client, letter):
    letter.response_kind = ResponseKind.TEXT
    letter.save(update_fields=["response_kind"])
    words = "ยาว" * 40
    arrival, clerk = received_arrival(letter=letter, unit=school(letter, "ก"))
    submit_response(arrival, data={}, text=words, key=uuid4(), by=clerk)

    cell = row_of(client.get(at("letter-board", letter))).cells[0]
    sheet = load_workbook(BytesIO(client.get(at("letter-board-xlsx", letter)).content)).active

    assert (len(cell.words), cell.words[-1], cell.is_number) == (60, "…", False)
    assert words in [value for row in sheet.iter_rows(values_only=True) for value in row]


def test_what_people_typed_is_escaped_in_a_row(client, letter):
    letter.questions = [{**CHOICE_QUESTION, "key": "q1", "choices": ["<i>มาก", "น้อย"]}]
    letter.save(update_fields=["questions"])
    place = DistrictFactory(office=letter.office, name="<u>อำเภอ")
    answered(letter, school(letter, "<b>ก&", district=place), q1="<i>มาก")

    page = client.get(at("letter-board", letter)).content.decode()

    assert page.count("&lt;b&gt;ก&amp;") == 2  # its link, and the one that leads to it
    assert "&lt;i&gt;มาก" in page
    assert "&lt;u&gt;อำเภอ" in page
    for raw in ("<b>ก", "<i>มาก", "<u>อำเภอ"):
        assert raw not in page


def test_a_row_is_drawn_anew_when_something_happened_there(client, letter):
    arrival = ArrivalFactory(letter=letter, unit=school(letter, "ก", phone="074691000"))
    before = client.get(at("letter-board", letter)).content.decode()
    again = client.get(at("letter-board", letter)).content.decode()
    receive_arrivals([arrival.pk], key=uuid4(), by=clerk_of(arrival.unit))
    after = client.get(at("letter-board", letter)).content.decode()

    assert "tel:074691000" in before
    assert "tel:074691000" in again
    assert "tel:074691000" not in after
    assert "เลขรับ 1<" in after


# Progress ---------------------------------------------------------------------------------------


def test_progress_is_a_small_fragment_that_says_when_nothing_changed(client, letter):
    letter.state = LetterState.REGISTERED
    letter.save(update_fields=["state"])
    DispatchFactory(letter=letter, total=36_000, made=12_000)
    url = at("letter-progress", letter)

    first = client.get(url, headers={"HX-Request": "true"})
    same = client.get(url, headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    board = client.get(at("letter-board", letter))

    assert "กำลังส่ง 12,000/36,000" in first.content.decode()
    assert len(first.content) <= 1_024
    assert (same.status_code, same.content) == (304, b"")
    assert 'hx-trigger="every 2s"' in board.content.decode()


def test_progress_ends_the_asking_when_all_are_there(client, letter):
    DispatchFactory(letter=letter, total=3, made=3)

    response = client.get(at("letter-progress", letter), headers={"HX-Request": "true"})

    assert response.status_code == 286
    assert response["HX-Refresh"] == "true"


# The spreadsheet --------------------------------------------------------------------------------


def test_the_spreadsheet_has_every_recipient_and_numbers_as_numbers(client, letter):
    answered(letter, school(letter, "ก", code8="99020001"), q1="40")
    ArrivalFactory(letter=letter, unit=school(letter, "ข"))

    response = client.get(at("letter-board-xlsx", letter))

    sheet = load_workbook(BytesIO(response.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    head = next(row for row in rows if row[0] == "โรงเรียน / หน่วยงาน")
    body = rows[rows.index(head) + 1 :]
    assert [row[0] for row in body] == ["ข", "ก"]
    assert body[1][head.index("จำนวนอาคารที่เสียหาย (หลัง)")] == 40
    assert body[1][head.index("สถานะ")] == "ตอบแล้ว"
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_in_the_spreadsheet_is_a_formula(sign):
    text = f"{sign}HYPERLINK(1)"

    book = load_workbook(BytesIO(board_workbook("ก", [], ["ข"], [[text]])))

    cell = next(
        cell for row in book.active.iter_rows() for cell in row if "HYPER" in str(cell.value)
    )
    assert cell.data_type == "s"
    assert cell.value.startswith("'")
    assert safe_text("ปกติ -5") == "ปกติ -5"


def test_a_choice_that_looks_like_a_formula_comes_out_as_text(client, letter):
    letter.questions = [{**CHOICE_QUESTION, "key": "q1", "choices": ["=1+1", "น้อย"]}]
    letter.save(update_fields=["questions"])
    answered(letter, school(letter, "ก"), q1="=1+1")

    book = load_workbook(BytesIO(client.get(at("letter-board-xlsx", letter)).content))

    values = [cell for row in book.active.iter_rows() for cell in row if cell.value == "'=1+1"]
    assert [cell.data_type for cell in values] == ["s"]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("number", 144_000, "144,000"),
        ("number", 2.5, "2.5"),
        ("yes_no", "yes", "ใช่"),
        ("coming", "no", "ไม่เข้าร่วม"),
        ("date", "2026-11-20", "20 พ.ย. 2569"),
        ("text", "ข้อความ", "ข้อความ"),
        ("number", "", ""),
    ],
)
def test_answers_are_said_in_words(kind, value, words):
    assert answer_words(kind, value) == words
    assert number_words(1_000.0) == "1,000"
