"""Who gets what at the addresses of knowledge.

The articles belong to the school, and its teacher wrote them, unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from knowledge.models import Article, Visibility
from knowledge.tests.factories import (
    ArticleFactory,
    CommentFactory,
    DiscardedFactory,
    PublishedFactory,
    WithdrawnFactory,
)
from portal.core.actors import SYSTEM
from portal.files.domain.kinds import PDF
from portal.files.services import attach, store_bytes
from portal.files.tests.factories import pdf_bytes
from tests.access_matrix import Access, Answers, everyone, those
from tests.world import World

Setup = Callable[[World], dict[str, Any]]
READING = frozenset({"knowledge.reading"})
OWN = ("teacher", "school-clerk", "school-director")
WRITERS = ("teacher", "school-director")
STRANGERS = ("other-registrar", "outsider")


def reads_all() -> Answers:
    return everyone(200, 405, anonymous=(200, 405))


def reads_office() -> Answers:
    return everyone(200, 405, anonymous=(302, 405)) | those(STRANGERS, 404, 405)


def reads_own() -> Answers:
    return everyone(404, 405, anonymous=(302, 405)) | those(OWN, 200, 405)


def told(make: Any, visibility: str = Visibility.MEMBERS, **fields: Any) -> Setup:
    """An article of the school's teacher in this state, for these readers."""

    def setup(world: World) -> dict[str, Any]:
        article = make(
            owner_unit=world.school,
            author=world.members["teacher"],
            visibility=visibility,
            **fields,
        )
        return {"pk": article.pk}

    setup.__name__ = f"{make.__name__.removesuffix('Factory').lower()}_{visibility}"
    return setup


DRAFT = told(ArticleFactory)
MEMBERS = told(PublishedFactory)
PUBLIC = told(PublishedFactory, Visibility.PUBLIC)
GROUP = told(PublishedFactory, Visibility.GROUP)
WITHDRAWN = told(WithdrawnFactory, Visibility.PUBLIC)
DISCARDED = told(DiscardedFactory, Visibility.PUBLIC)


def of_the_group(world: World) -> dict[str, Any]:
    """The office's own group writes for itself; the school sees nothing of it."""
    article = PublishedFactory(
        owner_unit=world.group, author=world.members["officer"], visibility=Visibility.GROUP
    )
    return {"pk": article.pk}


def version_of(setup: Setup) -> Setup:
    def numbered(world: World) -> dict[str, Any]:
        return setup(world) | {"number": 1}

    numbered.__name__ = f"version_of_{setup.__name__}"
    return numbered


def comment_on(setup: Setup, author: str) -> Setup:
    def commented(world: World) -> dict[str, Any]:
        comment = CommentFactory(
            article_id=setup(world)["pk"], author=world.members[author], unit=world.other_school
        )
        return {"pk": comment.pk}

    commented.__name__ = f"comment_of_{author}_on_{setup.__name__}"
    return commented


def file_on(setup: Setup) -> Setup:
    def attached(world: World) -> dict[str, Any]:
        return {"public_id": file_of(world, setup)[1].public_id}

    attached.__name__ = f"file_on_{setup.__name__}"
    return attached


def file_of(world: World, setup: Setup) -> tuple[int, Any]:
    article = Article.objects.get(pk=setup(world)["pk"])
    stored = store_bytes(pdf_bytes(1), by=SYSTEM, media_type=PDF)
    return article.pk, attach(stored, article, role="attachment", name="แบบ.pdf", by=SYSTEM)


def own_file(world: World) -> dict[str, Any]:
    pk, use = file_of(world, DRAFT)
    return {"pk": pk, "public_id": use.public_id}


# What is sent -------------------------------------------------------------------------------------


def new_article(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "title": "น้ำท่วม 3 วัน", "kind": "story"}


def new_text(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "title": "น้ำท่วม 3 วัน", "body": "เขียนใหม่", "summary": "สรุป"}


def reason(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"reason": "ข้อมูลเก่าแล้ว"}


def words(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"key": uuid4(), "text": "ขอบคุณ"}


def version_seen(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1}


EDITS_DRAFT = everyone(404, 404) | those(OWN, 403, 403) | those(WRITERS, 200, 302)

