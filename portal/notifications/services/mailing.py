"""What stands in the mail: one urgent notice, or the morning's digest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from portal.core.resources import Waiting, resources
from portal.core.thaidates import weekday_date
from portal.notifications.channels import Mail
from portal.notifications.domain import Group, Item, News, arrange, heading_of
from portal.notifications.kinds import kind_of
from portal.notifications.models import Delivery, Digest, Notice

MOST_ITEMS = 30


@dataclass(frozen=True)
class Part:
    """A group of the morning mail with its first items, and how many there are beyond."""

    group: Group
    heading: str
    items: list[Item]
    more: int


def _render(template: str, context: dict[str, Any]) -> dict[str, str]:
    context |= {"site_url": settings.SITE_URL, "inbox_url": reverse("notifications:inbox")}
    return {
        "text": render_to_string(f"notifications/mail/{template}.txt", context),
        "html": render_to_string(f"notifications/mail/{template}.html", context),
    }


def _reference(name: str) -> str:
    """Return a Message-ID that is the same at every try, so that a double can be recognised."""
    return f"<{name}@{urlsplit(settings.SITE_URL).hostname}>"


def _label(notice: Notice) -> str:
    kind = kind_of(notice.kind)
    return kind.label if kind else ""


def _group(notice: Notice) -> Group:
    kind = kind_of(notice.kind)
    return kind.group if kind else Group.NEW


def notice_mail(delivery: Delivery) -> Mail:
    """Return the mail for one notice that cannot wait until the morning."""
    notice = delivery.notification.notice
    context = {
        "notice": notice,
        "label": _label(notice),
        "link": delivery.notification.get_absolute_url(),
    }
    return Mail(
        to=delivery.recipient.email,
        subject=notice.title,
        reference=_reference(f"delivery-{delivery.pk}"),
        **_render("notice", context),
    )


def digest_mail(
    digest: Digest,
    deliveries: Sequence[Delivery],
    waiting: Sequence[Waiting],
    now: datetime,
    holidays: Collection[date] = (),
) -> Mail:
    """Return the one mail of a member's morning: what is new, and what waits for the member."""
    news = [
        News(
            label=_label(delivery.notification.notice),
            title=delivery.notification.notice.title,
            lines=delivery.notification.notice.lines,
            url=delivery.notification.notice.url,
            link=delivery.notification.get_absolute_url(),
            unit=delivery.notification.notice.unit_text,
            group=_group(delivery.notification.notice),
        )
        for delivery in deliveries
    ]
    groups = arrange(news, waiting, now, holidays)
    count = sum(len(items) for items in groups.values())
    office = deliveries[-1].notification.notice.office_text
    summary = f"{count} เรื่องรอท่าน"
    context = {
        "office": office,
        "day": weekday_date(now),
        "summary": summary,
        "parts": [
            Part(
                group=group,
                heading=heading_of(group, now, holidays),
                items=items[:MOST_ITEMS],
                more=max(0, len(items) - MOST_ITEMS),
            )
            for group, items in groups.items()
        ],
    }
    return Mail(
        to=digest.member.email,
        subject=f"{office}: {summary}" if office else summary,
        reference=_reference(f"digest-{min(delivery.pk for delivery in deliveries)}"),
        **_render("digest", context),
    )


def waiting_for(member: Any) -> list[Waiting]:
    """Return all that waits for the member, from the one registry of the house."""
    return [
        thing
        for resource in resources()
        if resource.waiting is not None
        for thing in resource.waiting(member)
    ]
