"""Thai text as atoms: words that hold no smaller word, the same in a text and in what is sought.

nlpo3 cuts a run of Thai letters into the words of our dictionary, and each word is cut again into
the fewest words of three letters or more (การพัฒนา → การ|พัฒนา), until nothing can be cut. So
พัฒนา is found inside การพัฒนาตนเอง, whichever way the long word was read.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

import nlpo3

from portal.core.thaitext import normalise

# Thai without ฯ, ๆ, ฿ and punctuation; digits; letters of any other script.
THAI = "\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e"
RUN = re.compile(rf"(?P<thai>[{THAI}]+)|\d+|[^\W\d_{THAI}\u0e2f\u0e46]+")
WORD = re.compile(rf"[{THAI}]+")

SHORTEST_PART = 3
LONGEST_ATOM = 60
RULES = "1"  # raise it when the rules of this module change
FILES = ("words_th.txt", "office_words.txt")


def _read(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _edition() -> str:
    """Return a short name for everything that decides how a text is cut."""
    said = [RULES, version("nlpo3"), *(_read(name) for name in FILES)]
    return blake2b("\n".join(said).encode(), digest_size=6).hexdigest()


EDITION = _edition()


@cache
def dictionary() -> frozenset[str]:
    """Return the words of the lists that are made of Thai letters alone, in one spelling."""
    lines = (line for name in FILES for line in _read(name).splitlines())
    words = {normalise(line) for line in lines if not line.startswith("#")}
    return frozenset(word for word in words if WORD.fullmatch(word))


@cache
def _loaded_dictionary() -> str:
    """Hand the dictionary to nlpo3, once for this process, and return the name it has there."""
    with NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(sorted(dictionary())))
        file.flush()
        nlpo3.load_dict(file.name, EDITION)
    return EDITION


def atoms(text: str) -> list[str]:
    """Return the atoms of a text in their order; all letters and digits are in them."""
    return atoms_of_normalised(normalise(text))


def atoms_of_normalised(text: str) -> list[str]:
    """Return the atoms of a text that is in one spelling already."""
    found: list[str] = []
    for run in RUN.finditer(text):
        if run.lastgroup == "thai":
            found += _thai_atoms(run[0])
        else:
            found += _in_pieces(run[0])
    return found


@lru_cache(maxsize=20_000)
def _thai_atoms(run: str) -> tuple[str, ...]:
    words = nlpo3.segment(run, _loaded_dictionary())
    return tuple(piece for word in words for part in parts(word) for piece in _in_pieces(part))


@lru_cache(maxsize=50_000)
def parts(word: str) -> tuple[str, ...]:
    """Return the word cut into the fewest words of the dictionary, and each of them again."""
    smaller = _fewest(word)
    if len(smaller) < 2:
        return (word,)
    return tuple(part for piece in smaller for part in parts(piece))


def _fewest(word: str) -> list[str]:
    """Return the fewest words, two or more, that make up this one; nothing when none do."""
    known, length = dictionary(), len(word)
    best: list[list[str] | None] = [[]] + [None] * length
    for end in range(SHORTEST_PART, length + 1):
        for start in range(end - SHORTEST_PART + 1):
            before, piece = best[start], word[start:end]
            if before is None or len(piece) == length or piece not in known:
                continue
            here = best[end]
            if here is None or len(before) + 1 < len(here):
                best[end] = [*before, piece]
    return best[length] or []


def _in_pieces(atom: str) -> list[str]:
    """Return the atom, or pieces of it when it is longer than an index likes."""
    if len(atom) <= LONGEST_ATOM:
        return [atom]
    return [atom[at : at + LONGEST_ATOM] for at in range(0, len(atom), LONGEST_ATOM)]
