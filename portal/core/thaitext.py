"""Thai text in one form: what two people typed the same way is stored and found the same way.

Pure functions without Django.
"""

from __future__ import annotations

import re
import unicodedata

from portal.core.thaidates import arabic_digits

NO_BREAK_SPACE = "\u00a0"

_ZERO_WIDTH = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_TONES = "\u0e48-\u0e4b"
_SPLIT_SARA_AM = re.compile(f"\u0e4d([{_TONES}]?)\u0e32")
_LATE_TONE = re.compile(f"\u0e33([{_TONES}])")
_DOUBLED_MARK = re.compile("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\\1+")
_DOUBLED_E = re.compile("\u0e40\u0e40")
# Old Windows fonts put shifted marks into the private use area; PDF files still carry them.
_PRIVATE_USE = str.maketrans(
    {
        0xF700: "ฐ",
        0xF701: "\u0e34",
        0xF702: "\u0e35",
        0xF703: "\u0e36",
        0xF704: "\u0e37",
        0xF705: "\u0e48",
        0xF706: "\u0e49",
        0xF707: "\u0e4a",
        0xF708: "\u0e4b",
        0xF709: "\u0e4c",
        0xF70A: "\u0e48",
        0xF70B: "\u0e49",
        0xF70C: "\u0e4a",
        0xF70D: "\u0e4b",
        0xF70E: "\u0e4c",
        0xF70F: "ญ",
        0xF710: "\u0e31",
        0xF711: "\u0e4d",
        0xF712: "\u0e47",
        0xF713: "\u0e48",
        0xF714: "\u0e49",
        0xF715: "\u0e4a",
        0xF716: "\u0e4b",
        0xF717: "\u0e4c",
        0xF718: "\u0e38",
        0xF719: "\u0e39",
        0xF71A: "\u0e3a",
    }
)
_ODD = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\uf700-\uf71a]")
_THAI_DIGIT = re.compile("[๐-๙]")


def tidy(text: str) -> str:
    """Return the text as it should be stored: one spelling for what looks the same.

    NFC, no zero-width characters, no private-use marks, `ํา` as `ำ` with the tone mark before it,
    no mark twice, `เเ` as `แ`. Letters, digits and white space stay as they were typed.
    """
    before = None
    while text != before:  # what one rule mends may be work for another
        before, text = text, _mend(text)
    return text


def _mend(text: str) -> str:
    if _ODD.search(text):  # asking is much quicker than translating
        text = text.translate(_ZERO_WIDTH | _PRIVATE_USE)
    text = unicodedata.normalize("NFC", text)
    text = _DOUBLED_MARK.sub(r"\1", text)
    text = _SPLIT_SARA_AM.sub("\\1\u0e33", text)
    text = _LATE_TONE.sub("\\1\u0e33", text)
    return _DOUBLED_E.sub("\u0e41", text)


def one_line(text: str) -> str:
    """Return the text tidy and on one line, with one space between its words."""
    return " ".join(tidy(text).split())


def normalise(text: str) -> str:
    """Return the text for comparing and searching: tidy, Arabic digits, case-folded, one space."""
    text = tidied = tidy(text)
    if _THAI_DIGIT.search(text):
        text = arabic_digits(text)
    text = text.casefold()
    return " ".join((text if text == tidied else tidy(text)).split())
