"""The draft's page: what is kept, what is said, and two at one draft."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Letter
from documents.services.drafting import set_audience
from documents.tests.factories import SentLetterFactory
from documents.tests.pages import at, typed
from portal.core.thaidates import short_date

pytestmark = pytest.mark.django_db


# The draft's page -------------------------------------------------------------------------------


def test_saving_keeps_every_field(client, draft):
    due = timezone.localdate() + timedelta(days=7)

    response = client.post(
        at("letter-edit", draft),
        typed(
            draft,
            subject="ขอให้รายงานผล",
            urgency="3",
            action_required="report_by",
            response_kind="form",
            due_on=short_date(due),
            due_time="๑๒.๐๐",
            **{
                "q-count": "2",
                "q-0-kind": "number",
                "q-0-label": "จำนวนเครื่อง",
                "q-0-required": "on",
                "q-0-unit": "เครื่อง",
                "q-0-min": "0",
                "q-1-kind": "choice",
                "q-1-label": "สัญญาณ",
                "q-1-choices": "ดี\r\nพอใช้",
                "ref-count": "1",
                "ref-0-text": "หนังสือ สพฐ. ที่ ศธ 04002/ว 12",
            },
        ),
    )

    draft.refresh_from_db()
    assert response.url == at("letter-edit", draft)
    assert (draft.subject, draft.urgency, draft.action_required) == ("ขอให้รายงานผล", 3, "report_by")
    assert timezone.localtime(draft.due_at).strftime("%H.%M") == "12.00"
    assert timezone.localtime(draft.due_at).date() == due
    assert [question["label"] for question in draft.questions] == ["จำนวนเครื่อง", "สัญญาณ"]
    assert draft.questions[1]["choices"] == ["ดี", "พอใช้"]
    assert [one.text for one in draft.references.all()] == ["หนังสือ สพฐ. ที่ ศธ 04002/ว 12"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": "ก" * 512}, "ยาวเกินไป 12 ตัวอักษร"),
        ({"secrecy": "1"}, "ระบบยังไม่รับหนังสือลับ"),
        ({"due_on": "1 ม.ค. 2560"}, "1 ม.ค. 2560 16.30 น. ผ่านไปแล้ว"),
        ({"due_on": "1/1/2017"}, "1 ม.ค. 2560 16.30 น. ผ่านไปแล้ว"),
        ({"due_on": "วันศุกร์หน้า"}, "ใส่วันที่ เช่น"),
        ({"due_on": "1/1/2600", "due_time": "บ่าย"}, "ใส่เวลา เช่น 16.30"),
        ({"due_time": "16.30"}, "ใส่วันที่ด้วย"),
    ],
)
def test_what_cannot_be_kept_stays_on_the_page_and_the_rest_is_saved(client, draft, changes, said):
    response = client.post(at("letter-edit", draft), typed(draft, addressee="ผู้รับใหม่", **changes))

    page = response.content.decode()
    draft.refresh_from_db()
    assert response.status_code == 422
    assert said in page
    assert all(str(value) in page for value in changes.values())
    assert draft.addressee == "ผู้รับใหม่"
    assert f'name="version" value="{draft.version}"' in page


def test_a_page_that_saves_by_itself_is_told_the_version_and_what_is_missing(client, draft):
    response = client.post(
        at("letter-save", draft), typed(draft, subject="ก" * 501, signer_name="", version=1)
    )

    answer = response.json()
    assert answer["version"] == 2
    assert answer["saved_text"].startswith("บันทึกร่างแล้ว ")
    assert answer["errors"] == {"subject": "ยาวเกินไป 1 ตัวอักษร ใส่ได้ไม่เกิน 500 ตัวอักษร"}
    assert answer["missing"] == [{"url": "#id_signer_name", "text": "ใส่ชื่อผู้ลงนาม"}]
    assert len(answer["proposal"]) == 3


def test_saving_a_part_of_the_page_leaves_the_other_fields_alone(client, draft):
    client.post(at("letter-save", draft), {"version": 1, "subject": "เฉพาะเรื่อง"})

    saved = Letter.objects.get(pk=draft.pk)
    assert saved.subject == "เฉพาะเรื่อง"
    assert (saved.body, saved.signer_name) == (draft.body, draft.signer_name)


def test_no_page_writes_a_field_it_does_not_show(client, draft):
    client.post(
        at("letter-save", draft),
        typed(draft, state="sent", number="1", office="999", drafter="1", audience_rule="{}"),
    )

    saved = Letter.objects.get(pk=draft.pk)
    assert (saved.state, saved.number, saved.office_id) == ("draft", None, draft.office_id)
    assert (saved.drafter, saved.audience_rule) == (draft.drafter, draft.audience_rule)


def test_empty_lines_are_proposed_from_the_letter(client, draft):
    Letter.objects.filter(pk=draft.pk).update(
        line_new="", line_do="", line_by="", subject="แจ้งการปิดเรียน"
    )

    page = client.get(at("letter-edit", draft))

    assert page.context["form"]["line_new"].value() == "การปิดเรียน"
    assert Letter.objects.get(pk=draft.pk).line_new == ""


def test_the_button_proposes_the_lines_from_what_is_typed(client, draft):
    client.post(
        at("letter-edit", draft),
        typed(
            draft,
            subject="ขอเชิญประชุม",
            action_required="reply_form",
            response_kind="yes_no",
            action="lines:propose",
        ),
    )

    draft.refresh_from_db()
    assert (draft.line_new, draft.line_by) == ("ประชุม", "ไม่มีกำหนด")
    assert draft.line_do == "แจ้งการเข้าร่วม แล้วตอบว่าเข้าร่วมหรือไม่"


def test_rows_of_the_short_form_come_and_go_with_plain_buttons(client, draft):
    rows = {
        "q-count": "2",
        "q-0-kind": "text",
        "q-0-label": "หนึ่ง",
        "q-1-kind": "text",
        "q-1-label": "สอง",
    }
    url = at("letter-edit", draft)

    added = client.post(url, typed(draft, **rows, action="q:add"))
    moved = client.post(url, typed(draft, **rows, action="q:down:0", version=2))
    removed = client.post(url, typed(draft, **rows, action="q:remove:0", version=3))

    def labels(page):
        return [row.typed["label"] for row in page.context["form"].question_rows]

    assert labels(added) == ["หนึ่ง", "สอง", ""]
    assert labels(moved) == ["สอง", "หนึ่ง"]
    assert labels(removed) == ["สอง"]
    assert [question["label"] for question in Letter.objects.get().questions] == ["สอง"]


def test_htmx_gets_only_the_rows_with_the_new_version(client, draft):
    response = client.post(
        at("letter-edit", draft),
        typed(draft, action="q:add"),
        headers={"HX-Request": "true", "HX-Target": "questions"},
    )

    part = response.content.decode()
    assert 'id="questions"' in part
    assert 'name="version" value="2" hx-swap-oob="true"' in part
    assert "<html" not in part


def test_a_letter_of_the_system_is_found_and_referred_to(client, draft):
    earlier = SentLetterFactory(owner_unit=draft.owner_unit, subject="แผนน้ำท่วม")
    hidden = SentLetterFactory(subject="แผนน้ำท่วมของเขตอื่น")
    url = at("letter-edit", draft)

    found = client.post(url, typed(draft, action="ref:find", ref_q="น้ำท่วม")).context["found"]
    client.post(url, typed(draft, action=f"ref:pick:{earlier.pk}", version=2))
    client.post(
        url,
        typed(
            draft,
            action=f"ref:pick:{hidden.pk}",
            version=3,
            **{
                "ref-count": "1",
                "ref-0-text": "ฉบับก่อน",
                "ref-0-letter": str(earlier.pk),
            },
        ),
    )

    assert found == [earlier]
    references = list(draft.references.all())
    assert [(one.text, one.to_letter) for one in references] == [("ฉบับก่อน", earlier)]


def test_a_deadline_is_set_by_a_plain_button(client, draft):
    client.post(at("letter-edit", draft), typed(draft, action="due:tomorrow"))

    draft.refresh_from_db()
    due = timezone.localtime(draft.due_at)
    assert due.date() == timezone.localdate() + timedelta(days=1)
    assert (due.hour, due.minute) == (16, 30)


def test_a_question_that_cannot_be_asked_stands_among_what_is_missing(client, draft):
    response = client.post(
        at("letter-save", draft),
        typed(
            draft,
            response_kind="form",
            **{"q-count": "1", "q-0-kind": "choice", "q-0-label": "ระดับ", "q-0-choices": "มาก"},
        ),
    )

    assert response.json()["missing"] == [
        {"url": "#questions", "text": "คำถามข้อ 1: ใส่ตัวเลือกอย่างน้อย 2 ข้อ บรรทัดละข้อ"}
    ]


@pytest.mark.engine
@pytest.mark.parametrize(
    "odd",
    [
        {"q-count": "1", "q-0-kind": "text", "q-0-label": "ก\x00ข"},
        {"q-count": "๙" * 40, "action": "q:add"},
        {"q-count": "-1", "action": "q:remove:99999999999999999999"},
        {"ref-count": "1", "ref-0-text": "ก\x00", "ref-0-letter": "9" * 30},
        {"action": "ref:pick:" + "9" * 30},
        {"action": "ref:find", "ref_q": "\x00"},
        {"action": "due:never", "version": "9" * 30},
        {"action": ":::", "kind": "unknown", "urgency": "x", "secrecy": "9"},
        {"action": "file:up:nothing"},
    ],
)
def test_nonsense_from_outside_is_answered_in_words(client, draft, odd):
    response = client.post(at("letter-edit", draft), typed(draft, **odd))

    assert response.status_code in {200, 302, 409, 422}


# Two at one draft -------------------------------------------------------------------------------


def test_two_tabs_see_both_versions_and_lose_nothing(client, draft):
    client.post(at("letter-edit", draft), typed(draft, subject="ของเขา"))

    response = client.post(
        at("letter-edit", draft), typed(draft, subject="ของฉัน", body="ข้อความของฉัน")
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "ของเขา" in page
    assert "ของฉัน" in page
    assert [one.name for one in response.context["differs"]] == ["subject", "body"]
    assert Letter.objects.get().subject == "ของเขา"


@pytest.mark.parametrize(
    ("choice", "subject", "body"),
    [
        ({"keep": "mine"}, "ของฉัน", "ข้อความของฉัน"),
        ({"keep": "theirs"}, "ของเขา", "ข้อความเดิม"),
        ({"keep-subject": "theirs", "keep-body": "mine"}, "ของเขา", "ข้อความของฉัน"),
    ],
)
def test_the_choice_between_two_versions_is_kept(client, draft, choice, subject, body):
    Letter.objects.update(subject="ของเขา", body="ข้อความเดิม", version=5)
    draft.refresh_from_db()

    client.post(
        at("letter-edit", draft),
        typed(draft, subject="ของฉัน", body="ข้อความของฉัน", differs=["subject", "body"], **choice),
    )

    draft.refresh_from_db()
    assert (draft.subject, draft.body) == (subject, body)


def test_a_late_save_that_says_the_same_is_no_conflict(client, draft):
    client.post(at("letter-save", draft), typed(draft, subject="เหมือนกัน"))

    response = client.post(at("letter-save", draft), typed(draft, subject="เหมือนกัน"))

    assert (response.status_code, response.json()["version"]) == (200, 2)


def test_a_page_that_saves_by_itself_hears_of_the_conflict(client, draft):
    client.post(at("letter-save", draft), typed(draft, subject="ของเขา"))

    response = client.post(at("letter-save", draft), typed(draft, subject="ของฉัน"))

    assert response.status_code == 409
    assert response.json()["differs"] is True
    assert Letter.objects.get().subject == "ของเขา"


def test_choosing_recipients_elsewhere_is_no_conflict(client, officer, draft):
    set_audience(draft, rule={"all_schools": True}, by=officer)

    response = client.post(at("letter-save", draft), typed(draft, subject="หลังเลือกผู้รับ"))

    assert response.status_code == 200
