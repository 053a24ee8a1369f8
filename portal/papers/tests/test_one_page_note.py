"""The one-page note: one page of A4 whatever is typed, or the parts that are too long by name."""

import io
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.errors import DomainError
from portal.papers import services
from portal.papers.domain import NOTE_BOXES, NotePaper
from portal.papers.services import measure_note, typeset
from portal.papers.tests.factories import MM_PER_POINT, page_count, page_size, place_of, text_lines

LINE = "ใครโทรตามโรงเรียนบนเกาะ ภายในกี่โมง"
SMALLEST_POINTS = 9.5
OFFICE_WORDS = """
    ประชุม โรงเรียน น้ำท่วม ธุรการ ลงรับ ใบสำคัญ ปากพะยูน เกาะหมาก สัญญาณ โทรศัพท์ เลขานุการ ว1482 27 พ.ย. 131
    แห่ง อาหารกลางวัน ซ้ำ ๆ (ร่าง) A4 COVID-19 https://example.org/very/long/address/without/a/space ทั้งนี้
    ศูนย์เครือข่ายพัฒนาคุณภาพการศึกษา ฤๅษี ฯลฯ
"""
WORDS = OFFICE_WORDS.split()


def note(**changes: Any) -> NotePaper:
    fields = {
        "meeting": "ประชุมหัวหน้ากลุ่ม ครั้งที่ 11/2569",
        "writer": "นายประเสริฐ ศรีทอง",
        "held": "พฤหัสบดี 19 พ.ย. 2569 13.30 น. · ห้องประชุมลำปำ",
        "heard": "จังหวัดเตือนฝนหนัก 20–23 พ.ย.",
        "thought": "ให้ลงรับทางโทรศัพท์แทนได้ไหม",
        "asked": LINE,
        "written": "1. วันนี้โทรตาม 33 โรงเรียน",
        "tasks": [{"task": "ใบตรวจใบสำคัญหน้าเดียว", "who": "วรรณี", "by": "27 พ.ย."}],
    }
    return NotePaper(**fields | changes)


def pages(paper: NotePaper) -> int:
    pdf = typeset("one_page_note", paper.data())
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == page_count(pdf)
        return len(opened.pages)


