"""What the check finds in good files, broken files and bombs; the domain alone."""

from __future__ import annotations

import pikepdf
import pytest
from PIL import Image

from portal.files.domain.inspection import inspect
from portal.files.domain.kinds import (
    DOC,
    DOCX,
    JPEG,
    PDF,
    PNG,
    PPT,
    PPTX,
    XLS,
    XLSX,
    ZIP,
    FileKinds,
)
from portal.files.domain.pictures import LONGEST_SIDE
from portal.files.domain.problems import BadFile
from portal.files.tests import factories as made

ALL = FileKinds.ENCLOSURES


@pytest.fixture
def look(tmp_path):
    """Inspect bytes under a name; a redrawn picture lies in `redrawn`."""

    def look(data, name="a.pdf", kinds=FileKinds.PDF_ONLY):
        path = tmp_path / "given"
        path.write_bytes(data)
        return inspect(path, name, kinds, tmp_path / "redrawn")

    return look


@pytest.fixture
def reason(look):
    """The reason for which a file is refused, or None."""

    def reason(data, name="a.pdf", kinds=FileKinds.PDF_ONLY):
        try:
            look(data, name, kinds)
        except BadFile as bad:
            return bad.reason
        return None

    return reason


def test_a_whole_pdf_is_taken_with_its_pages(look):
    facts = look(made.pdf_bytes(3))

    assert facts.media_type == PDF
    assert facts.page_count == 3
    assert facts.pages[0] == [595.28, 841.89]
    assert (facts.is_signed, facts.has_active_content) == (False, False)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (made.NOTHING, "empty"),
        (made.HTML, "html"),
        (b"just some text", "unknown_type"),
        (made.encrypted_pdf(), "encrypted"),
        (made.truncated_pdf(), "truncated"),
        (made.cut_at_the_end_pdf(), "truncated"),
        (made.GARBAGE, "damaged"),
        (made.lost_page_pdf(), "damaged"),
        (made.pdf_bytes(0), "no_pages"),
        (made.pdf_bytes(501), "too_many_pages"),
        (made.zipped({"a.txt": b"a"}), "wrong_kind"),
        (made.office("docx"), "wrong_kind"),
        (made.old_office("WordDocument"), "wrong_kind"),
        (made.picture(), "wrong_kind"),
    ],
    ids=made.words,
)
def test_a_bad_pdf_is_refused_for_its_reason(reason, data, why):
    assert reason(data) == why


def test_word_is_told_how_to_become_a_pdf(look):
    with pytest.raises(BadFile) as refused:
        look(made.office("docx"), "หนังสือ.docx")

    assert refused.value.text == "ไฟล์นี้เป็น Word ใช้ PDF เท่านั้น วิธีทำ: แฟ้ม › บันทึกเป็น › PDF"


def test_five_hundred_pages_are_taken(look):
    assert look(made.pdf_bytes(500)).page_count == 500


def test_a_lost_table_is_repaired_for_reading(look):
    assert look(made.lost_table_pdf()).page_count == 3


def test_a_pdf_that_everybody_can_open_is_taken(look):
    assert look(made.print_only_pdf()).page_count == 1


def test_a_page_tree_in_a_loop_does_not_hang(reason):
    assert reason(made.loop_pdf()) in {None, "damaged"}


def test_a_signature_is_noticed(look):
    assert look(made.signed_pdf()).is_signed is True


def test_bare_numbers_and_nothings_among_the_objects_do_no_harm(look):
    pdf = made.blank()
    pdf.Root.Extra = pikepdf.Array([pdf.make_indirect(1), pdf.make_indirect("a")])
    lonely = made.saved(pdf).replace(b"obj\n1\nendobj", b"obj\nnull\nendobj")

    assert look(made.saved(pdf)).page_count == 1
    assert look(lonely).page_count == 1


@pytest.mark.parametrize("kind", ["JavaScript", "Launch"])
def test_active_content_is_noticed_and_kept(look, kind):
    assert look(made.script_pdf(kind)).has_active_content is True


def test_a_crop_beyond_the_paper_shows_the_paper(look):
    pdf = made.blank()
    pdf.pages[0].CropBox = [-100, -100, 5000, 5000]

    assert look(made.saved(pdf)).pages == [[595.28, 841.89]]


