"""Writing and sending in the browser: the list, the draft's page, confirmation, number and send."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.models import Dispatch, Letter, LetterState, RegisterEntry, ResponseKind
from documents.services.drafting import ENCLOSURE, MAIN, attach_main, set_audience
from documents.tests.factories import (
    ArrivalFactory,
    DispatchFactory,
    LetterFactory,
    SentLetterFactory,
    officer_of,
    registrar_of,
)
from members.models import AudienceSnapshot, Role
from members.tests.factories import (
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)
from portal.core.actors import SYSTEM
from portal.core.thaidates import short_date
from portal.files.domain.kinds import PDF
from portal.files.services import files_of, store_bytes
from portal.files.tests.factories import pdf_bytes
from portal.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db

SENT = reverse("documents:sent")
NEW = reverse("documents:letter-new")


def at(name, letter, *more):
    return reverse(f"documents:{name}", args=[letter.pk, *more])


@pytest.fixture
def officer(client):
    """A signed-in officer of a group."""
    actor = officer_of(GroupFactory())
    client.force_login(actor.member)
    return actor


@pytest.fixture
def draft(officer):
    """A complete draft of the officer's group, with two schools to receive it."""
    group = officer.holding.post.unit
    district = DistrictFactory(office=group.office, name="อำเภอริมน้ำ")
    for name in ("บ้านต้นสน", "วัดป่าเรไร"):
        SchoolFactory(office=group.office, district=district, name=f"โรงเรียน{name}")
    return LetterFactory(owner_unit=group, drafter=officer.member)


def browser_of(actor):
    client = Client()
    client.force_login(actor.member)
    return client


