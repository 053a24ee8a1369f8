"""The bell of one member: how many are unread, and reading them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from portal.core.actors import Actor
from portal.core.clock import db_now
from portal.core.prepared import prepared
from portal.notifications.models import Notice, Notification, UnreadCounter


def unread_count(member: Any) -> int:
    """Return how many notifications the member has not read: one row by its key.

    Whoever signed in keeps the count for the request, until they read one.
    """
    kept: int | None = member.unread_kept
    return sum(count for (count,) in _counter_of(member.pk)) if kept is None else kept


@prepared
def _counter_of(member: int) -> QuerySet[UnreadCounter, tuple[int]]:
    return UnreadCounter.objects.filter(pk=member).values_list("n")


def _lock_counter(member: Any) -> None:
    """Hold the member's counter first, so that two readers never wait for each other crosswise."""
    UnreadCounter.objects.select_for_update(no_key=True).filter(pk=member.pk).first()


def _count_down(member: Any, count: int) -> None:
    member.unread_kept = None
    if count:
        UnreadCounter.objects.filter(pk=member.pk).update(n=F("n") - count)


@transaction.atomic
def read_notification(notification: Notification, *, by: Actor) -> bool:
    """The member has read this notification, and the bell counts one less; True the first time."""
    _lock_counter(by.member)
    unread = Notification.objects.visible_to(by.member).unread().filter(pk=notification.pk)
    count = unread.update(read_at=db_now())
    _count_down(by.member, count)
    return bool(count)


@transaction.atomic
def read_all_notifications(*, by: Actor) -> int:
    """Nothing in the member's bell is unread; return how many were."""
    _lock_counter(by.member)
    count = Notification.objects.visible_to(by.member).unread().update(read_at=db_now())
    _count_down(by.member, count)
    return count


def read_notifications_about(*things: QuerySet[Any], member: Any) -> int:
    """What the bell told this member about these things counts as read; return how many were not.

    For whoever found them another way. A member who has nothing unread costs one look.
    """
    if not unread_count(member):
        return 0
    about = Q()
    for rows in things:
        about |= Q(subject_type=rows.model._meta.label_lower, subject_id__in=rows.values("pk"))
    with transaction.atomic():
        _lock_counter(member)
        unread = Notification.objects.visible_to(member).unread()
        told = Notice.objects.filter(about).values("pk")
        count = unread.filter(notice__in=told).update(read_at=db_now())
        _count_down(member, count)
    return count
