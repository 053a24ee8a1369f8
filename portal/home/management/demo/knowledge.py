"""What the demo's people know: told, read, kept and talked about over a term.

Rows are written with the times they would have had; the services would all say “now”.
"""

from __future__ import annotations

import html
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from knowledge.domain import read_tags
from knowledge.models import (
    Article,
    ArticleState,
    Bookmark,
    Category,
    Comment,
    Kind,
    Reading,
    Revision,
    Tag,
    Visibility,
)
from knowledge.services.writing import ATTACHMENT, COVER
from members.models import Holding, Member, Unit
from portal.audit.services import record
from portal.core.actors import SYSTEM
from portal.core.clock import bangkok, db_now
from portal.core.thaitext import normalise
from portal.files.domain.kinds import JPEG, PDF
from portal.files.models import FileUse
from portal.files.services import attach, store_bytes
from portal.home.management.demo.people import Cast
from portal.home.management.demo.pictures import draw, one_page_form
from portal.home.management.demo.texts.knowledge import SHELVES, Story
from portal.home.management.demo.texts.knowledge_more import (
    COMMENTS,
    DRAFTS,
    FILLER,
    REPLIES,
    STORIES,
    WITHDRAWN,
)
from portal.richtext.domain import clean_html
from portal.search.services import refresh

OLDEST_DAYS = 150
MOST_READERS = 60


@transaction.atomic
def make_knowledge(cast: Cast, *, rng: Random) -> None:
    """Some fifty articles stand on their shelves, with versions, comments, bookmarks, readers."""
    _Library(cast, rng).fill()


def as_html(text: str) -> str:
    """Turn the few signs of the demo's texts into rich text."""
    parts: list[str] = []
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        first = lines[0]
        if first.startswith("## "):
            parts.append(f"<h2>{html.escape(first[3:])}</h2>")
        elif first.startswith(("- ", "1. ")):
            tag, cut = ("ul", 2) if first.startswith("- ") else ("ol", 3)
            points = "".join(f"<li>{html.escape(line[cut:])}</li>" for line in lines)
            parts.append(f"<{tag}>{points}</{tag}>")
        elif first.startswith("| "):
            parts.append(_table(lines))
        else:
            parts.append(f"<p>{html.escape(' '.join(lines))}</p>")
    return clean_html("".join(parts))


