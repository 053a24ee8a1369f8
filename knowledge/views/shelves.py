"""The first page of the room, the whole list, and what is mine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from knowledge.models import Article, ArticleState, Bookmark, Kind
from knowledge.querysets import NUL, ArticleQuerySet
from knowledge.services.reading import (
    latest_for,
    most_read_for,
    shelves_for,
    tags_for,
    units_for,
)
from members.models import Unit
from portal.core.actors import PortalRequest, reader_of
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page
from portal.core.thaitext import normalise

PAGE_SIZE = 20
ON_FIRST_PAGE = 6
MOST_READ = 4
MOST_USED_TAGS = 6
BUSIEST_UNITS = 8
BIGGEST_ID = 2**63 - 1
NEWEST = ("-published_at", "-pk")
KINDS = {"": "ทั้งหมด"} | dict(Kind.choices)


@require_GET
@login_not_required
def index(request: PortalRequest) -> HttpResponse:
    """Show what is read much, what is new, and the shelves; visitors see what is public."""
    reader = reader_of(request)
    return render_page(
        request,
        "knowledge/index.html",
        {
            "most_read": most_read_for(reader, MOST_READ),
            "latest": latest_for(reader, ON_FIRST_PAGE),
            "tags": tags_for(reader, MOST_USED_TAGS),
            "shelves": counted("category", shelves_for(reader)),
            "units": counted("unit", units_for(reader, BUSIEST_UNITS)),
        },
    )


def counted(name: str, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return links to the list, narrowed by each row, with how many articles come."""
    return [
        {
            "url": Address("knowledge:list", **{name: row.pk}).url(),
            "label": row.label if name == "unit" else row.name,
            "count": row.total,
        }
        for row in rows
    ]


# The whole list -----------------------------------------------------------------------------------


@dataclass
class Wanted:
    """What the list was asked for: sense narrows it, nonsense finds nothing."""

    words: str = ""
    kind: str = ""
    tag: str = ""
    ids: dict[str, int] = field(default_factory=dict)
    is_nonsense: bool = False

    @classmethod
    def of(cls, request: PortalRequest) -> Wanted:
        given = {name: str(text).replace(NUL, "").strip() for name, text in request.GET.items()}
        wanted = cls(words=given.get("q", ""), kind=given.get("kind", ""), tag=given.get("tag", ""))
        for name in ("category", "unit", "author"):
            text = given.get(name, "")
            if text.isdecimal() and int(text) <= BIGGEST_ID:
                wanted.ids[name] = int(text)
            elif text:
                wanted.is_nonsense = True
        return wanted

    @property
    def query(self) -> dict[str, Any]:
        return {"q": self.words, "kind": self.kind, "tag": self.tag, **self.ids}

    def narrow(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Return the articles that were asked for."""
        if self.is_nonsense:
            return articles.none()
        for name, path in (("category", "category"), ("unit", "owner_unit"), ("author", "author")):
            if name in self.ids:
                articles = articles.filter(**{path: self.ids[name]})
        if self.kind:
            articles = articles.filter(kind=self.kind)
        if self.tag:
            articles = articles.filter(tags__key=normalise(self.tag))
        return articles.matching(self.words) if self.words else articles


@require_GET
@login_not_required
def browse(request: PortalRequest) -> HttpResponse:
    """List published articles, the newest first: all, or by shelf, unit, author, kind, tag."""
    reader, wanted = reader_of(request), Wanted.of(request)
    rows = wanted.narrow(Article.objects.visible_to(reader).published()).for_list()
    page = keyset_page(rows, order=NEWEST, cursor=request.GET.get("after"), size=PAGE_SIZE)
    query = wanted.query
    here = Address("knowledge:list", **query)
    return render_page(
        request,
        "knowledge/list.html",
        {
            "wanted": wanted,
            "title": _title(wanted, page.items),
            "hidden": [(key, value) for key, value in query.items() if value and key != "q"],
            "links": here.links("kind", KINDS),
            "articles": page.items,
            "is_first": page.is_first,
            "is_narrowed": any(query.values()) or wanted.is_nonsense,
            "next_url": here.after(page.next_cursor),
        },
    )


def _title(wanted: Wanted, rows: list[Article]) -> str:
    """Name the list by what it was narrowed to; names are read off its rows, never looked up."""
    if not rows:
        return "เรื่องทั้งหมด"
    first = rows[0]
    if "category" in wanted.ids and first.category:
        return first.category.name
    if "unit" in wanted.ids:
        return f"เรื่องจาก{first.owner_unit.name}"
    if "author" in wanted.ids:
        return f"เรื่องของ{first.author}"
    return f"คำสำคัญ “{wanted.tag}”" if wanted.tag else "เรื่องทั้งหมด"


# Mine ---------------------------------------------------------------------------------------------

TABS = {
    "draft": "ร่าง",
    "published": "เผยแพร่แล้ว",
    "withdrawn": "ถอนแล้ว",
    "unit": "ของหน่วยงาน",
    "kept": "เก็บไว้อ่าน",
}


@require_GET
def mine(request: PortalRequest) -> HttpResponse:
    """List my drafts, what I published and withdrew, my unit's, and what I keep for later."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "draft"
    cursor = request.GET.get("after")
    if tab == "kept":
        bookmarks = Bookmark.objects.of(request.user).select_related(
            "article__owner_unit", "article__author", "article__category"
        )
        kept = keyset_page(bookmarks, order=("-kept_at", "-pk"), cursor=cursor, size=PAGE_SIZE)
        articles, next_cursor = [row.article for row in kept.items], kept.next_cursor
        is_first = kept.is_first
    else:
        page = keyset_page(
            _in_tab(request, tab).for_list(),
            order=("-saved_at", "-pk"),
            cursor=cursor,
            size=PAGE_SIZE,
        )
        articles, next_cursor, is_first = page.items, page.next_cursor, page.is_first
    here = Address("knowledge:mine", tab=tab)
    return render_page(
        request,
        "knowledge/mine.html",
        {
            "tab": tab,
            "links": here.links("tab", TABS),
            "articles": articles,
            "is_first": is_first,
            "next_url": here.after(next_cursor),
        },
    )


def _in_tab(request: PortalRequest, tab: str) -> ArticleQuerySet:
    if tab == "unit":
        units = Unit.objects.held_by(request.user)
        return Article.objects.visible_to(request.user).kept().filter(owner_unit__in=units)
    states = {
        "draft": ArticleState.DRAFT,
        "published": ArticleState.PUBLISHED,
        "withdrawn": ArticleState.WITHDRAWN,
    }
    return Article.objects.written_by(request.user).filter(state=states[tab])
