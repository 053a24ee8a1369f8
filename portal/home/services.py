"""The manual of the house, read from docs/manual; and what waits for a member in every room."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from members.models import Member
from portal.core.resources import Waiting, resources

FAR = datetime(9999, 1, 1, tzinfo=UTC)
MANUAL = Path(settings.BASE_DIR) / "docs" / "manual"


@dataclass(frozen=True)
class ManualPage:
    """One task of the manual."""

    slug: str
    title: str
    html: SafeString


@cache
def manual_pages() -> dict[str, ManualPage]:
    """Return the pages by slug, in the order of their file names; read once per process.

    A page is `NN-slug.md`: an optional first line `<!-- pages: documents:inbox … -->`
    names the views it helps with, then `# title` and text. Raw HTML in it is shown as text.
    """
    return {page.slug: page for page, _ in _read_manual()}


@cache
def _helped_views() -> dict[str, str]:
    return {view: page.slug for page, views in _read_manual() for view in views}


@cache
def _read_manual() -> list[tuple[ManualPage, list[str]]]:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    found = []
    for path in sorted(MANUAL.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        head = re.match(r"<!--\s*pages:\s*([^>]*?)\s*-->\n", text)
        views = head[1].split() if head else []
        body = text[head.end() :] if head else text
        title = re.search(r"^# (.+)$", body, re.MULTILINE)
        slug = re.sub(r"^\d+-", "", path.stem)
        html = markdown.render(re.sub(r"^# .+\n", "", body, count=1, flags=re.MULTILINE))
        safe = mark_safe(html)  # noqa: S308 - our own pages; raw HTML in them is shown as text
        page = ManualPage(slug, title[1] if title else slug, safe)
        found.append((page, views))
    return found


def help_address(request: HttpRequest) -> str:
    """Return the address of the task that helps with this page; the contents when none does."""
    match = request.resolver_match
    slug = _helped_views().get(match.view_name) if match else None
    return reverse("help-page", args=[slug]) if slug else reverse("help")


def my_work(member: Member) -> list[Waiting]:
    """Return what waits for the member in every room, the nearest deadline first."""
    rows = [
        row
        for resource in resources()
        if resource.waiting is not None
        for row in resource.waiting(member)
    ]
    return sorted(rows, key=lambda row: (row.due_at or FAR, -row.urgency, row.subject))