def _table(lines: list[str]) -> str:
    rows = [[html.escape(cell.strip()) for cell in line.strip("| ").split("|")] for line in lines]
    head = "".join(f"<th>{cell}</th>" for cell in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class _Library:
    """Writes the shelves and everything on them."""

    def __init__(self, cast: Cast, rng: Random) -> None:
        self.cast = cast
        self.rng = rng
        self.now = db_now()
        self.numbers = {school.name: number for number, school in enumerate(cast.schools, 1)}
        held = Holding.objects.current().filter(post__unit__office=cast.office)
        rows = held.select_related("member", "post__unit").order_by("pk")
        self.people = [(row.member, row.post.unit) for row in rows]
        self.named = {member.username: (member, unit) for member, unit in self.people}
        self.shelves: dict[str, Category] = {}

    def fill(self) -> None:
        for position, (key, name) in enumerate(SHELVES.items(), start=1):
            self.shelves[key] = Category.objects.create(
                office=self.cast.office, name=name, sort_order=position
            )
        for position, story in enumerate(STORIES):
            article = self._published(story, position)
            self._talk(article, position)
            self._read(article, is_good=position < len(STORIES) // 3)
            refresh(article, by=SYSTEM)
        for row in WITHDRAWN:
            self._withdrawn(*row)
        for position, draft in enumerate(DRAFTS):
            self._draft(*draft, days=12 if position % 2 == 0 else 2)
        for username in ("teacher", "officer", "school-clerk", "director"):
            if username in self.named:
                self._keep(self.named[username][0])

    # Writing ------------------------------------------------------------------------------------

    def _place(self, place: str) -> tuple[Member, Unit]:
        """Return who writes there, and the unit; a demo with few schools uses those it has."""
        if place in self.cast.groups:
            return self.cast.drafters[place], self.cast.groups[place]
        number = self.numbers.get(place) or 1 + len(place) % len(self.cast.schools)
        return self.cast.teachers[number][0], self.cast.schools[number - 1]

    def _article(self, story: Story, at: datetime, **fields: object) -> Article:
        author, unit = self._place(story.place)
        article = Article(
            office=self.cast.office,
            owner_unit=unit,
            author=author,
            kind=Kind(story.kind),
            category=self.shelves[story.shelf],
            visibility=Visibility(story.visibility),
            title=story.title,
            summary=story.summary,
            core_line=story.core,
            body=as_html(story.text),
            cover_alt=story.alt,
            text_search=normalise(f"{story.title} {story.summary} {story.core} {story.tags}"),
            version=1,
            created_at=at,
            saved_at=at,
            **fields,
        )
        article.save(force_insert=True)
        self._revise(article, at)
        typed = read_tags(story.tags)
        Tag.objects.bulk_create(
            [Tag(key=tag.key, name=tag.name) for tag in typed], ignore_conflicts=True
        )
        article.tags.set(Tag.objects.filter(key__in=[tag.key for tag in typed]))
        return article

    def _revise(self, article: Article, at: datetime) -> None:
        Revision.objects.create(
            article=article,
            version=article.version,
            title=article.title,
            summary=article.summary,
            core_line=article.core_line,
            body=article.body,
            saved_by=article.author,
            saved_at=at,
        )

    def _published(self, story: Story, position: int) -> Article:
        days = 1 + position * OLDEST_DAYS // len(STORIES)
        at = self._at(days)
        article = self._article(story, at, state=ArticleState.PUBLISHED, published_at=at)
        record("article.published", article, by=SYSTEM, at=at, visibility=article.visibility)
        for extra in range(position % 3 if days > 10 else 0):
            self._change(article, at + timedelta(days=2 + extra * 3))
        if story.picture:
            stored = store_bytes(draw(story.picture), by=SYSTEM, media_type=JPEG)
            attach(stored, article, role=COVER, name="ภาพ.jpg", by=SYSTEM)
        if story.kind == Kind.FORM:
            stored = store_bytes(one_page_form(), by=SYSTEM, media_type=PDF)
            attach(stored, article, role=ATTACHMENT, name=f"{story.title}.pdf", by=SYSTEM)
        self._added_by_author(article)
        return article

    def _change(self, article: Article, at: datetime) -> None:
        """The author added a line some days later."""
        added = self.rng.choice(
            ("เพิ่มตัวอย่างจากเพื่อนครู", "แก้ตัวเลขให้ตรงกับสมุดบันทึก", "เพิ่มสิ่งที่พบหลังใช้ไปสองสัปดาห์")
        )
        article.body = clean_html(f"{article.body}<p>{added}</p>")
        article.version += 1
        article.saved_at = at
        article.save(update_fields=["body", "version", "saved_at"])
        self._revise(article, at)
        record(
            "article.changed",
            article,
            by=SYSTEM,
            at=at,
            version=[article.version - 1, article.version],
        )

    def _added_by_author(self, article: Article) -> None:
        uses = FileUse.objects.of(article)
        uses.update(added_by=article.author, added_at=article.created_at)

    def _withdrawn(self, kind: str, shelf: str, place: str, title: str, reason: str) -> None:
        at = self._at(90)
        story = Story(kind, shelf, place, title, FILLER, FILLER)
        article = self._article(
            story,
            at,
            state=ArticleState.WITHDRAWN,
            published_at=at,
            withdrawn_at=self._at(20),
            withdrawal_reason=reason,
        )
        record("article.withdrawn", article, by=SYSTEM, at=article.withdrawn_at, reason=reason)

    def _draft(self, kind: str, shelf: str, place: str, title: str, *, days: int) -> None:
        self._article(Story(kind, shelf, place, title, "", FILLER), self._at(days))

    def _at(self, days: int) -> datetime:
        """Return a moment in office hours, so many days ago."""
        day = bangkok(self.now) - timedelta(days=days)
        return day.replace(
            hour=self.rng.randint(8, 15), minute=self.rng.randint(0, 59), second=0, microsecond=0
        )

    # Reading ------------------------------------------------------------------------------------

    def _readers(self, article: Article, count: int) -> list[tuple[Member, Unit]]:
        """Return so many different people who may read it, without its author."""
        fitting = {
            member.pk: (member, unit)
            for member, unit in self.people
            if member.pk != article.author_id
            and (article.visibility != Visibility.GROUP or unit.pk == article.owner_unit_id)
        }
        return self.rng.sample(list(fitting.values()), min(count, len(fitting)))

    def _talk(self, article: Article, position: int) -> None:
        began = article.published_at or self.now
        span = max(1.0, (self.now - began).total_seconds() - 3_600)
        count = self.rng.choice((0, 1, 1, 2, 3))
        moments = sorted(began + timedelta(seconds=self.rng.random() * span) for _ in range(count))
        for number, (at, (member, unit)) in enumerate(
            zip(moments, self._readers(article, count), strict=False)
        ):
            text = COMMENTS[(position * 3 + number) % len(COMMENTS)]
            comment = Comment.objects.create(
                article=article, author=member, unit=unit, text=text, written_at=at
            )
            if position % 11 == 5 and number == 0:
                self._remove(comment, at)
        if count > 1:
            Comment.objects.create(
                article=article,
                author=article.author,
                unit=article.owner_unit,
                text=REPLIES[position % len(REPLIES)],
                written_at=moments[-1] + timedelta(minutes=40),
            )

    def _remove(self, comment: Comment, at: datetime) -> None:
        comment.removed_at = at + timedelta(minutes=30)
        comment.removed_by = comment.article.author
        comment.removed_for = comment.article.owner_unit
        comment.removal_reason = "มีชื่อและเบอร์โทรของผู้ปกครอง"
        comment.save(update_fields=["removed_at", "removed_by", "removed_for", "removal_reason"])

    def _read(self, article: Article, *, is_good: bool) -> None:
        most = MOST_READERS if is_good else MOST_READERS // 4
        readers = self._readers(article, self.rng.randint(2, most))
        Reading.objects.bulk_create(
            Reading(article=article, member=member, read_at=self.now - timedelta(hours=number))
            for number, (member, _) in enumerate(readers, start=1)
        )
        kept = readers[: len(readers) // 5]
        Bookmark.objects.bulk_create(
            Bookmark(article=article, member=member, kept_at=self.now - timedelta(hours=number))
            for number, (member, _) in enumerate(kept, start=1)
        )

    def _keep(self, member: Member) -> None:
        """The people one signs in as keep something, too."""
        articles = Article.objects.visible_to(member).published().exclude(author=member)
        chosen = self.rng.sample(list(articles.order_by("pk")), 6)
        Bookmark.objects.bulk_create(
            [
                Bookmark(article=article, member=member, kept_at=self.now - timedelta(days=number))
                for number, article in enumerate(chosen, start=1)
            ],
            ignore_conflicts=True,
        )
