"""What goes wrong outside: bad files, past and odd dates, nonsense in every field.

Each is answered with a Thai sentence, nothing that was typed is lost, and nothing falls over.
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents.models import Letter, LetterState, ResponseKind
from documents.services.drafting import ENCLOSURE, MAIN
from documents.tests.factories import answered_arrival, officer_of, registrar_of
from documents.tests.pages import at, browser_of, page_of, typed
from portal.core.clock import BANGKOK
from portal.files.services import files_of
from portal.files.tests import factories as made

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024
BAD_PDFS = {
    "มีรหัสผ่าน.pdf": (made.encrypted_pdf(), "รหัสผ่าน"),
    "ขาดครึ่ง.pdf": (made.truncated_pdf(), "ไม่ครบ|เสีย"),
    "ขาดท้าย.pdf": (made.cut_at_the_end_pdf(), "ไม่ครบ|เสีย"),
    "ว่าง.pdf": (made.NOTHING, "ว่าง"),
    "หน้าเว็บ.pdf": (made.HTML, "ไม่ใช่ PDF|PDF"),
    "ขยะ.pdf": (made.GARBAGE, "ไม่ครบ|เสีย|PDF"),
    "วนกลับ.pdf": (made.loop_pdf(), "เสีย|PDF"),
    "ที่จริงเป็น zip.pdf": (made.zipped({"ก.txt": b"1"}), "PDF"),
    "หนังสือ.docx": (made.office("docx"), "บันทึกเป็น › PDF"),
    "โปรแกรม.pdf": (b"MZ" + bytes(600), "PDF"),
}
BAD_ENCLOSURES = {
    "ว่าง.docx": (made.NOTHING, "ว่าง"),
    "ระเบิด.zip": (made.bomb_zip(), "zip|แตก|ใหญ่"),
    "มีรหัส.zip": (made.locked_zip(), "รหัสผ่าน"),
    "โปรแกรม.exe": (b"MZ" + bytes(600), "ไม่รับ|ใช้ได้|ชนิด|แนบ"),
    "หน้าเว็บ.docx": (made.HTML, "ไม่|ใช้ได้|ชนิด"),
    "ภาพยักษ์.png": (made.pixel_bomb(), "ใหญ่|ภาพ"),
}


def upload(client, draft, name, data, *, field="main"):
    body = typed(draft, subject="พิมพ์ไว้ก่อนแนบ", main_source="uploaded")
    return client.post(at("letter-upload", draft), body | {field: SimpleUploadedFile(name, data)})


def problems_on(response):
    """Return what the page says is wrong with the files."""
    return [html.unescape(text) for text in response.context["file_problems"]]


# Files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BAD_PDFS)
def test_a_pdf_that_cannot_be_the_letter_is_refused_and_the_text_stays(client, draft, name):
    data, sentence = BAD_PDFS[name]

    response = upload(client, draft, name, data)

    [problem] = problems_on(response)
    draft.refresh_from_db()
    assert response.status_code == 422
    assert re.search(sentence, problem.replace(name, "")), problem
    assert re.search("[ก-๙]{4}", problem.replace(name, "")), problem
    assert "พิมพ์ไว้ก่อนแนบ" in response.content.decode()
    assert draft.subject == "พิมพ์ไว้ก่อนแนบ"
    assert files_of(draft, MAIN) == []


@pytest.mark.parametrize("name", BAD_ENCLOSURES)
def test_an_enclosure_that_cannot_be_taken_is_refused_by_name(client, draft, name):
    data, sentence = BAD_ENCLOSURES[name]

    response = upload(client, draft, name, data, field="enclosure")

    [problem] = problems_on(response)
    assert response.status_code == 422
    assert name in problem
    assert re.search(sentence, problem.replace(name, "")), problem
    assert files_of(draft, ENCLOSURE) == []


def test_a_file_that_is_too_large_is_refused_while_it_comes(client, draft, settings):
    settings.FILES_MAX_BYTES = MEGABYTE

    response = upload(client, draft, "ใหญ่.pdf", made.pdf_bytes() + bytes(2 * MEGABYTE))

    [problem] = problems_on(response)
    draft.refresh_from_db()
    assert response.status_code == 422
    assert "1\u00a0MB" in problem
    assert draft.subject == "พิมพ์ไว้ก่อนแนบ"
    assert files_of(draft, MAIN) == []


def test_a_hundred_megabytes_are_refused(client, draft):
    response = upload(client, draft, "ร้อยเมกะไบต์.pdf", b"%PDF-1.7\n" + bytes(100 * MEGABYTE))

    [problem] = problems_on(response)
    assert response.status_code == 422
    assert "50\u00a0MB" in problem
    assert files_of(draft, MAIN) == []


def test_a_good_file_beside_a_bad_one_is_kept(client, draft):
    files = [SimpleUploadedFile("ดี.pdf", made.pdf_bytes()), SimpleUploadedFile("เสีย.exe", b"MZ")]

    response = client.post(at("letter-upload", draft), typed(draft) | {"enclosure": files})

    assert response.status_code == 422
    assert [use.name for use in files_of(draft, ENCLOSURE)] == ["ดี.pdf"]
    assert ["เสีย.exe" in problem for problem in problems_on(response)] == [True]


# Dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "due_on",
    ["27 พ.ย. 2569", "27 พฤศจิกายน 2569", "27/11/2569", "27/11/2026", "2026-11-27", "๒๗/๑๑/๒๕๖๙"],
)
@pytest.mark.parametrize("due_time", ["16.30", "16:30", "๑๖.๓๐ น.", ""])
def test_a_deadline_may_be_typed_in_either_era(client, draft, clock, due_on, due_time):
    clock(2026, 11, 20, 9, 30)

    client.post(at("letter-edit", draft), typed(draft, due_on=due_on, due_time=due_time))

    draft.refresh_from_db()
    assert draft.due_at == datetime(2026, 11, 27, 16, 30, tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("due_on", "due_time", "sentence"),
    [
        ("19 พ.ย. 2569", "", "ผ่านไปแล้ว"),
        ("20/11/2026", "9.29", "ผ่านไปแล้ว"),
        ("31 ก.พ. 2569", "", "ใส่วันที่ เช่น"),
        ("32/13/2569", "", "ใส่วันที่ เช่น"),
        ("พรุ่งนี้", "", "ใส่วันที่ เช่น"),
        ("9" * 60, "", "ใส่วันที่ เช่น"),
        ("27 พ.ย. 2569", "25.00", "ใส่เวลา เช่น 16.30"),
        ("27 พ.ย. 2569", "เย็น", "ใส่เวลา เช่น 16.30"),
        ("", "16.30", "ใส่วันที่ด้วย"),
    ],
)
def test_a_deadline_that_cannot_be_is_said_and_stays(
    client, draft, clock, due_on, due_time, sentence
):
    clock(2026, 11, 20, 9, 30)
    body = typed(draft, subject="ยังอยู่", due_on=due_on, due_time=due_time)

    response = client.post(at("letter-edit", draft), body)

    page = response.content.decode()
    draft.refresh_from_db()
    assert response.status_code == 422
    assert sentence in page
    assert f'value="{due_on}"' in page or not due_on
    assert (draft.subject, draft.due_at) == ("ยังอยู่", None)


def test_a_deadline_that_passed_while_the_letter_waited_stops_the_sending(draft, clock):
    now = clock(2026, 11, 20, 9, 30)
    Letter.objects.filter(pk=draft.pk).update(
        state=LetterState.SUBMITTED, due_at=now.replace(hour=16, minute=0)
    )
    registrar = browser_of(registrar_of(draft.office))
    ready = registrar.post(at("letter-confirm", draft))
    clock(2026, 11, 20, 16, 1)

    body = {"snapshot": ready.context["snapshot"].pk, "key": uuid4()}
    response = registrar.post(at("letter-send", draft), body)

    draft.refresh_from_db()
    assert response.status_code == 422
    assert "ผ่าน" in response.content.decode()
    assert (draft.state, draft.number) == (LetterState.SUBMITTED, None)


# Subjects and recipients ------------------------------------------------------------------------


@pytest.mark.parametrize("length", [500, 501, 5_000])
def test_a_subject_may_have_five_hundred_characters(client, draft, length):
    subject = "ก" * length

    response = client.post(at("letter-edit", draft), typed(draft, subject=subject, body="ใหม่"))

    draft.refresh_from_db()
    is_kept = length <= 500
    assert response.status_code == (302 if is_kept else 422)
    assert (draft.subject == subject) == is_kept
    assert draft.body == "ใหม่"
    assert is_kept or f"ยาวเกินไป {length - 500:,} ตัวอักษร" in response.content.decode()
    assert is_kept or subject in response.content.decode()


def test_recipients_that_are_nobody_are_refused_in_words(client, draft):
    response = client.post(at("letter-audience", draft), {"to-all_schools": ""})

    draft.refresh_from_db()
    assert response.status_code == 422
    assert re.search("เลือก.*ผู้รับ|ผู้รับ.*เลือก|ยังไม่ได้เลือก", response.content.decode())
    assert draft.audience_rule == {"all_schools": True}


# Nonsense in every field ------------------------------------------------------------------------

JUNK = {
    "nothing": "",
    "blank": "  \t ",
    "nul": "ก\x00ข",
    "control": "\x01\x1b[31m\u202e\ufeff",
    "long": "ก" * 20_001,
    "huge number": "9" * 40,
    "negative": "-1",
    "script": "<script>alert(1)</script>",
    "json": '{"a": [null]}',
    "id list": "1 2 999999999999999999999 -",
}
OF_THE_DRAFT = [
    *("version", "kind", "urgency", "secrecy", "subject", "addressee", "action_required"),
    *("main_source", "body", "signer_name", "line_new", "response_kind", "due_on", "due_time"),
    *("q-count", "q-0-kind", "q-0-label", "q-0-min", "q-0-choices", "ref-count", "ref-0-text"),
    *("ref-0-letter", "ref_q", "action", "differs", "keep"),
]
OF_THE_AUDIENCE = [
    "all_schools",
    "sizes",
    "name",
    "districts",
    "projects",
    "units",
    "except",
    "members",
    "look",
]


def answers_to(client, url, fields, base, junk):
    """Post the form once for each field, with junk in that field."""
    found = {}
    for field in fields:
        response = client.post(url, base | {field: junk})
        found[field] = response.status_code
        is_page = response.get("Content-Type", "").startswith("text/html")
        assert not (is_page and b"<script>alert" in response.content), field
    return found


def falls(found):
    return {field: code for field, code in found.items() if code >= 500 or code == 400}


@pytest.mark.engine
@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_nonsense_on_the_sending_side_is_answered(client, draft, junk):
    base = typed(draft) | {
        "q-count": "1",
        "q-0-kind": "number",
        "q-0-label": "ข้อ",
        "ref-count": "1",
    }
    audience = [f"to-{name}" for name in OF_THE_AUDIENCE]

    found = {
        **answers_to(client, at("letter-edit", draft), OF_THE_DRAFT, base, junk),
        **answers_to(client, at("letter-save", draft), ["all"], dict.fromkeys(base, junk), junk),
        **answers_to(client, at("letter-audience", draft), audience, {}, junk),
        **answers_to(client, reverse("documents:letter-new"), ["kind", "owner_unit"], {}, junk),
    }

    assert falls(found) == {}


@pytest.mark.engine
@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_nonsense_at_the_registry_is_answered(draft, junk):
    Letter.objects.filter(pk=draft.pk).update(state=LetterState.SUBMITTED)
    client = browser_of(registrar_of(draft.office))
    starting = {"unit": draft.office_id, "series": "in", "start_number": "5"}

    found = {
        **answers_to(client, at("letter-send", draft), ["snapshot", "key"], {"key": uuid4()}, junk),
        **answers_to(client, reverse("documents:register-start"), [*starting], starting, junk),
        **answers_to(client, at("letter-return", draft), ["reason"], {}, junk),
    }

    assert falls(found) == {}


@pytest.mark.engine
@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_nonsense_on_the_receiving_side_is_answered(client, asked, junk):
    arrival = asked(ResponseKind.FORM)
    answer = {"key": uuid4(), "q1": "2"}
    of_the_answer = ["q1", "text", "stash", "key"]
    boxes = {"key": uuid4()}

    found = {
        **answers_to(client, at("arrival-answer", arrival), of_the_answer, answer, junk),
        **answers_to(client, at("arrival-assign", arrival), ["assignees", "note"], {}, junk),
        **answers_to(client, at("arrival-stamp", arrival), ["place"], {}, junk),
        **answers_to(client, at("arrival-refuse", arrival), ["reason"], {}, junk),
        **answers_to(client, reverse("documents:receive"), ["arrival", "only"], boxes, junk),
    }

    assert falls(found) == {}


@pytest.mark.engine
@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_nonsense_in_a_review_is_answered(junk):
    arrival, _ = answered_arrival()
    client = browser_of(officer_of(arrival.letter.owner_unit))
    answer = arrival.responses.get()
    extending = {"due_on": "27 พ.ย. 2599", "due_time": "16.30", "reason": "น้ำท่วม"}

    found = {
        **answers_to(client, at("arrival-extend", arrival), [*extending], extending, junk),
        **answers_to(client, at("response-return", answer), ["reason"], {}, junk),
        **answers_to(client, at("response-accept", answer), ["then"], {}, junk),
    }

    assert falls(found) == {}


@pytest.mark.engine
@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_nonsense_in_an_address_is_answered(client, asked, junk):
    arrival = asked(ResponseKind.FORM)
    officer = browser_of(officer_of(arrival.letter.owner_unit))
    letter = arrival.letter
    asked_of = [
        (client, reverse("documents:inbox"), ["tab", "unit", "q", "after"]),
        (client, page_of(arrival), ["as"]),
        (officer, reverse("documents:sent"), ["state", "q", "after"]),
        (officer, at("letter-board", letter), ["state", "district", "cluster", "q", "after"]),
        (officer, at("letter-board-xlsx", letter), ["state", "district", "cluster", "q"]),
    ]

    found = {
        (url, field): window.get(url, {field: junk}).status_code
        for window, url, fields in asked_of
        for field in fields
    }

    assert falls(found) == {}


@pytest.mark.engine
@pytest.mark.parametrize("pk", ["0", "9" * 19, "9" * 60])
def test_an_id_that_no_row_has_is_not_found(client, asked, pk):
    asked(ResponseKind.FORM)
    urls = [f"/letters/{pk}/", f"/letters/arrivals/{pk}/stamped.pdf", f"/letters/registers/{pk}/"]

    assert [client.get(url).status_code for url in urls] == [404, 404, 404]
