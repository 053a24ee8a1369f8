"""Keep the index true to the rooms; find what a member may open."""

from __future__ import annotations

from django.db import models

from portal.core.actors import Actor
from portal.outbox.services import publish


def refresh(*things: models.Model, by: Actor) -> None:
    """The worker brings the index up to date with these things after the commit.

    Every service that changes what `Resource.find` answers calls it, in the deed's transaction.
    """
    for thing in things:
        publish("search.refresh", thing, by=by)
