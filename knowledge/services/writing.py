"""Articles: begin, save without losing anything, bring an old version back, attach, throw away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from knowledge.domain import TypedTag, wrong_with_tags
from knowledge.models import Article, ArticleState, Kind, Revision, Tag
from knowledge.policies import can_edit, can_write
from members.models import Unit
from members.services import Actor
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import once
from portal.core.thaitext import normalise, one_line, tidy
from portal.files.models import FileUse, StoredFile
from portal.files.services import attach, detach, files_of
from portal.richtext.domain import clean_html, plain_text
from portal.search.services import refresh

COVER = "cover"
ATTACHMENT = "attachment"
MAX_ATTACHMENTS = 10
TEXTS = ("title", "summary", "core_line", "body")
LINES = ("title", "summary", "core_line", "cover_alt")
FIELDS = frozenset({*TEXTS, "cover_alt", "kind", "category", "visibility"})


class ArticleConflict(Conflict):
    """The article was saved elsewhere since this page was opened; `current` is how it stands."""

    def __init__(self, current: Article) -> None:
        super().__init__("มีคนแก้เรื่องนี้พร้อมกัน เลือกเก็บของท่าน ของเขา หรือดูทั้งสอง")
        self.current = current


def locked_for(article: Article, by: Actor) -> Article:
    """Return the article under lock, one that this actor may edit and that was not thrown away."""
    locked = Article.objects.select_related("owner_unit").lock(article.pk)
    require(can_edit(by, locked))
    if locked.is_discarded:
        raise DomainError("ร่างนี้ทิ้งไปแล้ว เอากลับมาก่อน แล้วจึงแก้")
    return locked


@transaction.atomic
def create_article(
    owner_unit: Unit,
    *,
    title: str,
    kind: str = Kind.STORY,
    key: UUID | None = None,
    by: Actor,
) -> Article:
    """There is a new draft of the unit; the same form sent twice began one.

    Drafts are not audited until they are published.
    """
    require(can_write(by, owner_unit))
    with once(by, key, {"begin": owner_unit.pk, "title": title, "kind": kind}) as done:
        if done.is_repeat and done.result:
            return Article.objects.get(pk=done.result["article"])
        now = db_now()
        article = Article(
            office=owner_unit.office or owner_unit,
            owner_unit=owner_unit,
            author=by.member,
            kind=kind,
            title=tidy(title),
            text_search=normalise(title),
            created_at=now,
            saved_at=now,
        )
        article.save(force_insert=True)
        done.result = {"article": article.pk}
    return article


@transaction.atomic
def save_article(
    article: Article,
    *,
    version: int,
    changes: Mapping[str, Any],
    tags: Sequence[TypedTag] | None = None,
    restores: int | None = None,
    by: Actor,
) -> Article:
    """The article says what `changes` and `tags` say; it is one version on, and the version stays.

    `version` is the one the writer's page was made from: when the article moved on since,
    ArticleConflict is raised and nothing is changed. Nothing new makes no version.
    """
    if unknown := set(changes) - FIELDS:
        raise ValueError(f"not fields of an article: {sorted(unknown)}")
    locked = locked_for(article, by)
    if locked.version != version:
        raise ArticleConflict(locked)
    before = {name: getattr(locked, name) for name in FIELDS}
    for name, value in _cleaned(changes).items():
        setattr(locked, name, value)
    _refuse_foreign_shelf(locked)
    has_new_tags = tags is not None and _set_tags(locked, tags)
    changed = [name for name in FIELDS if before[name] != getattr(locked, name)]
    if not changed and not has_new_tags and locked.version:
        return locked
    if locked.is_published:
        require_complete(locked)
    locked.version += 1
    locked.saved_at = db_now()
    locked.text_search = _searched(locked)
    locked.save(update_fields=[*changed, "version", "saved_at", "text_search"])
    _keep_version(locked, restores=restores, by=by)
    if locked.was_published:
        _tell_history(locked, before, changed, restores=restores, by=by)
    if locked.is_published:
        refresh(locked, by=by)
    return locked


def _cleaned(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored: texts in one spelling, rich text with nothing but what is allowed."""
    found = dict(changes)
    for name in LINES:
        if name in found:
            found[name] = one_line(found[name])
    if "body" in found:
        found["body"] = clean_html(found["body"])
    if not found.get("title", "-"):
        raise DomainError("ใส่ชื่อเรื่อง")
    return found


def _refuse_foreign_shelf(article: Article) -> None:
    if article.category is not None and article.category.office_id != article.office_id:
        raise DomainError("เลือกหมวดของสำนักงานนี้")


def _set_tags(article: Article, tags: Sequence[TypedTag]) -> bool:
    """The article has these tags; answer whether that is news."""
    if problem := wrong_with_tags(list(tags)):
        raise DomainError(problem)
    keys = [tag.key for tag in tags]
    if set(keys) == set(article.tags.values_list("key", flat=True)):
        return False
    # In the order of their keys, so that two writers of the same words never wait crosswise.
    new = [Tag(key=tag.key, name=tag.name) for tag in sorted(tags, key=lambda tag: tag.key)]
    Tag.objects.bulk_create(new, ignore_conflicts=True)
    article.tags.set(Tag.objects.filter(key__in=keys))
    return True