MAY_SEND = everyone(405, 404) | {"school-clerk": (405, 403)} | those(WRITERS, 405, 302)

ROWS = [
    # Browse
    Access("knowledge:index", None, everyone(200, 405, anonymous=(200, 405))),
    Access("knowledge:list", None, everyone(200, 405, anonymous=(200, 405))),
    Access("knowledge:mine", None, everyone(200, 405)),
    # Read
    Access("knowledge:article", PUBLIC, reads_all(), get_writes=READING),
    Access("knowledge:article", MEMBERS, reads_office(), get_writes=READING),
    Access("knowledge:article", GROUP, reads_own(), get_writes=READING),
    Access(
        "knowledge:article",
        of_the_group,
        everyone(404, 405, anonymous=(302, 405)) | {"officer": (200, 405)},
        get_writes=READING,
    ),
    Access("knowledge:article", DRAFT, reads_own()),
    Access("knowledge:article", WITHDRAWN, reads_own()),
    Access("knowledge:article", DISCARDED, reads_own()),
    Access("files:download", file_on(PUBLIC), reads_all()),
    Access("files:download", file_on(MEMBERS), reads_office()),
    Access("files:download", file_on(GROUP), reads_own()),
    Access("files:download", file_on(WITHDRAWN), reads_own()),
    Access("knowledge:article-bookmark", PUBLIC, everyone(405, 302)),
    Access("knowledge:article-bookmark", MEMBERS, everyone(405, 302) | those(STRANGERS, 405, 404)),
    # Write
    # The unit is not named: who holds a post is asked for it.
    Access(
        "knowledge:article-new",
        None,
        everyone(200, 422) | {"outsider": (403, 403)},
        post=new_article,
    ),
    Access("knowledge:article-edit", DRAFT, EDITS_DRAFT, post=new_text),
    Access(
        "knowledge:article-edit",
        MEMBERS,
        everyone(403, 403) | those(STRANGERS, 404, 404) | those(WRITERS, 200, 302),
        post=new_text,
    ),
    Access(
        "knowledge:article-file-remove",
        own_file,
        MAY_SEND,
    ),
    Access("knowledge:article-publish", DRAFT, EDITS_DRAFT),
    Access("knowledge:article-publish", WITHDRAWN, EDITS_DRAFT),
    Access(
        "knowledge:article-withdraw",
        PUBLIC,
        everyone(403, 403) | those(WRITERS, 200, 302),
        post=reason,
    ),
    Access(
        "knowledge:article-discard",
        DRAFT,
        MAY_SEND,
    ),
    Access(
        "knowledge:article-recover",
        DISCARDED,
        MAY_SEND,
    ),
    # Versions
    Access(
        "knowledge:versions",
        PUBLIC,
        everyone(403, 405) | those(OWN, 200, 405),
    ),
    Access("knowledge:versions", DRAFT, everyone(404, 405) | those(OWN, 200, 405)),
    Access("knowledge:version", version_of(PUBLIC), everyone(403, 405) | those(OWN, 200, 405)),
    Access(
        "knowledge:version-restore",
        version_of(DRAFT),
        MAY_SEND,
        post=version_seen,
    ),
    # Talk
    Access(
        "knowledge:comment-write",
        PUBLIC,
        everyone(405, 302) | {"outsider": (405, 403)},
        post=words,
    ),
    Access(
        "knowledge:comment-write",
        MEMBERS,
        everyone(405, 302) | those(STRANGERS, 405, 404),
        post=words,
    ),
    Access(
        "knowledge:comment-change",
        comment_on(MEMBERS, "other-clerk"),
        everyone(403, 403) | those(STRANGERS, 404, 404) | {"other-clerk": (200, 302)},
        post=words,
    ),
    Access(
        "knowledge:comment-take-back",
        comment_on(MEMBERS, "other-clerk"),
        everyone(405, 403) | those(STRANGERS, 405, 404) | {"other-clerk": (405, 302)},
    ),
    Access(
        "knowledge:comment-remove",
        comment_on(MEMBERS, "other-clerk"),
        everyone(403, 403) | those(STRANGERS, 404, 404) | those(WRITERS, 200, 302),
        post=reason,
    ),
]
