"""What surveys tell the portal's members; nothing of it says who answered."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from members.models import OFFICE_ROLES, Member
from members.services import office_holidays
from portal.core.clock import db_now
from portal.core.thaidates import near
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage
from research.models import Survey


class SurveyKind(Kind):
    """News about a survey; its office speaks, and closes on its own holidays."""

    icon = "list-checks"

    def survey(self, message: OutboxMessage) -> Survey:
        return Survey.objects.select_related("owner_unit", "office").get(pk=message.subject_pk)

    def office(self, message: OutboxMessage) -> Office:
        office = self.survey(message).office
        return Office(office.label, office_holidays(office))


class AskingKind(SurveyKind):
    """Asks those who are not known to have answered; one link for all, which finds each one's own.

    Whose answer lies sealed is still asked: that it came is known only when its batch is opened.
    """

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        invitations = self.survey(message).invitations.unmarked()
        return Member.objects.active().filter(pk__in=invitations.values("member"))

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.survey(message).takes_answers(db_now())

    def lines(self, survey: Survey) -> list[str]:
        until = f"ตอบได้ถึง: {near(survey.closes_at, db_now())}" if survey.closes_at else ""
        promise = "คำตอบไม่ผูกกับชื่อ" if survey.is_anonymous else "แบบสอบถามนี้ระบุชื่อ"
        return [line for line in (until, promise) if line]

    def url(self, survey: Survey) -> str:
        return reverse("research:answer-mine", args=[survey.pk])


@register
class SurveyOpened(AskingKind):
    """A survey asks; it is the invitation."""

    key = "research.survey_opened"
    label = "แบบสอบถามใหม่"

    def text(self, message: OutboxMessage) -> Text:
        survey = self.survey(message)
        return Text(
            title=f"ขอความเห็น: {survey.title}",
            lines=self.lines(survey),
            url=self.url(survey),
            unit_text=survey.owner_unit.label,
        )


@register
class SurveyReminder(AskingKind):
    """The time for answering ends soon."""

    key = "research.survey_reminder"
    label = "เตือนตอบแบบสอบถาม"
    icon = "clock"

    def text(self, message: OutboxMessage) -> Text:
        survey = self.survey(message)
        return Text(
            title=f"ใกล้ปิดรับคำตอบ: {survey.title}",
            lines=[*self.lines(survey), "ส่งแล้วไม่ต้องทำอะไร"],
            url=self.url(survey),
            unit_text=survey.owner_unit.label,
        )


@register
class SummaryPublished(SurveyKind):
    """Those who were asked may read what was found, as long as they belong to the office."""

    key = "research.summary_published"
    label = "เผยแพร่ผลสำรวจ"
    icon = "megaphone"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        survey = self.survey(message)
        asked = survey.invitations.values("member")
        return Member.objects.active().of_office(survey.office).filter(pk__in=asked)

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.survey(message).published_at is not None

    def text(self, message: OutboxMessage) -> Text:
        survey = self.survey(message)
        return Text(
            title=f"ผลสำรวจ: {survey.title}",
            lines=["เห็นตารางและแผนภูมิ ไม่มีข้อความที่ผู้ตอบพิมพ์"],
            url=reverse("research:survey-results", args=[survey.pk]),
            unit_text=survey.owner_unit.label,
        )


@register
class KeyMissing(SurveyKind):
    """The sealed answers of a survey cannot be opened; its unit should know."""

    key = "research.key_missing"
    label = "เปิดซองคำตอบไม่ได้"
    icon = "circle-alert"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        unit = self.survey(message).owner_unit_id
        return Member.objects.holding(units=[unit], roles=OFFICE_ROLES)

    def text(self, message: OutboxMessage) -> Text:
        survey = self.survey(message)
        return Text(
            title=f"เปิดซองคำตอบไม่ได้: {survey.title}",
            lines=["ไม่พบกุญแจ คำตอบยังอยู่ครบ แจ้งผู้ดูแลระบบให้คืนไฟล์กุญแจ"],
            url=reverse("research:survey-results", args=[survey.pk]),
            unit_text=survey.owner_unit.label,
        )
