"""docs/founding-texts.md: complete, and naming only pages that exist."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from tests.access_matrix import addresses

TEXT = Path(settings.BASE_DIR, "docs", "founding-texts.md").read_text(encoding="utf-8")
ASKED = {"C": 3, "A": 14, "Y": 8, "P": 13, "R": 9}
LINE = re.compile(r"^\| ([A-Z]\d+) \|.*\| (.+) \|$", re.MULTILINE)


def pages_in(text):
    """Return the pages named in the last column, and whether something is said to be missing."""
    return re.findall(r"`([a-z_-]+(?::[a-z_-]+)?)`", text), "not yet" in text


def test_every_practice_of_the_founding_texts_has_its_line():
    expected = [f"{part}{number}" for part, last in ASKED.items() for number in range(1, last + 1)]

    assert [code for code, _ in LINE.findall(TEXT)] == expected


def test_every_line_names_pages_that_exist_or_says_not_yet():
    known = {address.name for address in addresses()}
    wrong = {}
    for code, answer in LINE.findall(TEXT):
        pages, is_missing = pages_in(answer)
        unknown = [page for page in pages if page not in known]
        if unknown or not (pages or is_missing or "every room" in answer):
            wrong[code] = unknown or answer

    assert wrong == {}


def test_a_page_that_does_not_exist_is_noticed():
    pages, is_missing = pages_in("the map: `meetings:mapp`; plans: not yet")

    assert (pages, is_missing) == (["meetings:mapp"], True)
    assert "meetings:mapp" not in {address.name for address in addresses()}
