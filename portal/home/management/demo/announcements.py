"""A term of announcements: of the office's groups, of one school, and news for visitors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from random import Random

from django.db import transaction

from members.models import AudienceSnapshot, Holding, Unit, UnitKind
from members.services import Actor, freeze_audience
from portal.announcements.models import (
    Acknowledgement,
    Announcement,
    AnnouncementState,
    Recipient,
    Visibility,
)
from portal.announcements.services import people_of
from portal.core.clock import bangkok, db_now
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.home.management.demo.plans import Deed, at_hour, write_history
from portal.home.management.demo.texts.announcements import NOTICES, Notice
from portal.richtext.domain import clean_html

HOURS = (time(8, 20), time(9, 5), time(10, 40), time(13, 15), time(15, 30))
KNOWN_AFTER_DAYS = 6
LATE_SHARE = 0.12


@transaction.atomic
def make_announcements(cast: Cast, *, rng: Random) -> None:
    """Drafts, announcements, news and one that was withdrawn, with those who acknowledged."""
    now = db_now()
    deeds: list[Deed] = []
    for notice in NOTICES:
        unit, holding = _writer(cast, notice.place)
        day = bangkok(now).date() - timedelta(days=notice.days_ago)
        at = min(at_hour(day, rng.choice(HOURS)), now - timedelta(minutes=40))
        one = _write(notice, unit, holding, at)
        deeds.append((one, "announcement.created", holding, at, {}))
        if notice.state == "draft":
            continue
        deeds += _send(one, notice, cast, holding, at)
        if notice.asks:
            _acknowledge(one, notice, at, now, rng)
    write_history(deeds)


def _writer(cast: Cast, place: str) -> tuple[Unit, Holding]:
    """Return the unit that announces, and who writes for it."""
    if place == "school":
        number, school = next(
            (number, school)
            for number, school in enumerate(cast.schools, start=1)
            if school.name == CLERKS_SCHOOLS[0] or number == len(cast.schools)
        )
        return school, cast.directors[number]
    unit = cast.groups[place]
    held = Holding.objects.filter(member=cast.drafters[place], post__unit=unit)
    return unit, held.select_related("post__unit").earliest("pk")


def _write(notice: Notice, unit: Unit, holding: Holding, at: datetime) -> Announcement:
    return Announcement.objects.create(
        unit=unit,
        author=holding.member,
        title=notice.title,
        text=clean_html(notice.text),
        is_urgent=notice.is_urgent,
        needs_acknowledgement=notice.asks,
        visibility=Visibility.PUBLIC if notice.to == "news" else Visibility.RECIPIENTS,
        until_on=bangkok(at).date() + timedelta(days=notice.shown_days)
        if notice.shown_days
        else None,
        audience_rule=_rule(notice, unit),
        saved_at=at,
    )


def _rule(notice: Notice, unit: Unit) -> dict[str, object]:
    if notice.to == "news":
        return {}
    if notice.to == "school":
        return {"units": [unit.pk]}
    if notice.to == "office":
        groups = Unit.objects.filter(office=unit.office, kind=UnitKind.GROUP)
        return {"groups": list(groups.values_list("pk", flat=True)), "units": [unit.office_id]}
    return {"all_schools": True}


def _send(
    one: Announcement, notice: Notice, cast: Cast, holding: Holding, at: datetime
) -> Iterable[Deed]:
    """Publish it as it was then; nobody is told of it again today."""
    by = Actor(member=holding.member, holding=holding)
    if one.audience_rule:
        snapshot = freeze_audience(one.audience_rule, office=cast.office, by=by)
    else:
        snapshot = AudienceSnapshot.objects.create(
            office=cast.office,
            total=0,
            summary="ทุกคน ทางหน้าแรกของเว็บไซต์",
            frozen_at=at,
            frozen_by=holding.member,
        )
    one.snapshot, one.state = snapshot, AnnouncementState.PUBLISHED
    one.published_at, one.published_by = at, holding.member
    one.from_on = bangkok(at).date()
    deeds: list[Deed] = [
        (one, "announcement.published", holding, at, {"recipients": snapshot.total})
    ]
    if notice.state == "withdrawn":
        one.state, one.withdraw_reason = AnnouncementState.WITHDRAWN, notice.reason
        one.withdrawn_at = at + timedelta(hours=3)
        said = {"reason": notice.reason}
        deeds.append((one, "announcement.withdrawn", holding, one.withdrawn_at, said))
    one.save(
        update_fields=[
            "snapshot",
            "state",
            "published_at",
            "published_by",
            "from_on",
            "withdraw_reason",
            "withdrawn_at",
        ]
    )
    Recipient.objects.bulk_create(
        Recipient(announcement=one, unit_id=unit, member_id=member)
        for unit, member in snapshot.recipients
    )
    return deeds


def _acknowledge(
    one: Announcement, notice: Notice, at: datetime, now: datetime, rng: Random
) -> None:
    """Most have said that they know; of what is new, some."""
    share = min(1.0, (notice.days_ago + 0.6) / KNOWN_AFTER_DAYS) - LATE_SHARE
    people = list(people_of(one).order_by("pk").values_list("pk", flat=True))
    span = (now - at).total_seconds()
    Acknowledgement.objects.bulk_create(
        Acknowledgement(
            announcement=one, member_id=pk, at=at + timedelta(seconds=span * rng.random() ** 2)
        )
        for pk in people
        if rng.random() < share
    )
