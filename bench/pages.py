"""Slow phones: bytes and seconds of the pages of a school's clerk, in Chromium on a poor line.

400 kbit/s, 400 ms round trip, a quarter of this processor; an empty browser, the demo's 131
schools. The first visit runs from the address to an inbox that can be used; nothing is asked of
the machine beside it. As controls, the same pages uncompressed, and the letter with its PDF.
"""

from __future__ import annotations

from typing import Any

from bench.harness import Bench

PARTS = "bench.parts.pages"
KB = 1024
FIRST_BYTES, FIRST_SECONDS = 150 * KB, 5
PAGE_BYTES, PAGE_SECONDS = 25 * KB, 2
PICTURE_BYTES = 80 * KB
MANY = 100  # more than there are: all pages


def run(bench: Bench) -> None:
    """Measure the pages as they are served, then without what makes them small."""
    schools = bench.scaled(131, small=12)
    letters = bench.scaled(110, small=30)
    given = {"schools": schools, "letters": letters, "pages": bench.scaled(MANY, small=3)}
    rounds = bench.scaled(3, small=1)
    found = bench.part(f"{PARTS}:walk", engine="sqlite", label="demo", rounds=rounds, **given)
    first = found["first"]
    bench.figure("first_visit_bytes", first["bytes"], at_most=FIRST_BYTES)
    bench.figure("first_visit_seconds", first["seconds"], at_most=FIRST_SECONDS, is_timing=True)
    bench.figure("first_visit_sign_in_page_seconds", first["sign_in_page_seconds"])
    for name, page in found["pages"].items():
        bench.figure(f"{name}_bytes", page["bytes"], at_most=PAGE_BYTES)
        bench.figure(f"{name}_seconds", page["seconds"], at_most=PAGE_SECONDS, is_timing=True)
    bench.figure("letter_picture_bytes", found["picture"], at_most=PICTURE_BYTES, at_least=1)
    bench.figure("letter_pdf_bytes", found["pdf"])
    _controls(bench, given)


def _controls(bench: Bench, given: dict[str, int]) -> None:
    plain = bench.part(
        f"{PARTS}:walk", engine="sqlite", label="demo", rounds=1, is_compressed=False, **given
    )
    heavy = heavier(plain["pages"])
    bench.control(
        "uncompressed, the first visit is too heavy and too slow",
        did_fail=plain["first"]["bytes"] > FIRST_BYTES
        and plain["first"]["seconds"] > FIRST_SECONDS,
        first_visit_bytes=plain["first"]["bytes"],
        first_visit_seconds=plain["first"]["seconds"],
        pages_too_heavy=heavy,
    )


def heavier(pages: dict[str, Any]) -> dict[str, int]:
    """Return the pages that weigh more than a page may."""
    return {name: page["bytes"] for name, page in pages.items() if page["bytes"] > PAGE_BYTES}
