"""Cut Thai into atoms, understand what was typed, say what fits and show where."""

from portal.search.domain.cutting import EDITION, atoms, atoms_of_normalised
from portal.search.domain.marking import Piece, marked, snippet
from portal.search.domain.wanted import (
    LONGEST_QUERY,
    TooLong,
    TooShort,
    Wanted,
    Word,
    bare,
    compact,
    number_parts,
    read_query,
)

__all__ = [
    "EDITION",
    "LONGEST_QUERY",
    "Piece",
    "TooLong",
    "TooShort",
    "Wanted",
    "Word",
    "atoms",
    "atoms_of_normalised",
    "bare",
    "compact",
    "marked",
    "number_parts",
    "read_query",
    "snippet",
]
