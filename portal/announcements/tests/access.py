"""Who gets what at the addresses of announcements.

The officer's group announces to the school; the director's office and everybody else is a stranger.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from members.models import AudienceSnapshot
from members.tests.factories import acting
from portal.announcements.models import Visibility
from portal.announcements.services import attach_file, discard_draft, prepare_publishing
from portal.announcements.tests.factories import AnnouncementFactory, published
from portal.files.services import store_bytes
from portal.files.tests import factories as files
from tests.access_matrix import Access, Answers, everyone
from tests.world import World

OWN = ("officer",)
TOLD = ("school-clerk", "school-director", "teacher")
WRITERS = (
    "director",
    "deputy",
    "registrar",
    "officer",
    "school-clerk",
    "school-director",
    "other-clerk",
    "other-registrar",
)


def answers(
    own: tuple[int, int],
    told: tuple[int, int],
    others: tuple[int, int],
    *,
    anonymous: tuple[int, int] = (302, 302),
) -> Answers:
    """Answer the announcing unit, its recipients and everybody else."""
    return (
        everyone(*others, anonymous=anonymous) | dict.fromkeys(OWN, own) | dict.fromkeys(TOLD, told)
    )


def draft(world: World) -> dict[str, Any]:
    one = AnnouncementFactory(
        unit=world.group,
        author=world.members["officer"],
        audience_rule={"units": [world.school.pk]},
    )
    return {"pk": one.pk}


def thrown_away(world: World) -> dict[str, Any]:
    one = AnnouncementFactory(unit=world.group, author=world.members["officer"])
    discard_draft(one, by=world.actor("officer"))
    return {"pk": one.pk}


def with_file(world: World) -> dict[str, Any]:
    one = AnnouncementFactory(unit=world.group, author=world.members["officer"])
    stored = store_bytes(
        files.pdf_bytes(1), by=world.actor("officer"), media_type="application/pdf"
    )
    use = attach_file(one, stored=stored, name="a.pdf", by=world.actor("officer"))
    return {"pk": one.pk, "public_id": use.public_id}


def sent(world: World, **given: Any) -> dict[str, Any]:
    one = published(unit=world.group, author=world.members["officer"], to=[world.school], **given)
    return {"pk": one.pk}


def to_know(world: World) -> dict[str, Any]:
    return sent(world, needs_acknowledgement=True)


def public(world: World) -> dict[str, Any]:
    return sent(world, visibility=Visibility.PUBLIC)


def words(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "แจ้งปิดระบบ",
        "text": "<p>วันเสาร์</p>",
        "visibility": "recipients",
        "version": 1,
    }


def first_words(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return words(world, kwargs) | {"key": str(uuid4())}


def whom(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"to-units": [world.school.pk]}


def frozen(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    one = AnnouncementFactory._meta.model.objects.get(pk=kwargs["pk"])
    snapshot = prepare_publishing(one, by=acting(one.author))
    assert isinstance(snapshot, AudienceSnapshot)
    return {"snapshot": snapshot.pk, "key": str(uuid4())}


def why(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"reason": "ลงวันผิด"}


UNSEEN = (404, 404)
UNSEEN_POST = (405, 404)

ROWS = [
    Access("announcements:index", None, everyone(200, 405, anonymous=(200, 405))),
    Access(
        "announcements:new",
        None,
        everyone(403, 403) | dict.fromkeys(WRITERS, (200, 302)),
        post=first_words,
    ),
    Access(
        "announcements:announcement",
        sent,
        answers((200, 405), (200, 405), (404, 405), anonymous=(302, 405)),
    ),
    Access(
        "announcements:announcement",
        public,
        everyone(200, 405, anonymous=(200, 405)),
    ),
    Access(
        "announcements:announcement",
        draft,
        answers((302, 405), (404, 405), (404, 405), anonymous=(302, 405)),
    ),
    Access(
        "announcements:announcement",
        thrown_away,
        answers((200, 405), (404, 405), (404, 405), anonymous=(302, 405)),
    ),
    Access("announcements:acknowledge", to_know, answers((405, 403), (405, 302), UNSEEN_POST)),
    Access("announcements:acknowledge", sent, answers((405, 403), (405, 403), UNSEEN_POST)),
    Access(
        "announcements:acknowledgements",
        to_know,
        answers((200, 405), (403, 405), (404, 405)),
    ),
    Access("announcements:edit", draft, answers((200, 302), UNSEEN, UNSEEN), post=words),
    Access("announcements:edit", sent, answers((302, 302), (403, 403), UNSEEN), post=words),
    Access("announcements:audience", draft, answers((200, 302), UNSEEN, UNSEEN), post=whom),
    Access(
        "announcements:upload", draft, answers((405, 422), UNSEEN_POST, UNSEEN_POST), post=words
    ),
    Access(
        "announcements:file-remove",
        with_file,
        answers((405, 302), UNSEEN_POST, UNSEEN_POST),
        post=words,
    ),
    Access("announcements:discard", draft, answers((405, 302), UNSEEN_POST, UNSEEN_POST)),
    Access("announcements:discard", sent, answers((405, 409), (405, 403), UNSEEN_POST)),
    Access("announcements:restore", thrown_away, answers((405, 302), UNSEEN_POST, UNSEEN_POST)),
    Access("announcements:confirm", draft, answers((302, 200), UNSEEN, UNSEEN), post=words),
    Access(
        "announcements:publish", draft, answers((405, 302), UNSEEN_POST, UNSEEN_POST), post=frozen
    ),
    Access("announcements:withdraw", sent, answers((200, 302), (403, 403), UNSEEN), post=why),
    Access("announcements:withdraw", draft, answers((302, 302), UNSEEN, UNSEEN), post=why),
]
