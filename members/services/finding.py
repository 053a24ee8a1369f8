"""What the search must look at anew when people, posts or units change."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from members.models import Holding, Member, Post, Unit
from portal.core.actors import Actor
from portal.core.clock import today
from portal.search.services import refresh


def find_anew(*things: Unit | Post | Holding, by: Actor) -> None:
    """Whoever holds what changed is found by it as it is now; so is a unit, and what lies in it."""
    found: list[Unit | Member] = []
    people = Q(pk__in=[])
    for thing in things:
        if isinstance(thing, Unit):
            found += [thing, *Unit.objects.filter(Q(district=thing) | Q(cluster=thing))]
            people |= Q(holdings__post__unit=thing)
        elif isinstance(thing, Post):
            people |= Q(holdings__post=thing)
        else:
            people |= Q(pk=thing.member_id)
    found += Member.objects.filter(people).distinct()
    refresh(*found, by=by)


def find_by_posts_of_today(*, by: Actor) -> None:
    """Members whose posts begin today, or ended yesterday, are found by the posts of today."""
    day = today()
    changed = Q(holdings__from_on=day) | Q(holdings__to_on=day - timedelta(days=1))
    refresh(*Member.objects.filter(changed).distinct(), by=by)
