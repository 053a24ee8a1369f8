"""The files of a draft, and how its typed letter will look."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.services.drafting import ENCLOSURE, MAIN, attach_main
from documents.tests.factories import LetterFactory, officer_of
from documents.tests.pages import at, typed
from members.tests.factories import GroupFactory
from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.services import files_of, store_bytes
from portal.files.tests.factories import pdf_bytes

pytestmark = pytest.mark.django_db


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
