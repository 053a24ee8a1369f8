"""Whom a message still concerns at the moment of sending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError
from django.db.models import QuerySet

from portal.core.resources import resource_for
from portal.notifications.kinds import Office, kind_of
from portal.notifications.models import Delivery, DeliveryState, Notice
from portal.notifications.services.turns import write_down


class Gate:
    """Who may still read what, asked with one query per notice for all deliveries of a batch."""

    def __init__(self, deliveries: Iterable[Delivery]) -> None:
        self._readers: dict[int, set[int]] = {}
        self._offices: dict[int, Office] = {}
        self._broken: set[int] = set()
        asked: dict[int, set[int]] = defaultdict(set)
        notices: dict[int, Notice] = {}
        for delivery in deliveries:
            notice = delivery.notification.notice
            notices[notice.pk] = notice
            asked[notice.pk].add(delivery.recipient_id)
        for pk, notice in notices.items():
            self._ask(notice, asked[pk])

    def _ask(self, notice: Notice, members: set[int]) -> None:
        """Ask the room; what is gone concerns nobody, and a broken room stops only its own mail."""
        try:
            self._readers[notice.pk] = readers_of(notice, members)
            self._offices[notice.pk] = office_of(notice)
        except ObjectDoesNotExist:
            self._readers[notice.pk] = set()
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - one room must not stop the others
            write_down("gate_broken", error, notice=notice.pk)
            self._broken.add(notice.pk)

    def verdict(self, delivery: Delivery) -> DeliveryState | None:
        """Return the state in which a delivery ends unsent, or None when it may go out."""
        notice = delivery.notification.notice_id
        if notice in self._broken:
            return DeliveryState.DEAD
        if delivery.recipient_id not in self._readers[notice]:
            return DeliveryState.WITHDRAWN
        if delivery.notification.read_at is not None:
            return DeliveryState.SKIPPED
        return None

    def office(self, delivery: Delivery) -> Office:
        """Return the office that speaks in a delivery which may go out."""
        return self._offices[delivery.notification.notice_id]


def readers_of(notice: Notice, members: set[int]) -> set[int]:
    """Return who of `members` is still a recipient and may still open the subject."""
    kind = kind_of(notice.kind)
    if kind is None or notice.message is None or not kind.is_still_true(notice.message):
        return set()
    people = get_user_model()._default_manager.filter(pk__in=members, is_active=True)
    people = people.filter(pk__in=kind.recipients(notice.message).order_by().values("pk"))
    people = who_may_open(people, notice.subject_type, notice.subject_id)
    return set(people.order_by().values_list("pk", flat=True))


def who_may_open(people: QuerySet[Any], subject_type: str, subject_id: int | None) -> QuerySet[Any]:
    """Return whoever of `people` may open the subject, where its room says who reads it.

    Nobody opens what is gone: `ObjectDoesNotExist`.
    """
    resource = resource_for(subject_type)
    if resource is None or resource.readers is None:
        return people
    subject = resource.model._default_manager.get(pk=subject_id)
    return people.filter(pk__in=resource.readers(subject).order_by().values("pk"))


def office_of(notice: Notice) -> Office:
    """Return the office that speaks in this notice."""
    kind = kind_of(notice.kind)
    return kind.office(notice.message) if kind and notice.message else Office()
