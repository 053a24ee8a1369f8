"""The results as pages and as a workbook: who sees what, and what no reader can find."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, SchoolFactory
from portal.audit.models import AuditEntry
from research.models import Intake
from research.tests.factories import QuestionFactory, open_with
from research.tests.findings import HEADS, STAFF, TEACHERS, answer, found_survey, invite, ticked

pytestmark = pytest.mark.django_db

SECRET = "หัวหน้าไม่เคยฟังใคร"


def results_of(survey, **query):
    return reverse("research:survey-results", args=[survey.pk], query=query)


def xlsx_of(survey):
    return reverse("research:survey-results-xlsx", args=[survey.pk])


@pytest.fixture
def officer(client):
    actor = ActorFactory(role=Role.OFFICER, unit=GroupFactory())
    client.force_login(actor.member)
    return actor


@pytest.fixture
def found(officer):
    """A closed survey of the officer's group, answered by 12 teachers and 8 of the staff."""
    survey, asked = found_survey(owner_unit=officer.holding.post.unit)
    invite(survey, survey.owner_unit, 20)
    for point, sex in zip([5, 4, 4, 3, 2, 4, 5, 3, 2, 1, 4, 4], [0] * 7 + [1] * 5, strict=True):
        answer(survey, TEACHERS, [{asked["likert"].key: point, asked["single"].key: sex}])
    for point in (1, 2, 2, 3, 3, 1, 2, 4):
        answer(survey, STAFF, [{asked["likert"].key: point, asked["text"].key: SECRET}])
    survey.asked = asked
    return survey


def sheet(book, name):
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


# Pages ------------------------------------------------------------------------------------------


def test_the_page_has_chart_table_band_and_finding(client, found):
    page = client.get(results_of(found)).content.decode()

    assert '<svg class="chart-bar"' in page
    assert '<td class="num">2.95</td>' in page
    assert "ปานกลาง" in page
    assert "เกณฑ์ตัดที่ .50: 4.51–5.00 มากที่สุด" in page
    assert "ต่ำสุด" in page
    assert "ตอบ 20 จาก 20 คน" in page
    assert SECRET in page


def test_a_group_is_read_by_itself(client, found):
    page = client.get(results_of(found, group=STAFF)).content.decode()

    assert '<td class="num">2.25</td>' in page
    assert "เฉพาะบุคลากรในสำนักงาน" in page


@pytest.mark.parametrize("group", [HEADS, "x" * 5_000, "\x00", "<script>"])
def test_a_group_that_is_not_shown_is_the_page_of_all(client, found, group):
    response = client.get(results_of(found), {"group": group})

    assert response.status_code == 200
    page = response.content.decode()
    assert '<td class="num">2.95</td>' in page
    assert "กลุ่มนี้แสดงแยกไม่ได้" in page


def test_a_small_group_is_nowhere_on_the_page_and_no_filter_leads_to_it(client, officer):
    survey, asked = found_survey(owner_unit=officer.holding.post.unit)
    ticked(survey, asked["likert"], teachers=[4] * 9, staff=[2] * 3)

    page = client.get(results_of(survey)).content.decode()

    assert "?group=" not in page
    assert page.count("ไม่แสดง เพราะไม่ถึง 5") == 2


def test_below_five_the_page_says_why(client, officer):
    survey, asked = found_survey(owner_unit=officer.holding.post.unit)
    ticked(survey, asked["likert"], teachers=[4] * 4)

    page = client.get(results_of(survey)).content.decode()
    export = client.post(xlsx_of(survey))

    assert "มีคำตอบไม่ถึง 5 ชุด" in page
    assert "chart-bar" not in page
    assert export.status_code == 422


def test_before_everything_is_counted_there_are_no_figures(client):
    survey, owner = open_with(teachers=6)
    client.force_login(owner.member)
    answer(survey, TEACHERS, [{}] * 6)
    invitation = survey.invitations.first()
    Intake.objects.create(token_hash=invitation.token_hash, sealed=b"sealed")

    page = client.get(results_of(survey)).content.decode()
    assert "ผลแสดงเมื่อปิดรับ" in page
    assert client.post(xlsx_of(survey)).status_code == 422

    survey.state = "closed"
    survey.closed_at = timezone.now()
    survey.save(update_fields=["state", "closed_at"])
    assert "กำลังนับคำตอบ" in client.get(results_of(survey)).content.decode()
    assert client.post(xlsx_of(survey)).status_code == 422


def test_a_published_summary_has_the_tables_and_no_texts(client, found):
    teacher = ActorFactory(role=Role.TEACHER, unit=SchoolFactory(office=found.office)).member
    client.force_login(teacher)
    assert client.get(results_of(found)).status_code == 404

    found.published_at = timezone.now()
    found.save(update_fields=["published_at"])

    page = client.get(results_of(found)).content.decode()
    assert '<td class="num">2.95</td>' in page
    assert SECRET not in page
    assert page.count("ข้อความที่ผู้ตอบพิมพ์ไม่เผยแพร่") == 1
    assert "Excel" not in page
    assert client.post(xlsx_of(found)).status_code == 403


def test_who_was_asked_sees_no_results_that_are_not_published(client):
    survey, _ = open_with(teachers=6)
    client.force_login(survey.invitations.first().member)

    assert client.get(results_of(survey)).status_code == 403


def test_a_hidden_question_says_so_and_shows_no_figure(client, officer):
    survey, asked = found_survey(owner_unit=officer.holding.post.unit)
    ticked(survey, asked["likert"], teachers=[4] * 3 + [None] * 9)

    page = client.get(results_of(survey)).content.decode()

    assert "คำตอบไม่ถึง 5" in page
    assert "4.00" not in page


