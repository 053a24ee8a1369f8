"""A mind map as one tree of short texts, and the same tree as an indented outline.

A node is `{"text": …, "children": […]}`. Whatever comes in (the drawing's JSON, an outline typed on
a phone) is made into such a tree here, or refused with a Thai sentence that says which line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from portal.core.thaitext import tidy

LONGEST_TEXT = 120
DEEPEST = 6
MOST_NODES = 200
MOST_CHARACTERS = 60_000
EMPTY_TEXT = "(ว่าง)"
STEP = "  "

Tree = dict[str, Any]

BULLETS = re.compile(r"^(?:[-*•–][ \t]+)+")
BARE_BULLET = re.compile(r"^(?:[-*•–][ \t]*)+$")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class BadTree(ValueError):
    """The tree cannot be kept; the text is a Thai sentence for the reader."""


def one_line(text: str) -> str:
    """The text of a node: one line, one spelling, without signs nobody sees, without a bullet."""
    text = " ".join(UNSEEN.sub(" ", tidy(text)).split())
    while True:
        bare = "" if BARE_BULLET.match(text) else BULLETS.sub("", text)
        if bare == text:
            return text
        text = bare


def seedling(title: str) -> Tree:
    """A map with nothing but its middle."""
    return {"text": one_line(title)[:LONGEST_TEXT].strip() or EMPTY_TEXT, "children": []}


def clean_tree(raw: Any) -> Tree:
    """Return the tree that is kept of what was sent; BadTree says what stands in the way."""
    count = 0

    def clean(node: Any, depth: int) -> Tree:
        nonlocal count
        if not isinstance(node, dict) or not isinstance(node.get("text"), str):
            raise BadTree("อ่านแผนที่นี้ไม่ได้ เปิดหน้านี้ใหม่แล้วลองอีกครั้ง")
        if depth > DEEPEST:
            raise BadTree(f"“{shown(node['text'])}” อยู่ลึกเกินไป แตกกิ่งได้ไม่เกิน {DEEPEST} ชั้น")
        count += 1
        if count > MOST_NODES:
            raise BadTree(f"แผนที่หนึ่งใส่ได้ไม่เกิน {MOST_NODES} ข้อความ ลบบางกิ่งหรือแยกเป็นเรื่องย่อย")
        children = node.get("children") or []
        if not isinstance(children, list):
            raise BadTree("อ่านแผนที่นี้ไม่ได้ เปิดหน้านี้ใหม่แล้วลองอีกครั้ง")
        text = one_line(node["text"][:MOST_CHARACTERS])
        if (over := len(text) - LONGEST_TEXT) > 0:
            said = f"ยาวไป {over:,} ตัวอักษร ใส่ได้ไม่เกิน {LONGEST_TEXT} ตัวอักษรต่อกิ่ง"
            raise BadTree(f"“{shown(text)}” {said}")
        grown = [clean(child, depth + 1) for child in children]
        return {"text": text or EMPTY_TEXT, "children": grown}

    return clean(raw, 1)


def shown(text: str) -> str:
    """The beginning of a text, to name its line by."""
    text = one_line(text)
    return text if len(text) <= 30 else f"{text[:30]}…"


# The outline --------------------------------------------------------------------------------------


def to_outline(tree: Tree) -> str:
    """The tree as text: its middle on the first line, each branch on a line of its own below."""
    lines = (
        node["text"] if not depth else f"{STEP * (depth - 1)}- {node['text']}"
        for depth, node in walk(tree)
    )
    return "\n".join(lines)


def walk(tree: Tree, depth: int = 0) -> Iterator[tuple[int, Tree]]:
    """Every node with its depth, from the middle down, in the order they are read."""
    yield depth, tree
    for child in tree["children"]:
        yield from walk(child, depth + 1)


def from_outline(text: str, *, title: str) -> Tree:
    """Read a tree from typed lines: the first is the middle, further in means below.

    Spaces, tabs and bullets may be mixed: a line belongs to the nearest one above that begins
    further left. Empty lines count for nothing; an empty outline has `title` as its middle.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadTree(f"เค้าโครงยาวเกินไป ใส่ได้ไม่เกิน {MOST_NODES} บรรทัด")
    lines = [line.expandtabs(2) for line in tidy(text).splitlines() if one_line(line)]
    if not lines:
        return seedling(title)
    if len(lines) > MOST_NODES:
        raise BadTree(f"ใส่ได้ไม่เกิน {MOST_NODES} บรรทัด ตอนนี้มี {len(lines):,} บรรทัด")
    root: Tree = {"text": lines[0], "children": []}
    above: list[tuple[int, Tree]] = []
    for line in lines[1:]:
        indent = len(line) - len(line.lstrip())
        while above and above[-1][0] >= indent:
            above.pop()
        node: Tree = {"text": line, "children": []}
        (above[-1][1] if above else root)["children"].append(node)
        if len(above) >= DEEPEST:
            raise BadTree(f"“{shown(line)}” อยู่ลึกเกินไป ย่อหน้าได้ไม่เกิน {DEEPEST} ชั้น")
        above.append((indent, node))
    return clean_tree(root)


def words_of(tree: Tree) -> str:
    """All texts of the tree, for the search."""
    return "\n".join(node["text"] for _, node in walk(tree))


def merge_trees(theirs: Tree, mine: Tree) -> Tree:
    """Their map with those of my branches that it does not have."""
    added = [child for child in mine["children"] if child not in theirs["children"]]
    return {"text": theirs["text"], "children": [*theirs["children"], *added]}
