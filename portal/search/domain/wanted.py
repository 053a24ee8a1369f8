"""What somebody typed into the box, as words to be found."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.core.thaitext import normalise
from portal.search.domain.cutting import RUN, atoms

SHORTEST_QUERY = 2
LONGEST_QUERY = 200
LONGEST_NUMBER = 40
DIGIT = re.compile(r"\d")

SUBJECT_PHRASE, NUMBER, SUBJECT, PHRASE, BODY = 5, 4, 3, 2, 1


class TooShort(ValueError):
    """Nothing was typed by which anything could be found."""


class TooLong(ValueError):
    """More was typed than anybody searches for."""


@dataclass(frozen=True)
class Word:
    """One word as it was typed between spaces; `number` when it may be part of a number."""

    text: str
    atoms: tuple[str, ...]
    number: str = ""


@dataclass(frozen=True)
class Wanted:
    """All words must be found, each in the text or the number; or the whole in the number."""

    words: tuple[Word, ...]
    number: str = ""

    @property
    def phrase(self) -> str:
        return " ".join(word.text for word in self.words)

    def fits(self, text: str, number: str) -> bool:
        """Answer whether a normalised text with this number is what was wanted."""
        if in_number(self.number, number):
            return True
        return all(word.text in text or in_number(word.number, number) for word in self.words)

    def weigh(self, title: str, text: str, number: str) -> int:
        """Return how well it fits: subject before number, phrase before scattered words."""
        if self.phrase in title:
            return SUBJECT_PHRASE
        if in_number(self.number, number):
            return NUMBER
        if all(word.text in title for word in self.words):
            return SUBJECT
        return PHRASE if self.phrase in text else BODY


def read_query(typed: str) -> Wanted:
    """Return what is wanted; TooShort or TooLong when that cannot be searched for."""
    if len(typed) > LONGEST_QUERY:
        raise TooLong
    pieces = normalise(typed.replace("\x00", "")).split()
    words = tuple(word for piece in pieces if (word := _word(piece)))
    if sum(len(word.text) for word in words) < SHORTEST_QUERY:
        raise TooShort
    return Wanted(words, _number_key("".join(word.text for word in words)))


def _word(piece: str) -> Word | None:
    """Return the word without punctuation around it; None when nothing is left."""
    runs = list(RUN.finditer(piece))
    if not runs:
        return None
    text = piece[runs[0].start() : runs[-1].end()]
    return Word(text, tuple(atoms(text)), _number_key(text))


# Numbers: any part of ศธ ๐๔๒๒๕/ว ๑๒๓, which is ศธ04225/ว123 ------------------------------------


def compact(number: str) -> str:
    """Return a number in one spelling, without spaces."""
    return normalise(number).replace(" ", "")


def bare(number: str) -> str:
    """Return the letters and digits of a number alone."""
    return "".join(run[0] for run in RUN.finditer(normalise(number)))


def number_parts(number: str) -> list[str]:
    """Return the ends of a number, one from each letter on: its parts are their beginnings."""
    whole = bare(number)[:LONGEST_NUMBER]
    return sorted({whole[at:] for at in range(len(whole) - 1)})


def in_number(key: str, number: str) -> bool:
    """Answer whether the key is part of the compact number, with its signs or without any."""
    return bool(key) and (key in number or key in bare(number))


def _number_key(typed: str) -> str:
    """Return what was typed as part of a number; nothing when it has no digit or too little."""
    key = compact(typed)
    if not DIGIT.search(key) or not SHORTEST_QUERY <= len(bare(key)) <= LONGEST_NUMBER:
        return ""
    return key
