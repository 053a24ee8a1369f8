"""Where a line of Thai may end.

Typst breaks Thai lines by a statistical model that cuts inside common words (จัง-หวัด, อาชี-พ) and
before a closing bracket. So the text is cut into pieces here, by the list in `words.txt`; the paper
sets each piece into a box, and a line can end only between two of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from portal.core.thaidates import MONTHS, SHORT_MONTHS
from portal.core.thaitext import NO_BREAK_SPACE

PIECE_MARK = "\ue000"
# A piece of unknown words that is longer than this is left to Typst, lest it run off the paper.
LONGEST_PIECE = 40
LOOSE_MARK = "\ue001"

THAI = "[ก-ฮะ-ฺเ-ๅ็-๎]"
CLOSING = "ๆฯ)]}”’»,.;:!?%/-–…\"'"
OPENING = "([{“‘«\"'#"
ATOM = re.compile(
    r"(?P<address>https?://[!-~]+|[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9.-]+)"
    rf"|(?P<abbreviation>(?<!{THAI})(?:{THAI}{{1,5}}\.)+)"
    r"|(?P<number>[0-9๐-๙]+(?:[.,:][0-9๐-๙]+)*)"
    rf"|(?P<thai>{THAI}+)"
    r"|(?P<etcetera>ฯลฯ)"
    r"|(?P<latin>[^\W\d_ก-๛][^\Wก-๛]*)"
    r"|(?P<space>\s+)"
    r"|(?P<sign>.)"
)
STARTS_WITH_DIGIT = re.compile("[0-9๐-๙]")
LETTER_CODE = re.compile("[ก-ฮ]{2}")
# A person's title and first name are one piece.
TITLES = frozenset(("นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง", "ว่าที่ร้อยตรี", "พระ"))
LONGEST_NAME = 25
LEADERS = """
    ว ที่ วันที่ ลงวันที่ ระหว่างวันที่ วันจันทร์ที่ วันอังคารที่ วันพุธที่ วันพฤหัสบดีที่ วันศุกร์ที่ วันเสาร์ที่ วันอาทิตย์ที่
    ครั้งที่ ปีที่ ภาคเรียนที่ หมู่ที่ งวดที่ ฉบับที่ ลำดับที่ ศตวรรษที่ เขต ข้อ ต่อ หน้า จำนวน เวลา ปี ปีการศึกษา
    ปีงบประมาณ พ.ศ. โทร. มาตรา หมู่ ชั้น - –
"""
FOLLOWERS = """
    น. พ.ศ. ฉบับ ชุด แผ่น เล่ม หน้า คน ราย รายการ โรง โรงเรียน แห่ง บาท ล้านบาท วัน วันทำการ เดือน ปี
    ชั่วโมง นาที ครั้ง ข้อ หลัง ห้อง เครื่อง - –
"""
BEFORE_NUMBER = frozenset(LEADERS.split()).union(MONTHS, SHORT_MONTHS)
AFTER_NUMBER = frozenset(FOLLOWERS.split()).union(MONTHS, SHORT_MONTHS)


def pieces(text: str) -> str:
    """The text with a mark wherever a line may end."""
    return "\n".join(PIECE_MARK.join(_pieces(line)) for line in text.split("\n"))


def _pieces(line: str) -> Iterator[str]:
    """Words and numbers, glued where they belong together, and the spaces between them."""
    piece, last, space = "", "", ""
    for atom in _atoms(line):
        if atom.isspace():
            space += atom
            continue
        if piece and _belong_together(last, space, atom):
            piece += space.replace(" ", NO_BREAK_SPACE) + atom
        else:
            yield from (part for part in (_loose(piece), space) if part)
            piece = atom
        last, space = atom, ""
    yield from (part for part in (_loose(piece), space) if part)


def _loose(piece: str) -> str:
    return LOOSE_MARK + piece if len(piece) > LONGEST_PIECE else piece


def _atoms(line: str) -> Iterator[str]:
    for match in ATOM.finditer(line):
        words = thai_words(match[0]) if match.lastgroup == "thai" else (match[0],)
        if words[0] in TITLES and len(match[0]) <= LONGEST_NAME:
            words = (match[0],)
        yield from words


def _belong_together(last: str, space: str, atom: str) -> bool:
    number = bool(STARTS_WITH_DIGIT.match(atom))
    after_number = bool(STARTS_WITH_DIGIT.match(last))
    if not space:
        return (
            number
            or atom in CLOSING
            or last in OPENING
            or last.endswith(".")
            or (last, atom) == ("/", "ว")
            or (after_number and atom in AFTER_NUMBER)
        )
    if space != " " and space != NO_BREAK_SPACE:
        return False
    return (
        atom == "ๆ"
        or (number and (after_number or last in BEFORE_NUMBER or _is_code(last)))
        or (after_number and atom in AFTER_NUMBER)
        or (last == "ที่" and _is_code(atom))
    )


def _is_code(atom: str) -> bool:
    return bool(LETTER_CODE.fullmatch(atom)) and atom not in known_words()


@cache
def known_words() -> frozenset[str]:
    lines = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=8192)
def thai_words(run: str) -> tuple[str, ...]:
    """The run cut into known words: as few unknown letters as can be, then as few words."""
    known = known_words()
    ends = [place for place in range(1, len(run)) if _may_cut(run, place)] + [len(run)]
    places = [0, *ends]
    best: list[tuple[int, int, int]] = [(0, 0, 0)]
    for here in range(1, len(places)):
        options = []
        for before in range(here - 1, -1, -1):
            word = run[places[before] : places[here]]
            if len(word) > LONGEST_PIECE:
                break
            unknown, words, _ = best[before]
            if word in known:
                options.append((unknown, words + 1, before))
            elif before == here - 1:
                options.append((unknown + len(word), words + 1, before))
        best.append(min(options))
    cuts = [len(places) - 1]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][2])
    cuts.reverse()
    found = [run[places[a] : places[b]] for a, b in pairwise(cuts)]
    return tuple(_join_unknown(found, known))


NEVER_FIRST = frozenset(
    "ะาำๅ" + "".join(map(chr, [0xE31, *range(0xE34, 0xE3B), *range(0xE47, 0xE4F)]))
)
NEVER_LAST = frozenset("เแโใไ")


def _may_cut(run: str, place: int) -> bool:
    return run[place] not in NEVER_FIRST and run[place - 1] not in NEVER_LAST


def _join_unknown(found: Sequence[str], known: frozenset[str]) -> Iterator[str]:
    """Unknown syllables beside each other are one word, with the tiny words caught among them."""
    joined = ""
    for word in found:
        if word in known and not (joined and len(word) < 3):
            yield from filter(None, (joined,))
            joined = ""
            yield word
        else:
            joined += word
    yield from filter(None, (joined,))
