"""What rich text may contain, and its plain words. Pure functions without Django.

One list serves the editor, saving and showing: what is not named here does not exist.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import nh3

from portal.core.thaitext import tidy

HEADINGS = frozenset({"h2", "h3", "h4"})
BLOCKS = HEADINGS | {"p", "ol", "ul", "li", "blockquote", "hr", "table", "thead", "tbody", "tr"}
CELLS = frozenset({"td", "th"})
INLINE = frozenset({"strong", "em", "u", "s", "br", "sub", "sup", "a"})
TAGS = BLOCKS | CELLS | INLINE
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
# What is not text goes with all it holds; of any other tag the words stay.
GONE = frozenset(
    {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"}
)
LINK_REL = "noopener nofollow"

_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(GONE),
    attributes={"a": {"href"}, "*": set()},  # nh3 would let title and lang stay on any tag
    url_schemes=set(SCHEMES),
    link_rel=LINK_REL,
    strip_comments=True,
)
_SAME_MEANING = {"b": "strong", "i": "em", "del": "s", "strike": "s", "h1": "h2", "h5": "h4"}
_OLD_TAG = re.compile(rf"<(/?)({'|'.join(_SAME_MEANING)})(?=[\s>/])", re.IGNORECASE)
_ANY_TAG = re.compile(rf"</?(?:{'|'.join([*TAGS, *_SAME_MEANING])})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_NOTHING_BEHIND = ("<p></p>", "<p>&nbsp;</p>", "<p><br></p>", "<br>", "&nbsp;", " ", "\n", "\t")
_BLANK_LINES = re.compile(r"\n\s*\n+")
# A text of 40 pages. Reading tags nested in tags takes time by the square of their depth.
MAX_LENGTH = 200_000
MAX_TAGS = 20_000
# The HTML reader of browsers turns its tree around at worst a few times.
_ROUNDS = 5
# NUL, half a pair and the like are no text, and PostgreSQL would refuse to store them.
_CONTROLS = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)


def clean_html(text: str) -> str:
    """Return the text with nothing but what is allowed; cleaning it again changes nothing.

    A text without any word is the empty text.
    """
    text = _OLD_TAG.sub(_modern, text.translate(_CONTROLS))
    for _round in range(_ROUNDS):
        cleaned = _without_tail(tidy(_CLEANER.clean(text)).translate(_CONTROLS))
        if cleaned == text:
            break
        text = cleaned
    else:
        return html.escape(plain_text(text), quote=False)
    return text if "<hr>" in text or plain_text(text) else ""


def is_too_long(text: str) -> bool:
    """Answer whether this is more than one text may hold."""
    return len(text) > MAX_LENGTH or text.count("<") > MAX_TAGS


def _modern(tag: re.Match[str]) -> str:
    return f"<{tag[1]}{_SAME_MEANING[tag[2].lower()]}"


def _without_tail(text: str) -> str:
    end, shorter = len(text), True
    while shorter:
        shorter = False
        for nothing in _NOTHING_BEHIND:
            if text.endswith(nothing, 0, end):
                end, shorter = end - len(nothing), True
    return text[:end].lstrip()


class _Words(HTMLParser):
    """Collects the words of a cleaned text: a line for each block, a space between cells."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def _part(self, tag: str) -> None:
        if tag in BLOCKS or tag == "br":
            self.parts.append("\n")
        elif tag in CELLS:
            self.parts.append(" ")

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data))


def plain_text(text: str) -> str:
    """Return the words alone, one line for each block: for the search, a summary, a mail."""
    words = _Words()
    words.feed(_CLEANER.clean(text))
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.parts).split("\n"))
    return "\n".join(line for line in lines if line)


# Without the editor ------------------------------------------------------------------------------


def from_typed(text: str) -> str:
    """Return what a form sent as clean rich text: HTML as it is, plain lines as paragraphs."""
    if _ANY_TAG.search(text):
        return clean_html(text)
    paragraphs = _BLANK_LINES.split(text.replace("\r\n", "\n").strip())
    return clean_html(
        "".join(
            "<p>" + html.escape(part, quote=False).replace("\n", "<br>") + "</p>"
            for part in paragraphs
            if part.strip()
        )
    )


def to_typed(text: str) -> str:
    """Return the text for a plain box: lines where it is only paragraphs, else its HTML."""
    tags = set(re.findall(r"</?([a-z0-9]+)", text))
    if not tags <= {"p", "br"}:
        return text
    lines = re.sub(r"</p>\s*<p>", "\n\n", text).replace("<br>", "\n")
    plain = html.unescape(re.sub(r"</?p>", "", lines)).replace("\u00a0", " ")
    return plain if from_typed(plain) == text else text
