"""Atoms, what was typed, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.thaitext import normalise, tidy
from portal.search.domain import (
    LONGEST_QUERY,
    Piece,
    TooLong,
    TooShort,
    atoms,
    compact,
    marked,
    number_parts,
    read_query,
    snippet,
)
from portal.search.domain.cutting import LONGEST_ATOM, RUN, dictionary

THAI = "กขคงจฉชซญดตถทนบปผพฟมยรลวศสหอฮะาำิีึืุูเแโใไๅๆฯ่้๊๋็์ั๐๑๙ .,/()\u200b\u0e4d\u0301Aaß12"
TEXTS = st.one_of(st.text(alphabet=THAI, max_size=40), st.text(max_size=40))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("การพัฒนาตนเอง", "การ|พัฒนา|ตนเอง"),
        ("สถานศึกษา", "สถาน|ศึกษา"),
        ("ข้าราชการครู", "ข้า|ราช|การ|ครู"),
        ("กกขุนทด", "กก|ขุน|ทด"),
        ("ศธ ๐๔๒๒๕/ว ๑๒๓", "ศธ|04225|ว|123"),
        ("O-NET ปี ๒๕๖๙ (ใหม่)", "o|net|ปี|2569|ใหม่"),
        ("สพป.พัทลุง เขต 2", "สพป|พัทลุง|เขต|2"),
        ("", ""),
        (" ฯ ๆ ฿ -- ", ""),
    ],
)
def test_a_text_is_cut_into_atoms(text, cut):
    assert "|".join(atoms(text)) == cut


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)
    assert tidy(tidy(text)) == tidy(text)


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_atoms_hold_every_letter_and_digit(text):
    said = "".join(run[0] for run in RUN.finditer(normalise(text)))

    assert "".join(atoms(text)) == said
    assert all(0 < len(atom) <= LONGEST_ATOM for atom in atoms(text))


@settings(deadline=None, max_examples=200)
@given(TEXTS, TEXTS)
def test_what_stands_beside_a_word_does_not_change_how_it_is_cut(before, after):
    assert atoms(f"{before} / {after}") == atoms(before) + atoms(after)


@pytest.mark.parametrize("size", [1_000, 20_000])
@pytest.mark.parametrize("letter", ["ก", "ที่", "การพัฒนา", "x", "1", "\u0e4d", "มากกว่า"])
def test_odd_and_long_texts_are_cut_all_the_same(letter, size):
    text = letter * size

    assert "".join(atoms(text)) == "".join(run[0] for run in RUN.finditer(normalise(text)))


def test_the_dictionary_is_large_and_of_thai_words_alone():
    assert len(dictionary()) > 50_000
    assert {"การพัฒนา", "พัฒนา", "สพป"} <= dictionary()
    assert not {word for word in dictionary() if " " in word or "." in word}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  การพัฒนา  ครู ", ["การพัฒนา", "ครู"]),
        ("“การพัฒนา”", ["การพัฒนา"]),
        ("ก\u0e4d\u0e32หนด เเผน ที่\u0e48", ["กำหนด", "แผน", "ที่"]),
        ("ศธ ๐๔๒๒๕/ว๑๒๓", ["ศธ", "04225/ว123"]),
        ("ครู\x00ผู้ช่วย - DLTV", ["ครูผู้ช่วย", "dltv"]),
    ],
)
def test_what_was_typed_is_read_as_words(typed, words):
    assert [word.text for word in read_query(typed).words] == words


@pytest.mark.parametrize("typed", ["", " ", "ก", "๑", "()", "ฯๆ", "\x00", "/ - /"])
def test_too_little_is_refused(typed):
    with pytest.raises(TooShort):
        read_query(typed)


def test_too_much_is_refused():
    assert read_query("ก" * LONGEST_QUERY)
    with pytest.raises(TooLong):
        read_query("ก" * (LONGEST_QUERY + 1))


@pytest.mark.parametrize("typed", ["ว123", "ว ๑๒๓", "4225/ว1", "ศธ ๐๔๒๒๕", "04225ว123", "25/ว12"])
def test_a_number_fits_by_any_part(typed):
    assert read_query(typed).fits("", compact("ศธ ๐๔๒๒๕/ว ๑๒๓"))


@pytest.mark.parametrize("typed", ["ว124", "5/ว2", "123/ว", "ศธ 04226", "512"])
def test_a_number_does_not_fit_by_what_it_has_not(typed):
    assert not read_query(typed).fits("", compact("ศธ ๐๔๒๒๕/ว ๑๒๓"))


def test_the_ends_of_a_number_are_few():
    assert number_parts("ว 12") == ["12", "ว12"]
    assert number_parts("") == []
    assert len(number_parts("1234567890" * 10)) <= 40


def test_marks_stand_on_the_words_as_they_were_typed():
    pieces = marked("การพัฒนา  ครู ๑๒ คน DLTV", ["พัฒนา", "12", "dltv"])

    assert pieces == [
        Piece("การ"),
        Piece("พัฒนา", is_hit=True),
        Piece(" ครู "),
        Piece("๑๒", is_hit=True),
        Piece(" คน "),
        Piece("DLTV", is_hit=True),
    ]


@settings(deadline=None, max_examples=300)
@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_pieces_put_together_are_the_text(text, words):
    words = [normalise(word) for word in words]

    assert "".join(piece.text for piece in marked(text, words)) == " ".join(tidy(text).split())


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=THAI, max_size=600), st.lists(TEXTS, max_size=2))
def test_a_snippet_is_a_part_of_the_text_and_never_long(text, words):
    shown = "".join(piece.text for piece in snippet(text, [normalise(word) for word in words]))

    assert shown.removeprefix("… ").removesuffix(" …") in " ".join(tidy(text).split())
    assert len(shown) < 300


def test_a_snippet_begins_near_the_word():
    pieces = snippet("ก ข ค " * 100 + "ขอเชิญประชุมครู " + "ง จ " * 100, ["ประชุม"])

    assert Piece("ประชุม", is_hit=True) in pieces
    assert pieces[0] == Piece("… ")
    assert pieces[-1] == Piece(" …")