def test_a_page_is_measured_as_the_reader_sees_it(look):
    assert look(made.turned_pdf()).pages == [[600.0, 300.0]]


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (made.pdf_bytes(), "ก.pdf", PDF),
        (made.office("docx"), "ก.docx", DOCX),
        (made.office("xlsx"), "ก.XLSX", XLSX),
        (made.office("pptx"), "ก.pptx", PPTX),
        (made.old_office("WordDocument"), "ก.doc", DOC),
        (made.old_office("Workbook"), "ก.xls", XLS),
        (made.old_office("PowerPoint Document"), "ก.ppt", PPT),
        (made.picture("PNG"), "ก.png", PNG),
        (made.picture("JPEG"), "ก.jpeg", JPEG),
        (made.picture("WEBP"), "ก.webp", JPEG),
        (made.zipped({"แบบ/1.pdf": b"x"}), "ก.zip", ZIP),
        (made.pdf_bytes(), "ไม่มีนามสกุล", PDF),
    ],
    ids=made.words,
)
def test_every_enclosure_is_known_by_its_bytes(look, data, name, media_type):
    assert look(data, name, ALL).media_type == media_type


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (made.pdf_bytes(), "ก.docx", "wrong_ending"),
        (made.office("docx"), "ก.xlsx", "wrong_ending"),
        (made.zipped({"a.txt": b"a"}), "ก.exe", "wrong_ending"),
        (made.picture("PNG"), "ก.pdf", "wrong_ending"),
        (b"MZ" + bytes(400), "ก.pdf", "unknown_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ก.png", "unknown_type"),
        (b"GIF89a/*" + bytes(400), "ก.png", "unknown_type"),
        (made.bomb_zip(), "ก.zip", "bomb"),
        (made.steep_zip(), "ก.zip", "bomb"),
        (made.crowded_zip(), "ก.zip", "bomb"),
        (made.overlapping_zip(), "ก.zip", "bomb"),
        (made.bomb_docx(), "ก.docx", "bomb"),
        (made.zipped({"in.zip": b"PK"}), "ก.zip", "nested"),
        (made.zipped({"รายงาน.pdf.exe": b"MZ"}), "ก.zip", "program"),
        (made.zipped({"../out.txt": b"a"}), "ก.zip", "bad_names"),
        (made.zipped({"/etc/passwd": b"a"}), "ก.zip", "bad_names"),
        (made.zipped({"C:\\out.txt": b"a"}), "ก.zip", "bad_names"),
        (made.locked_zip(), "ก.zip", "encrypted"),
        (made.zipped({"a.txt": b"a"})[:40], "ก.zip", "damaged"),
        (made.office("xlsx", **{"xl/vbaProject.bin": b"x"}), "ก.xlsx", "macro"),
        (made.zipped({"[Content_Types].xml": b"<Types/>"}), "ก.docx", "damaged"),
        (made.old_office("EncryptedPackage"), "ก.docx", "encrypted"),
        (made.old_office("Something"), "ก.doc", "damaged"),
        (made.pixel_bomb(), "ก.png", "too_many_pixels"),
        (made.picture("PNG")[:60], "ก.png", "damaged"),
    ],
    ids=made.words,
)
def test_a_bad_enclosure_is_refused_for_its_reason(reason, data, name, why):
    assert reason(data, name, ALL) == why


def test_an_office_file_may_hold_another(look):
    facts = look(made.office("docx", **{"word/embeddings/a.zip": b"PK"}), "ก.docx", ALL)

    assert facts.media_type == DOCX


def test_every_refusal_says_in_thai_what_to_do(look):
    bad = [made.NOTHING, made.HTML, made.GARBAGE, made.encrypted_pdf(), made.truncated_pdf()]

    for data in bad:
        with pytest.raises(BadFile) as refused:
            look(data)
        assert len(refused.value.text.split()) > 3
        assert any("ก" <= letter <= "๛" for letter in refused.value.text)


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken(look, tmp_path):
    look(made.camera_picture(), "IMG.jpg", FileKinds.PICTURES)

    with Image.open(tmp_path / "redrawn") as redrawn:
        assert redrawn.size == (300, 400)
        assert dict(redrawn.getexif()) == {}
    assert b"SECRET-CAMERA" in made.camera_picture()
    assert b"SECRET-CAMERA" not in (tmp_path / "redrawn").read_bytes()


def test_a_large_picture_is_made_smaller(look, tmp_path):
    look(made.picture("JPEG", (6000, 3000)), "IMG.jpg", FileKinds.PICTURES)

    with Image.open(tmp_path / "redrawn") as redrawn:
        assert redrawn.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_a_pdf_is_no_picture(reason):
    assert reason(made.pdf_bytes(), "ก.pdf", FileKinds.PICTURES) == "wrong_kind"
