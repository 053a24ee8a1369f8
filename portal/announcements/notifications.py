"""What announcements tell the portal's members."""

from __future__ import annotations

from django.db.models import QuerySet

from members.models import Member
from members.services import office_holidays
from portal.announcements.models import Announcement
from portal.announcements.services import people_of, summary
from portal.core.thaidates import short_date
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage


@register
class AnnouncementPublished(Kind):
    """Something was announced to somebody."""

    key = "announcements.published"
    label = "ประกาศ"
    icon = "megaphone"

    def announcement(self, message: OutboxMessage) -> Announcement:
        return Announcement.objects.select_related("unit__office").get(pk=message.subject_pk)

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return people_of(self.announcement(message))

    def text(self, message: OutboxMessage) -> Text:
        announcement = self.announcement(message)
        asks = "ขอให้กดรับทราบ" if announcement.needs_acknowledgement else ""
        until = announcement.until_on
        when = f"แสดงถึง: {short_date(until)}" if until else ""
        return Text(
            title=f"ประกาศ: {announcement.title}",
            lines=[line for line in (summary(announcement), asks, when) if line],
            url=announcement.get_absolute_url(),
            unit_text=announcement.unit.label,
        )

    def is_urgent(self, message: OutboxMessage) -> bool:
        return self.announcement(message).is_urgent

    def is_still_true(self, message: OutboxMessage) -> bool:
        announcement = self.announcement(message)
        return announcement.is_published and not announcement.is_over

    def office(self, message: OutboxMessage) -> Office:
        office = self.announcement(message).office
        return Office(office.label, office_holidays(office))
