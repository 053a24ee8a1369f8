"""Announcements for tests: a draft of a group; `published` sends one through the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from members.models import Member, Role, Unit
from members.tests.factories import GroupFactory, HoldingFactory, acting
from portal.announcements.models import Announcement
from portal.announcements.services import prepare_publishing, publish_announcement


class AnnouncementFactory(DjangoModelFactory[Announcement]):
    """A draft by a member of its unit."""

    class Meta:
        model = Announcement

    unit = factory.SubFactory(GroupFactory)
    author = factory.LazyAttribute(lambda one: HoldingFactory(unit=one.unit).member)
    title = factory.Sequence(lambda n: f"แจ้งปิดระบบชั่วคราว ครั้งที่ {n + 1}")
    text = "<p>ระบบจะปิดปรับปรุง <strong>วันเสาร์</strong> เวลา 09.00 น.</p>"
    saved_at = factory.LazyFunction(timezone.now)


def published(
    *,
    to: Iterable[Unit] = (),
    persons: Iterable[Member] = (),
    author: Member | None = None,
    **given: Any,
) -> Announcement:
    """Return an announcement that was published to these units and persons."""
    rule = {"units": [unit.pk for unit in to], "members": [one.pk for one in persons]}
    said = {name: ids for name, ids in rule.items() if ids}
    if author is not None:
        given["author"] = author
    draft = AnnouncementFactory(audience_rule=said, **given)
    by = acting(draft.author)
    return publish_announcement(draft, snapshot=prepare_publishing(draft, by=by), key=None, by=by)


def staff(unit: Unit, role: str = Role.TEACHER) -> Member:
    """Return a new member with a post in the unit."""
    member: Member = HoldingFactory(role=role, unit=unit).member
    return member
