"""Keep the shelves (หมวด) of an office: the back office does."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from knowledge.models import Category
from members.policies import can_administer
from members.services.changes import keep, stored
from portal.core.actors import Actor
from portal.core.errors import require


@transaction.atomic
def save_category(category: Category, *, changes: Iterable[str] = (), by: Actor) -> Category:
    """The shelf is stored, new or with the named fields changed; it stays with its office."""
    before = stored(category)
    require(can_administer(by, category.office))
    require(before is None or can_administer(by, before.office))
    return keep(category, before, changes, by=by, noun="category")
