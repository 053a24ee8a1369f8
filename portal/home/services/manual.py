"""The manual of the house, read from docs/manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from PIL import Image

from members.services import Actor

MANUAL = Path(settings.BASE_DIR) / "docs" / "manual"
HEAD = re.compile(r"<!-- *pages:(?P<views>[^;>]*?)(?:; *roles:(?P<roles>[^;>]*?))? *-->\n")
PARTS = {
    "00": "เล่มของแต่ละงาน",
    "0": "ทุกคน",
    "1": "โรงเรียน",
    "2": "สำนักงาน",
    "3": "ผู้ดูแลระบบ",
    "4": "คลังความรู้",
    "5": "ประชุม",
    "6": "แบบสอบถาม",
}


@dataclass(frozen=True)
class ManualPage:
    """One task of the manual: for whom, and which views it helps with."""

    slug: str
    title: str
    part: str
    html: SafeString
    views: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()

    def fits(self, view: str) -> int:
        """Return how closely the page names this view: `admin:index` closer than `admin:*`."""
        fitting = (pattern for pattern in self.views if fnmatchcase(view, pattern))
        return max(map(len, fitting), default=0)


@cache
def manual_pages() -> dict[str, ManualPage]:
    """Return the pages by slug, in the order of their file names; read once per process.

    A page is `NN-slug.md`, its first digit the part of the manual; two noughts begin the contents
    for one kind of reader, which lead to the tasks in the order of the work. An optional first line
    `<!-- pages: documents:inbox …; roles: teacher … -->` names the views it helps with, and the
    roles it is written for (nobody named: everybody). Then `# title` and text; raw HTML in it is
    shown as text.
    """
    pages = (read_page(path) for path in sorted(MANUAL.glob("*.md")))
    return {page.slug: page for page in pages}


def read_page(path: Path) -> ManualPage:
    """Return one page of the manual as it stands in its file."""
    text = path.read_text(encoding="utf-8")
    head = HEAD.match(text)
    body = text[head.end() :] if head else text
    title = re.search(r"^# (.+)$", body, re.MULTILINE)
    slug = re.sub(r"^\d+-", "", path.stem)
    html = _as_html(re.sub(r"^# .+\n", "", body, count=1, flags=re.MULTILINE))
    return ManualPage(
        slug=slug,
        title=title[1] if title else slug,
        part=PARTS.get(path.stem[:2]) or PARTS.get(path.stem[0], ""),
        html=mark_safe(html),  # noqa: S308 - our own pages; raw HTML in them is shown as text
        views=tuple(head["views"].split()) if head else (),
        roles=frozenset((head["roles"] or "").split()) if head else frozenset(),
    )


def _as_html(text: str) -> str:
    """Render Markdown; pictures come with their size, so that nothing jumps while they load."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    blocks = markdown.parse(text)
    for token in chain.from_iterable(block.children or [] for block in blocks):
        file = Path(settings.BASE_DIR, str(token.attrs.get("src", "")).lstrip("/"))
        if token.type == "image" and file.is_file():
            with Image.open(file) as picture:
                width, height = picture.size
            token.attrs |= {"width": width, "height": height, "loading": "lazy"}
    return str(markdown.renderer.render(blocks, markdown.options, {}))


@cache
def page_for(view: str, role: str) -> ManualPage | None:
    """Return the task that helps on this view: the role's own, else everybody's, else any."""

    def closest(page: ManualPage) -> tuple[int, int]:
        whose = 0 if role in page.roles else 1 if not page.roles else 2
        return whose, -page.fits(view)

    return min(
        (page for page in manual_pages().values() if page.fits(view)), key=closest, default=None
    )


def help_address(request: HttpRequest) -> str:
    """Return the address of the task that helps with this page; the contents when none does."""
    actor: Actor | None = getattr(request, "actor", None)
    role = actor.holding.post.role if actor and actor.holding else ""
    match = request.resolver_match
    page = page_for(match.view_name, role) if match else None
    return _address(page.slug if page else "")


@cache
def _address(slug: str) -> str:
    return reverse("help-page", args=[slug]) if slug else reverse("help")
