"""What the administrators are told."""

from __future__ import annotations

from django.db.models import QuerySet

from members.models import Member
from members.services import office_holidays
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage
from portal.problems.models import Problem
from portal.problems.services import REPORTED, readers


@register
class ProblemReported(Kind):
    """Something does not work, says somebody."""

    key = REPORTED
    label = "แจ้งปัญหา"
    icon = "circle-alert"

    def problem(self, message: OutboxMessage) -> Problem:
        return Problem.objects.select_related("office", "member").get(pk=message.subject_pk)

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return readers(self.problem(message))

    def text(self, message: OutboxMessage) -> Text:
        problem = self.problem(message)
        page = f"หน้า {problem.page}" if problem.page else ""
        name = f"รหัสคำขอ {problem.request_id}" if problem.request_id else ""
        return Text(
            title=f"แจ้งปัญหา: {problem}",
            lines=[line for line in (f"จาก{problem.who}", page, name) if line],
            url=problem.get_absolute_url(),
        )

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.problem(message).is_open

    def office(self, message: OutboxMessage) -> Office:
        office = self.problem(message).office
        return Office(office.label, office_holidays(office)) if office else Office()
