"""Rights of knowledge: what an acting post may do. Never asks in which state a thing is."""

from __future__ import annotations

from knowledge.models import Article, Comment
from members.models import Role, Unit
from members.services import Actor

LEADING_ROLES = frozenset(
    {Role.GROUP_HEAD, Role.SCHOOL_DIRECTOR, Role.DIRECTOR, Role.DEPUTY_DIRECTOR}
)


def _works_in(actor: Actor, unit_id: int) -> bool:
    return actor.holding is not None and actor.holding.post.unit_id == unit_id


def _leads(actor: Actor, unit_id: int) -> bool:
    return (
        actor.holding is not None
        and actor.holding.post.unit_id == unit_id
        and actor.holding.post.role in LEADING_ROLES
    )


def _wrote(actor: Actor, article: Article) -> bool:
    return bool(actor.member.pk == article.author_id)


def can_write(actor: Actor, unit: Unit) -> bool:
    """Everybody deposits knowledge for the unit of their post."""
    return _works_in(actor, unit.pk)


def can_edit(actor: Actor, article: Article) -> bool:
    """The author, while working in the unit, and whoever leads the unit."""
    unit_id = article.owner_unit_id
    return _leads(actor, unit_id) or (_wrote(actor, article) and _works_in(actor, unit_id))


can_publish = can_edit


def can_withdraw(actor: Actor, article: Article) -> bool:
    """The author, wherever they work now, and whoever leads the unit."""
    return _wrote(actor, article) or _leads(actor, article.owner_unit_id)


def can_see_versions(actor: Actor, article: Article) -> bool:
    """What was said before is the author's and the unit's own business."""
    return _wrote(actor, article) or _works_in(actor, article.owner_unit_id)


def can_comment(actor: Actor) -> bool:
    """Whoever holds a post writes under their name and place."""
    return actor.holding is not None


def can_change_comment(actor: Actor, comment: Comment) -> bool:
    """Its author; for how long, the service says."""
    return bool(actor.member.pk == comment.author_id)


def can_remove_comment(actor: Actor, comment: Comment) -> bool:
    """Those who edit the article keep its room in order; a reason is asked for."""
    return can_edit(actor, comment.article)