def own_queries(client, url):
    """Return the statements a page makes on the tables of its own room."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return [row["sql"] for row in queries if '"documents_' in row["sql"]]


# The list ----------------------------------------------------------------------------------------


def test_the_list_shows_how_far_each_letter_is(client, officer):
    letter = SentLetterFactory(
        owner_unit=officer.holding.post.unit,
        subject="สำรวจอาคารเรียน",
        response_kind=ResponseKind.TEXT,
        due_at=timezone.now() - timedelta(days=1),
    )
    ArrivalFactory(letter=letter)
    ArrivalFactory(letter=letter, state="received", response_state="answered", is_open=False)

    page = client.get(SENT).content.decode()

    assert "สำรวจอาคารเรียน" in page
    assert "ลงรับ <b>1</b>/2 · ตอบ <b>1</b>/2" in page
    assert "เกินกำหนด 1" in page


def test_the_list_shows_letters_on_their_way(client, officer):
    letter = SentLetterFactory(owner_unit=officer.holding.post.unit, state=LetterState.REGISTERED)
    DispatchFactory(letter=letter, total=36_000, made=12_000)

    page = client.get(SENT).content.decode()

    assert "กำลังส่ง" in page
    assert "<b>12,000</b>/36,000" in page


def test_each_tab_shows_its_letters_and_counts(client, officer):
    group = officer.holding.post.unit
    LetterFactory(owner_unit=group, subject="ร่างหนึ่ง")
    LetterFactory(
        owner_unit=group,
        subject="รอเลขหนึ่ง",
        state=LetterState.SUBMITTED,
        submitted_at=timezone.now(),
    )
    followed = SentLetterFactory(owner_unit=group, subject="ติดตามอยู่")
    ArrivalFactory(letter=followed)
    SentLetterFactory(owner_unit=group, subject="ครบแล้ว")
    LetterFactory(owner_unit=group, subject="ทิ้งไปแล้ว", state=LetterState.DISCARDED)

    pages = {
        tab: client.get(SENT, {"state": tab}) for tab in ("draft", "submitted", "following", "all")
    }

    shown = {
        tab: {row["letter"].subject for row in page.context["rows"]} for tab, page in pages.items()
    }
    assert shown == {
        "draft": {"ร่างหนึ่ง"},
        "submitted": {"รอเลขหนึ่ง"},
        "following": {"ติดตามอยู่"},
        "all": {"ร่างหนึ่ง", "รอเลขหนึ่ง", "ติดตามอยู่", "ครบแล้ว"},
    }
    assert [link["count"] for link in pages["all"].context["links"]] == ["1", "1", "1", None]


@pytest.mark.parametrize("words", ["๑๔๘๒", "ว 1482", "อุทกภัย"])
def test_the_list_finds_by_number_or_subject(client, officer, words):
    group = officer.holding.post.unit
    SentLetterFactory(
        owner_unit=group, subject="สำรวจอุทกภัย", number=1482, number_text="ศธ 04999/ว\u00a01482"
    )
    SentLetterFactory(owner_unit=group, subject="เรื่องอื่น", number=7)

    rows = client.get(SENT, {"q": words}).context["rows"]

    assert [row["letter"].subject for row in rows] == ["สำรวจอุทกภัย"]


def test_the_list_goes_on_where_the_page_ended(client, officer):
    group = officer.holding.post.unit
    for _ in range(32):
        ArrivalFactory(letter=SentLetterFactory(owner_unit=group))

    first = client.get(SENT)
    second = client.get(first.context["next_url"])

    seen = [row["letter"].pk for page in (first, second) for row in page.context["rows"]]
    assert len(seen) == len(set(seen)) == 32
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_four_times_however_long_it_is(client, officer, count):
    for _ in range(count):
        ArrivalFactory(letter=SentLetterFactory(owner_unit=officer.holding.post.unit))

    assert len(own_queries(client, SENT)) == 4


def test_a_group_does_not_see_the_drafts_of_another(client, officer):
    office = officer.holding.post.unit.office
    own = LetterFactory(owner_unit=officer.holding.post.unit)
    other = LetterFactory(owner_unit=GroupFactory(office=office))

    assert client.get(at("letter-edit", own)).status_code == 200
    assert client.get(at("letter-edit", other)).status_code == 404


# A new letter ------------------------------------------------------------------------------------


def test_a_new_letter_belongs_to_the_only_group_of_its_writer(client, officer):
    group = officer.holding.post.unit

    response = client.post(NEW, {"owner_unit": group.pk, "kind": "external"})

    letter = Letter.objects.get()
    assert response.url == at("letter-edit", letter)
    assert (letter.owner_unit, letter.kind, letter.drafter) == (group, "external", officer.member)


def test_whoever_has_two_groups_chooses_between_them(client, officer):
    second = GroupFactory(office=officer.holding.post.unit.office)
    HoldingFactory(member=officer.member, role=Role.OFFICER, unit=second)
    foreign = GroupFactory(office=second.office)

    page = client.get(NEW)
    refused = client.post(NEW, {"owner_unit": foreign.pk, "kind": "circular"})
    client.post(NEW, {"owner_unit": second.pk, "kind": "circular"})

    assert page.context["is_choice"]
    assert refused.status_code == 422
    assert [letter.owner_unit for letter in Letter.objects.all()] == [second]


# The draft's page --------------------------------------------------------------------------------


def typed(letter, **changes):
    """Return what the page of the draft posts."""
    return {
        "version": letter.version,
        "kind": letter.kind,
        "urgency": letter.urgency,
        "secrecy": letter.secrecy,
        "subject": letter.subject,
        "addressee": letter.addressee,
        "action_required": letter.action_required,
        "main_source": letter.main_source,
        "body": letter.body,
        "signer_name": letter.signer_name,
        "signer_position": letter.signer_position,
        "line_new": letter.line_new,
        "line_do": letter.line_do,
        "line_by": letter.line_by,
        "response_kind": letter.response_kind,
        "due_on": "",
        "due_time": "",
        "q-count": "0",
        "ref-count": "0",
        **changes,
    }


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


@pytest.mark.engine
@pytest.mark.parametrize("words", ["\x00", "๙" * 40, "%_\\'", "ก" * 3000])
def test_nonsense_in_the_search_finds_nothing(client, officer, words):
    assert client.get(SENT, {"q": words, "after": words, "state": words}).status_code == 200


# Two at one draft --------------------------------------------------------------------------------


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


# Files -------------------------------------------------------------------------------------------


def pdf(name="หนังสือ.pdf", data=None):
    return SimpleUploadedFile(name, data or pdf_bytes(), content_type="application/pdf")


def test_files_are_attached_and_what_was_typed_is_kept(client, draft):
    response = client.post(
        at("letter-upload", draft),
        typed(draft, subject="พิมพ์ค้างไว้", main_source="uploaded")
        | {"main": pdf(), "enclosure": [pdf("ก.pdf"), pdf("ข.pdf", pdf_bytes(2))]},
    )

    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.subject == "พิมพ์ค้างไว้"
    assert [use.name for use in files_of(draft, MAIN)] == ["หนังสือ.pdf"]
    assert [use.name for use in files_of(draft, ENCLOSURE)] == ["ก.pdf", "ข.pdf"]


def test_a_word_file_as_the_letter_is_refused_with_the_way_out(client, draft):
    word = SimpleUploadedFile("หนังสือ.docx", b"PK\x03\x04 no document")

    response = client.post(
        at("letter-upload", draft), typed(draft, subject="ยังอยู่") | {"main": word}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "หนังสือ.docx" in page
    assert "ยังอยู่" in page
    assert files_of(draft, MAIN) == []


def test_enclosures_change_their_order_and_go(client, draft):
    client.post(
        at("letter-upload", draft), {"enclosure": [pdf("ก.pdf"), pdf("ข.pdf", pdf_bytes(2))]}
    )
    second = files_of(draft, ENCLOSURE)[1]

    client.post(at("letter-edit", draft), typed(draft, action=f"file:up:{second.public_id}"))
    order = [use.name for use in files_of(draft, ENCLOSURE)]
    client.post(at("letter-file-remove", draft, second.public_id))

    assert order == ["ข.pdf", "ก.pdf"]
    assert [use.name for use in files_of(draft, ENCLOSURE)] == ["ก.pdf"]


def test_a_file_of_another_letter_cannot_be_removed_through_this_one(client, officer, draft):
    other = LetterFactory(owner_unit=GroupFactory())
    stored = store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF)
    use = attach_main(other, stored=stored, name="x.pdf", by=officer_of(other.owner_unit))

    response = client.post(at("letter-file-remove", draft, use.public_id))

    assert response.status_code == 404
    assert len(files_of(other, MAIN)) == 1


def test_the_preview_is_the_typed_letter_as_pdf(client, draft):
    response = client.get(at("letter-preview", draft))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response.content.startswith(b"%PDF")


# Recipients, handing in, throwing away -----------------------------------------------------------


def test_recipients_are_chosen_and_saved(client, draft):
    url = at("letter-audience", draft)

    looked = client.post(url, {"to-look": "count"})
    empty = client.post(url, {})
    chosen = client.post(url, {"to-all_schools": "on"})

    assert (looked.status_code, empty.status_code) == (200, 422)
    assert chosen.url == f"{at('letter-edit', draft)}#recipients"
    assert Letter.objects.get().audience_rule == {"all_schools": True}


def test_a_complete_draft_goes_to_the_registrar(client, draft):
    response = client.post(at("letter-submit", draft), typed(draft, subject="แก้ก่อนเสนอ"))

    draft.refresh_from_db()
    assert response.url == draft.get_absolute_url()
    assert (draft.state, draft.subject) == (LetterState.SUBMITTED, "แก้ก่อนเสนอ")
    assert "รอสารบรรณออกเลข" in client.get(response.url).content.decode()


def test_an_incomplete_draft_says_what_it_lacks(client, draft):
    response = client.post(
        at("letter-submit", draft), typed(draft, signer_name="", subject="ขาดผู้ลงนาม")
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "ยังขาด: ใส่ชื่อผู้ลงนาม" in page
    assert "ขาดผู้ลงนาม" in page
    assert Letter.objects.get().state == LetterState.DRAFT


def test_the_registrar_gives_a_letter_back_with_the_reason(client, officer, draft):
    client.post(at("letter-submit", draft))
    desk = browser_of(registrar_of(draft.office))

    silent = desk.post(at("letter-return", draft), {"reason": " "})
    desk.post(at("letter-return", draft), {"reason": "แก้คำผิดในเรื่อง"})

    draft.refresh_from_db()
    assert silent.status_code == 422
    assert draft.is_draft
    assert "แก้คำผิดในเรื่อง" in client.get(at("letter-edit", draft)).content.decode()


def test_a_draft_thrown_away_comes_back_from_the_message(client, draft):
    response = client.post(at("letter-discard", draft), follow=True)
    page = response.content.decode()
    gone = Letter.objects.get().state
    client.post(at("letter-restore", draft))

    assert f'action="{at("letter-restore", draft)}"' in page
    assert gone == LetterState.DISCARDED
    assert Letter.objects.get().is_draft


# Number and send ---------------------------------------------------------------------------------


def test_the_registrar_sees_whom_it_reaches_and_sends_once(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(state=LetterState.SUBMITTED, submitted_at=timezone.now())

    page = desk.post(at("letter-confirm", draft))
    form = {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])}
    first = desk.post(at("letter-send", draft), form, follow=True)
    again = desk.post(at("letter-send", draft), form)

    words = page.content.decode()
    assert "ส่งถึง 2 โรงเรียน ออกเลขถัดไปของทะเบียนส่ง หนังสือเวียน (ว) ทันที" in words
    assert [(one.name, one.count) for one in page.context["folded"]] == [("อำเภอริมน้ำ", 2)]
    sent = Letter.objects.get()
    assert f"ส่งแล้ว ที่ {sent.number_text}" in first.content.decode()
    assert again.url == at("letter-board", draft)
    assert RegisterEntry.objects.count() == Dispatch.objects.count() == 1
    assert OutboxMessage.objects.filter(topic="documents.make_arrivals").count() == 1


def test_the_back_button_after_sending_makes_no_second_letter(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(state=LetterState.SUBMITTED, submitted_at=timezone.now())
    pages = [desk.post(at("letter-confirm", draft)) for _ in range(2)]
    forms = [
        {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])} for page in pages
    ]

    answers = [desk.post(at("letter-send", draft), form) for form in forms]
    back = desk.get(at("letter-confirm", draft))
    confirmed_again = desk.post(at("letter-confirm", draft))

    assert [answer.url for answer in answers] == [at("letter-board", draft)] * 2
    assert back.url == draft.get_absolute_url()
    assert confirmed_again.url == at("letter-board", draft)
    assert RegisterEntry.objects.count() == 1


def test_recipients_that_moved_are_confirmed_again(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(state=LetterState.SUBMITTED, submitted_at=timezone.now())
    page = desk.post(at("letter-confirm", draft))
    SchoolFactory(office=draft.office, name="โรงเรียนเปิดใหม่")

    response = desk.post(
        at("letter-send", draft),
        {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])},
    )

    assert response.status_code == 409
    assert "รายชื่อผู้รับเปลี่ยนจาก 2 เป็น 3" in response.content.decode()
    assert response.context["snapshot"].total == 3
    assert RegisterEntry.objects.count() == 0


def test_a_letter_without_recipients_is_not_confirmed(draft):
    desk = browser_of(registrar_of(draft.office))
    Letter.objects.update(
        state=LetterState.SUBMITTED,
        submitted_at=timezone.now(),
        audience_rule={"districts": [99_999]},
    )

    response = desk.post(at("letter-confirm", draft))

    assert response.status_code == 422
    assert "ยังไม่มีผู้รับ" in response.content.decode()
    assert AudienceSnapshot.objects.count() == 0


def test_a_group_that_issues_its_own_numbers_sends_from_the_draft(client, officer):
    office = OfficeFactory()
    group = GroupFactory(office=office, can_issue_numbers=True, letter_code="ศธ 04999.2")
    HoldingFactory(member=officer.member, role=Role.GROUP_CLERK, unit=group)
    SchoolFactory(office=office)
    draft = LetterFactory(owner_unit=group)

    page = client.post(at("letter-confirm", draft), typed(draft, subject="ส่งเอง"))
    client.post(
        at("letter-send", draft),
        {"snapshot": page.context["snapshot"].pk, "key": str(uuid4())},
    )

    sent = Letter.objects.get(pk=draft.pk)
    assert (sent.subject, sent.number) == ("ส่งเอง", 1)
    assert RegisterEntry.objects.get().book.unit == group


def test_a_pdf_from_before_the_letter_was_typed_does_not_go_out(draft):
    desk = browser_of(registrar_of(draft.office))
    stored = store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF)
    attach_main(draft, stored=stored, name="เก่า.pdf", by=officer_of(draft.owner_unit))
    Letter.objects.update(
        state=LetterState.SUBMITTED, submitted_at=timezone.now(), main_source="typed"
    )
    page = desk.post(at("letter-confirm", draft))

    desk.post(
        at("letter-send", draft),
        {"snapshot": page.context["snapshot"].pk, "key": str(page.context["key"])},
    )

    assert files_of(draft, MAIN) == []


def test_a_stranger_finds_none_of_it(draft):
    stranger = Client()
    stranger.force_login(MemberFactory())
    names = ("letter-edit", "letter-audience", "letter-preview", "letter-board", "letter-confirm")

    assert {name: stranger.get(at(name, draft)).status_code for name in names} == dict.fromkeys(
        names, 404
    )