def unlimited(paper: NotePaper, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The same paper with boxes that grow: what one gets without the limit."""
    files = services._sources("one_page_note")
    main = b'#import "note.typ": note-page\n#note-page(fixed: false)'
    monkeypatch.setattr(services, "_sources", lambda template: files | {"main.typ": main})
    return typeset("one_page_note", paper.data())


words = st.lists(st.sampled_from(WORDS), max_size=90)
spaced = st.tuples(words, st.sampled_from([" ", "", "\n", "  "])).map(lambda it: it[1].join(it[0]))
thai = st.text(
    alphabet=[chr(code) for code in range(0xE01, 0xE5B) if code not in range(0xE3B, 0xE3F)]
)
wide = st.integers(1, 700).map("W".__mul__) | st.integers(1, 300).map("ฌๆ".__mul__)
texts = spaced | thai | wide | st.text(alphabet="กา \n\t1.")
rows = st.lists(
    st.fixed_dictionaries(
        {name: spaced.map(lambda it: it[:200]) for name in ("task", "who", "by")}
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(boxes=st.fixed_dictionaries(dict.fromkeys(NOTE_BOXES, texts)), tasks=rows)
def test_whatever_is_typed_is_one_page_or_too_long_by_name(boxes, tasks):
    paper = note(**boxes, tasks=tasks)

    fill = measure_note(paper.data())

    assert fill.fits is not bool(fill.too_long)
    # Also what is refused would not spill onto a second page.
    assert pages(paper) == 1


@settings(max_examples=25, deadline=None)
@given(boxes=st.fixed_dictionaries(dict.fromkeys(NOTE_BOXES, spaced)))
def test_the_text_layer_holds_every_word_that_was_typed(boxes):
    paper = note(**boxes, tasks=[])

    printed = "".join(text_lines(typeset("one_page_note", paper.data())))

    for text in boxes.values():
        assert all(word in printed for word in text.split() if len(word) < 40)


@pytest.mark.parametrize(
    ("lines", "scale"), [(12, 1.0), (13, 0.9), (14, 0.85), (15, 0.8), (16, None)]
)
def test_the_size_steps_down_to_the_smallest_and_no_further(lines, scale):
    paper = note(asked="\n".join([LINE] * lines))

    fill = measure_note(paper.data())

    assert fill.scale == scale
    assert fill.parts["asked"].used == lines
    assert fill.too_long == ({} if scale else {"asked": 1})
    assert pages(paper) == 1


def test_every_part_that_is_too_long_is_named_with_its_lines():
    tasks = [{"task": f"งานที่ {n}", "who": "วรรณี", "by": "27 พ.ย."} for n in range(9)]
    paper = note(heard="\n".join([LINE] * 17), written="\n" + "ก\n" * 16 + "\n", tasks=tasks)

    fill = measure_note(paper.data())

    assert fill.too_long == {"heard": 2, "written": 1, "tasks": 3}
    assert (fill.parts["asked"].left, fill.parts["asked"].over) == (14, 0)


def test_an_empty_note_is_an_empty_page():
    paper = note(**dict.fromkeys(NOTE_BOXES, ""), tasks=[])

    fill = measure_note(paper.data())

    assert (fill.scale, fill.percent) == (1.0, 0)
    assert pages(paper) == 1


def test_no_letter_is_smaller_than_may_be_read():
    paper = note(asked="\n".join([LINE] * 15))

    page = pypdfium2.PdfDocument(typeset("one_page_note", paper.data()))[0]

    sizes = [text.get_font_size() for text in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
    assert len(sizes) > 20
    assert min(sizes) >= SMALLEST_POINTS


@pytest.mark.parametrize(
    "text", ["W" * 300, "ฌๆ" * 200, "ศูนย์ฌฌ" * 60, "https://a.example/" + "x/" * 99]
)
def test_a_word_without_an_end_stays_in_its_box(text):
    paper = note(heard=text, thought="", asked="", written="", tasks=[])

    page = pypdfium2.PdfDocument(typeset("one_page_note", paper.data()))[0].get_textpage()

    first = page.search(text[:3]).get_next()[0]
    edges = [page.get_charbox(place)[2] * MM_PER_POINT for place in range(first, first + len(text))]
    assert 95 < max(edges) <= 105


def test_the_paper_is_a4_and_the_boxes_keep_their_places():
    short = typeset("one_page_note", note().data())
    full = typeset("one_page_note", note(heard="\n".join([LINE] * 15)).data())

    assert page_size(short) == pytest.approx((210, 297), abs=0.1)
    for title in ("ปุ", "งานที่ฉันรับหรือมอบ"):
        assert place_of(short, title) == pytest.approx(place_of(full, title), abs=0.01)


def test_long_names_stay_in_their_heading():
    paper = note(
        meeting="ประชุมคณะกรรมการติดตาม ตรวจสอบ ประเมินผล และนิเทศการศึกษา " * 3,
        writer="ว่าที่ร้อยตรีหญิง" + "ยาวมาก" * 12 + " ณ พัทลุง",
        held="พฤหัสบดี 19 พ.ย. 2569 13.30 น. · " + "ห้องประชุมใหญ่ " * 12,
    )

    assert place_of(typeset("one_page_note", paper.data()), "ปุ") == pytest.approx(
        place_of(typeset("one_page_note", note().data()), "ปุ"), abs=0.01
    )


def test_markup_stays_text():
    paper = note(heard="#pagebreak() $x$ *ก* <fill> @ref `raw`")

    pdf = typeset("one_page_note", paper.data())

    assert "#pagebreak()$x$*ก*<fill>@ref`raw`" in "".join(text_lines(pdf))
    assert measure_note(paper.data()).fits


def test_a_sign_without_a_letter_form_is_named():
    paper = note(heard="ดีมาก 😀")

    with pytest.raises(DomainError, match="😀"):
        typeset("one_page_note", paper.data())


def test_without_the_limit_the_same_note_would_take_two_pages(monkeypatch):
    paper = note(heard="\n".join([LINE] * 30), asked="\n".join([LINE] * 12))

    assert pages(paper) == 1
    assert page_count(unlimited(paper, monkeypatch)) == 2


def test_a_field_that_the_paper_does_not_know_is_refused():
    with pytest.raises(ValueError, match="knows no picture"):
        measure_note({"picture": "x"})
