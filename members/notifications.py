"""What the members' room tells its people."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from members.models import Holding, Member
from members.services import GIVEN_TOPIC, office_holidays
from portal.core.thaidates import short_date
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage


@register
class DelegationGiven(Kind):
    """Somebody is to stand in for a colleague."""

    key = GIVEN_TOPIC
    label = "มอบให้ทำแทน"
    icon = "users"

    def stand_in(self, message: OutboxMessage) -> Holding:
        rows = Holding.objects.select_related("post__unit__office", "acting_for__member")
        return rows.get(pk=message.subject_pk)

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        stand_in = Holding.objects.filter(pk=message.subject_pk, ended_at__isnull=True)
        return Member.objects.active().filter(pk__in=stand_in.values("member"))

    def text(self, message: OutboxMessage) -> Text:
        one = self.stand_in(message)
        assert one.acting_for is not None
        until = f"ถึง {short_date(one.to_on)}" if one.to_on else ""
        return Text(
            title=f"ให้ท่าน{one}",
            lines=[
                f"แทน {one.acting_for.member}",
                f"ตั้งแต่ {short_date(one.from_on)} {until}",
                f"คำสั่งที่ {one.order_number}",
            ],
            url=reverse("members:delegations"),
            unit_text=one.post.unit.label,
        )

    def office(self, message: OutboxMessage) -> Office:
        unit = self.stand_in(message).post.unit
        office = unit.office or unit
        return Office(office.label, office_holidays(office))