def test_hostile_words_are_shown_as_words(client, officer):
    survey, asked = found_survey(owner_unit=officer.holding.post.unit, title="<b>ก</b>")
    words = "<script>alert(1)</script>"
    answer(survey, TEACHERS, [{asked["text"].key: words}] * 5)

    page = client.get(results_of(survey)).content.decode()

    assert words not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("questions", [1, 12])
def test_the_page_asks_as_often_however_many_questions(
    client, found, questions, django_assert_max_num_queries
):
    section = found.sections.last()
    for _ in range(questions):
        QuestionFactory(section=section)
    client.get(results_of(found))

    with django_assert_max_num_queries(13):
        client.get(results_of(found))


# The workbook -----------------------------------------------------------------------------------


def test_the_workbook_says_what_the_page_says_and_the_history_knows(client, found, officer):
    response = client.post(xlsx_of(found))

    book = load_workbook(BytesIO(response.content))
    assert book.sheetnames == ["ค่าสถิติ", "ความถี่", "ข้อความ", "ข้อมูลดิบ"]
    figures = sheet(book, "ค่าสถิติ")
    head = next(row for row in figures if row[0] == "กลุ่ม")
    rows = [dict(zip(head, row, strict=True)) for row in figures[figures.index(head) + 1 :]]
    everybody = next(row for row in rows if row["กลุ่ม"] == "ทุกกลุ่ม")
    assert (everybody["n"], everybody["x̄"]) == (20, pytest.approx(2.95, abs=1e-9))
    # The sum is 59, that of the squares 205: SS = 205 - 59² / 20 = 30.95; the root of 30.95 / 19.
    assert everybody["S.D."] == pytest.approx(1.27630, abs=1e-5)
    assert (everybody["ระดับ"], everybody["อันดับ"]) == ("ปานกลาง", 1)
    assert {row["กลุ่ม"] for row in rows} == {"ทุกกลุ่ม", "ครูผู้สอน", "บุคลากรในสำนักงาน"}
    entry = AuditEntry.objects.get(action="survey.exported")
    assert (entry.subject_id, entry.member) == (found.pk, officer.member)


def test_the_rows_carry_no_id_no_text_and_stand_among_five(client, found):
    book = load_workbook(BytesIO(client.post(xlsx_of(found)).content))

    raw = sheet(book, "ข้อมูลดิบ")
    head = next(row for row in raw if row[0] == "กลุ่ม")
    rows = [tuple(row) for row in raw[raw.index(head) + 1 :]]
    assert len(rows) == 20
    assert [name.split(". ")[-1] for name in head[1:]] == [
        "เพศ",
        "ท่านรับข่าวของสำนักงานทางใด",
        "ได้รับหนังสือทันเวลา",
    ]
    text = repr(raw)
    assert SECRET not in text
    assert all(str(row.pk) not in text for row in found.answers.all())
    classes = Counter(row[:3] for row in rows)
    assert all(size >= 5 for size in classes.values())


def test_a_rare_choice_is_starred_in_the_rows(client, found):
    answer(found, TEACHERS, [{found.asked["single"].key: 2, found.asked["likert"].key: 4}])

    book = load_workbook(BytesIO(client.post(xlsx_of(found)).content))

    raw = sheet(book, "ข้อมูลดิบ")
    assert not any("ไม่ระบุ" in str(value) for row in raw for value in row)
    assert any(row[1] == "*" for row in raw if len(row) > 1)


def test_a_hidden_question_is_starred_in_the_rows_of_its_groups(client, found):
    rare = QuestionFactory(section=found.sections.last(), text="ข้อที่น้อยคนตอบ")
    answer(found, TEACHERS, [{rare.key: 5}] * 2)
    answer(found, STAFF, [{rare.key: 2}] * 6)

    book = load_workbook(BytesIO(client.post(xlsx_of(found)).content))

    raw = sheet(book, "ข้อมูลดิบ")
    head = next(row for row in raw if row[0] == "กลุ่ม")
    place = next(index for index, name in enumerate(head) if name and rare.text in name)
    assert {row[place] for row in raw[raw.index(head) + 1 :]} == {"*"}


def test_what_looks_like_a_formula_is_text(client, officer):
    survey, asked = found_survey(
        owner_unit=officer.holding.post.unit, title='=HYPERLINK("http://x")'
    )
    words = ["=1+1", "+66", "-5", "@sum", "\t=1"]
    answer(survey, TEACHERS, [{asked["text"].key: text} for text in words])

    book = load_workbook(BytesIO(client.post(xlsx_of(survey)).content))

    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    values = {str(cell.value) for cell in cells}
    assert {"'=1+1", "'+66", "'-5", "'@sum"} <= values
    assert '\'=HYPERLINK("http://x")' in values


def test_a_title_of_strange_signs_still_makes_a_workbook(client, officer):
    survey, asked = found_survey(owner_unit=officer.holding.post.unit, title="ก\x07ข")
    ticked(survey, asked["likert"], teachers=[4] * 5)

    response = client.post(xlsx_of(survey))

    assert response.status_code == 200
    assert load_workbook(BytesIO(response.content))


def test_the_door_leads_who_was_asked_to_a_published_summary(client):
    survey, _ = open_with(teachers=6)
    client.force_login(survey.invitations.first().member)
    survey.state, survey.closed_at = "closed", timezone.now()
    survey.save(update_fields=["state", "closed_at"])
    door = survey.get_absolute_url()
    assert client.get(door)["Location"] != results_of(survey)

    survey.published_at = timezone.now()
    survey.save(update_fields=["published_at"])

    assert client.get(door)["Location"] == results_of(survey)
