"""A kind for tests: a school is greeted, and its people hear of it.

A module of its own, so that a worker in another process can load it, too.
"""

from __future__ import annotations

from members.models import Member, Unit
from members.services import office_holidays
from portal.notifications.kinds import Kind, Office, Text, register

GREETING = "tests.greeting"


@register
class Greeting(Kind):
    key = GREETING
    label = "คำทักทาย"
    icon = "mail"

    def recipients(self, message):
        if message.data.get("broken"):
            raise TypeError("ห้องนี้มีข้อผิดพลาด")
        if message.data.get("nobody"):
            return Member.objects.none()
        return Member.objects.holding(units=[message.subject_id])

    def text(self, message):
        unit = Unit.objects.get(pk=message.subject_id)
        return Text(
            title=message.data.get("title", "ขอเชิญประชุม"),
            lines=["เรื่องใหม่: ประชุมครั้งที่ 3", "ต้องทำ: ตอบรับ", "ภายใน: พรุ่งนี้", "เกินมา"],
            url=message.data.get("url", f"/units/{unit.pk}/"),
            unit_text=unit.label,
        )

    def is_urgent(self, message):
        return message.data.get("urgent", False)

    def is_still_true(self, message):
        return Unit.objects.open().filter(pk=message.subject_id).exists()

    def office(self, message):
        office = Unit.objects.select_related("office").get(pk=message.subject_id).office
        return Office(office.short_name, office_holidays(office))