def _searched(article: Article) -> str:
    words = [*article.tags.values_list("name", flat=True)]
    return normalise(" ".join([article.title, article.summary, article.core_line, *words]))


def _keep_version(article: Article, *, restores: int | None, by: Actor) -> None:
    Revision.objects.create(
        article=article,
        version=article.version,
        restores=restores,
        saved_by=by.member,
        saved_at=article.saved_at,
        **{name: getattr(article, name) for name in TEXTS},
    )


def _tell_history(
    article: Article,
    before: Mapping[str, Any],
    changed: Sequence[str],
    *,
    restores: int | None,
    by: Actor,
) -> None:
    facts: dict[str, Any] = {"version": [article.version - 1, article.version]}
    for name in ("kind", "visibility"):
        if name in changed:
            facts[name] = [before[name], getattr(article, name)]
    if restores is not None:
        facts["restores"] = restores
    record("article.changed", article, by=by, **facts)


@transaction.atomic
def restore_version(article: Article, *, number: int, version: int, by: Actor) -> Article:
    """The article says again what it said in that version; that is a new version."""
    earlier = Revision.objects.get(article=article, version=number)
    return save_article(
        article,
        version=version,
        changes={name: getattr(earlier, name) for name in TEXTS},
        restores=number,
        by=by,
    )


# What it lacks ------------------------------------------------------------------------------------


def missing_for_publishing(article: Article) -> list[tuple[str, str]]:
    """Return what the article still lacks, as (field name, Thai sentence); empty when complete."""
    missing = []
    if not article.summary:
        missing.append(("summary", "ใส่สรุปสั้น ๆ ว่าเรื่องนี้ให้อะไร"))
    if not plain_text(article.body).strip():
        missing.append(("body", "เขียนเนื้อเรื่อง"))
    if article.category_id is None:
        missing.append(("category", "เลือกหมวด"))
    if not article.cover_alt and files_of(article, COVER):
        missing.append(("cover_alt", "บอกว่าในภาพมีอะไร สำหรับผู้ที่มองไม่เห็นภาพ"))
    return missing


def require_complete(article: Article) -> None:
    if missing := missing_for_publishing(article):
        raise DomainError("ยังขาด: " + " · ".join(sentence for _, sentence in missing))


# Files --------------------------------------------------------------------------------------------


@transaction.atomic
def set_cover(
    article: Article, *, stored: StoredFile, name: str, alt: str = "", by: Actor
) -> FileUse:
    """The picture stands above the article; an earlier one is taken off."""
    locked = locked_for(article, by)
    if not stored.is_picture:
        raise DomainError("ภาพปกเป็นไฟล์ JPG หรือ PNG เท่านั้น")
    if alt:
        locked.cover_alt = alt
        locked.save(update_fields=["cover_alt"])
    if locked.is_published and not locked.cover_alt:
        raise DomainError("บอกว่าในภาพมีอะไร แล้วจึงใส่ภาพ")
    for use in files_of(locked, COVER):
        detach(use, by=by)
    return _attached(locked, stored, role=COVER, name=name, by=by)


@transaction.atomic
def attach_file(article: Article, *, stored: StoredFile, name: str, by: Actor) -> FileUse:
    """The file is the last of the article's attachments; who may read it may save them."""
    locked = locked_for(article, by)
    earlier = files_of(locked, ATTACHMENT)
    if len(earlier) >= MAX_ATTACHMENTS:
        raise DomainError(f"แนบได้ไม่เกิน {MAX_ATTACHMENTS} ไฟล์")
    position = max((use.position for use in earlier), default=0) + 1
    return _attached(locked, stored, role=ATTACHMENT, name=name, by=by, position=position)


def _attached(
    article: Article, stored: StoredFile, *, role: str, name: str, by: Actor, position: int = 0
) -> FileUse:
    use = attach(stored, article, role=role, name=name, by=by, position=position)
    if article.was_published:
        record("article.file_added", article, by=by, file=str(use.public_id), role=role)
    return use


@transaction.atomic
def remove_file(article: Article, *, use: FileUse, by: Actor) -> None:
    """The file no longer belongs to the article."""
    locked = locked_for(article, by)
    if use.pk not in {mine.pk for mine in files_of(locked)}:
        raise DomainError("ไฟล์นี้ไม่ได้อยู่ในเรื่องนี้แล้ว")
    detach(use, by=by)
    if locked.was_published:
        record("article.file_removed", locked, by=by, file=str(use.public_id), role=use.role)


# Throwing away ------------------------------------------------------------------------------------


@transaction.atomic
def discard_article(article: Article, *, by: Actor) -> Article:
    """The draft is put away; `recover_article` brings it back."""
    locked = locked_for(article, by)
    locked.move_to(ArticleState.DISCARDED)
    locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def recover_article(article: Article, *, by: Actor) -> Article:
    """The thrown-away draft is a draft again."""
    locked = Article.objects.select_related("owner_unit").lock(article.pk)
    require(can_edit(by, locked))
    locked.move_to(ArticleState.DRAFT)
    locked.save(update_fields=["state"])
    return locked
