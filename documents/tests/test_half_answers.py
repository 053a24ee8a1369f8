"""A half-filled answer: kept for the desk, never seen by the office, gone when it is sent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.models import HalfAnswer
from documents.services.answering import AnswerFile
from documents.services.half_answers import (
    HalfAnswerConflict,
    half_answer_of,
    half_files,
    keep_answer,
)
from documents.tests.factories import NUMBER_QUESTION, given, officer_of
from documents.tests.pages import answer, at, page_of
from members.models import Role
from members.services import actor_of
from members.tests.factories import HoldingFactory
from portal.core.clock import db_now
from portal.core.errors import Conflict
from portal.files.models import FileUse, StoredFile
from portal.files.services import sweep_files
from portal.files.tests import factories as made

pytestmark = pytest.mark.django_db

QUESTIONS = [
    NUMBER_QUESTION,
    {"key": "q2", "kind": "text", "label": "รายละเอียด"},
    {"key": "q3", "kind": "photos", "label": "ภาพ", "required": True},
]


@pytest.fixture
def arrival(asked):
    return asked(questions=QUESTIONS)


@pytest.fixture
def clerk(client, arrival):
    return actor_of(desk_member(arrival))


def desk_member(arrival):
    held = arrival.unit.posts.filter(role=Role.SCHOOL_CLERK).first().holdings.first()
    return held.member


@pytest.fixture
def colleague(arrival):
    return actor_of(HoldingFactory(unit=arrival.unit, role=Role.SCHOOL_DIRECTOR).member)


def save(client, arrival, **body):
    typed = {"version": 0, "base": 0} | body
    return client.post(at("arrival-half-save", arrival), typed)


def photo(name="ภาพ.jpg", *, width=40):
    return SimpleUploadedFile(name, made.picture("JPEG", (width, 30)), content_type="image/jpeg")


def test_what_is_filled_in_comes_back_for_the_whole_desk(client, arrival, colleague):
    said = save(client, arrival, q1="1", q2="หลังคาปลิว").json()

    client.force_login(colleague.member)
    page = client.get(page_of(arrival)).content.decode()

    assert said["version"] == 1
    assert "ยังไม่ได้ส่ง" in said["saved_text"]
    assert "หลังคาปลิว" in page
    assert "กรอกค้างไว้โดย" in page
    assert not given(arrival)


def test_half_an_answer_may_be_wrong(client, arrival):
    response = save(client, arrival, q1="สามห้อง")

    assert response.json()["errors"] == {}
    assert HalfAnswer.objects.get().data == {"q1": "สามห้อง"}


def test_files_are_looked_at_kept_and_named_for_the_form(client, arrival):
    good = save(client, arrival, q3=photo("ก.jpg")).json()
    [token] = [row["token"] for row in good["files"]]

    second = save(client, arrival, version=1, stash=token, q3=photo("ข.jpg", width=50)).json()
    bad = save(
        client,
        arrival,
        version=2,
        stash=[row["token"] for row in second["files"]],
        q3=SimpleUploadedFile("ค.jpg", made.GARBAGE),
    ).json()

    assert [row["name"] for row in second["files"]] == ["ก.jpg", "ข.jpg"]
    assert list(bad["errors"]) == ["q3"]
    assert [file.name for file in half_files(HalfAnswer.objects.get())] == ["ก.jpg", "ข.jpg"]


def test_a_file_that_is_taken_out_hangs_there_no_more(client, arrival):
    save(client, arrival, q3=photo())

    save(client, arrival, version=1)

    assert half_files(HalfAnswer.objects.get()) == []


def test_files_of_a_half_answer_are_spared_by_the_sweep_and_have_no_reader(client, arrival):
    save(client, arrival, q3=photo())
    StoredFile.objects.update(seen_at=db_now() - timedelta(days=2))

    sweep_files()

    use = FileUse.objects.live().get()
    assert client.get(use.url).status_code == 404


def test_sending_the_answer_takes_the_half_one_away(client, arrival):
    save(client, arrival, q1="1", q3=photo())
    tokens = re.findall(
        r'name="stash" value="([^"]+)"', client.get(page_of(arrival)).content.decode()
    )

    answer(client, arrival, q1="1", stash=tokens)

    assert len(given(arrival)) == 1
    assert not HalfAnswer.objects.exists()
    assert FileUse.objects.live().get().owner_type == "documents.response"


def test_two_at_once_get_both_texts_and_lose_nothing(client, arrival, colleague):
    save(client, arrival, q1="1", q2="ของธุรการ")
    client.force_login(colleague.member)

    script = save(client, arrival, q1="1", q2="ของผู้อำนวยการ")
    page = client.post(
        at("arrival-half", arrival),
        {"version": 0, "base": 0, "q1": "1", "q2": "ของผู้อำนวยการ"},
    )
    chosen = {"version": 1, "base": 0, "q1": "1", "q2": "ของผู้อำนวยการ"}
    client.post(at("arrival-half", arrival), chosen | {"differs": "q2", "keep-q2": "mine"})

    assert (script.status_code, script.json()["differs"]) == (409, True)
    assert page.status_code == 409
    assert all(text in page.content.decode() for text in ("ของธุรการ", "ของผู้อำนวยการ"))
    assert HalfAnswer.objects.get().data["q2"] == "ของผู้อำนวยการ"


def test_an_answer_sent_meanwhile_is_not_overwritten(client, arrival):
    save(client, arrival, q1="1")
    answer(client, arrival, q1="1", q3=photo())

    late = save(client, arrival, version=1, q1="2")

    assert late.status_code == 409
    assert not HalfAnswer.objects.exists()


def test_without_a_script_it_is_kept_with_its_button(client, arrival):
    response = client.post(at("arrival-half", arrival), {"q2": "ครึ่งเดียว"})

    assert response.status_code == 302
    assert HalfAnswer.objects.get().data == {"q2": "ครึ่งเดียว"}


def test_a_text_that_is_too_long_is_not_kept_in_part(client, arrival):
    save(client, arrival, q1="1")
    long = "ก" * 5_001

    by_script = save(client, arrival, version=1, q2=long)
    by_button = client.post(at("arrival-half", arrival), {"q2": long, "version": "1"})

    assert (by_script.status_code, by_button.status_code) == (422, 422)
    assert "5,000" in by_script.json()["problem"]
    assert long in by_button.content.decode()
    assert HalfAnswer.objects.get().data == {"q1": "1"}


def test_the_office_and_strangers_never_see_it(client, arrival):
    save(client, arrival, q2="คำที่ยังไม่ส่ง")
    officer = officer_of(arrival.letter.owner_unit)
    client.force_login(officer.member)

    board = client.get(at("letter-board", arrival.letter)).content.decode()

    assert "คำที่ยังไม่ส่ง" not in board
    assert save(client, arrival).status_code == 404
    with pytest.raises(PermissionDenied):
        keep_answer(arrival, version=1, base=0, data={}, files=[], by=officer)


def test_the_services_say_who_was_faster(arrival, clerk, colleague):
    keep_answer(arrival, version=0, base=0, data={"q2": "ก"}, files=[], by=clerk)

    with pytest.raises(HalfAnswerConflict) as conflict:
        keep_answer(arrival, version=0, base=0, data={"q2": "ข"}, files=[], by=colleague)
    with pytest.raises(Conflict):
        keep_answer(arrival, version=1, base=1, data={"q2": "ข"}, files=[], by=colleague)

    assert conflict.value.current.saved_by == clerk.member
    assert half_answer_of(arrival).data == {"q2": "ก"}


def test_equal_texts_are_no_conflict_and_keep_the_files_of_both(arrival, clerk, colleague):
    first = AnswerFile(made.file_on(arrival).stored, "ก.pdf", "q3")
    keep_answer(arrival, version=0, base=0, data={"q2": "ก"}, files=[first], by=clerk)

    half = keep_answer(arrival, version=0, base=0, data={"q2": "ก"}, files=[], by=colleague)

    assert [file.name for file in half_files(half)] == ["ก.pdf"]
