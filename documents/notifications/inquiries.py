"""What questions about letters tell: the officer, who asked, and the other recipients."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from documents.models import Arrival, Inquiry, Letter, Urgency
from documents.notifications.letters import LetterKind, desk_of, desks_of, officers_of
from members.models import Member
from portal.notifications.kinds import Text, register
from portal.outbox.models import OutboxMessage

SHORT = 200


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SHORT else f"{words[:SHORT]}…"


class InquiryKind(LetterKind):
    """News about one question."""

    icon = "message-circle-question-mark"

    def inquiry(self, message: OutboxMessage) -> Inquiry:
        return Inquiry.objects.select_related(
            "arrival__letter__office", "arrival__letter__owner_unit", "arrival__unit"
        ).get(pk=message.subject_pk)

    def letter(self, message: OutboxMessage) -> Letter:
        return self.inquiry(message).arrival.letter


@register
class InquiryAsked(InquiryKind):
    """A school asks; the officer hears of it, at once about a letter that is most urgent."""

    key = "documents.inquiry_asked"
    label = "คำถามจากผู้รับ"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return officers_of(self.letter(message))

    def is_still_true(self, message: OutboxMessage) -> bool:
        return Inquiry.objects.open().filter(pk=message.subject_pk).exists()

    def is_urgent(self, message: OutboxMessage) -> bool:
        return self.letter(message).urgency == Urgency.MOST_URGENT

    def text(self, message: OutboxMessage) -> Text:
        inquiry = self.inquiry(message)
        letter = inquiry.arrival.letter
        return Text(
            title=f"{inquiry.arrival.unit.label}ถาม: {letter.subject}",
            lines=[_short(inquiry.text)],
            url=inquiry.get_absolute_url(),
            unit_text=f"{inquiry.arrival.unit.label} · {letter.number_text}",
        )


@register
class InquiryAnswered(InquiryKind):
    """The owner answered; the desk that asked hears of it."""

    key = "documents.inquiry_answered"
    label = "เจ้าของเรื่องตอบคำถาม"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return desk_of(self.inquiry(message).arrival)

    def text(self, message: OutboxMessage) -> Text:
        inquiry = self.inquiry(message)
        arrival = inquiry.arrival
        return Text(
            title=f"ตอบคำถามแล้ว: {arrival.letter.subject}",
            lines=[_short(inquiry.answer)],
            url=f"{arrival.get_absolute_url()}?as={arrival.pk}#questions",
            unit_text=f"{arrival.unit.label} · {arrival.letter.number_text}",
        )


@register
class InquiryPublished(LetterKind):
    """Question and answer stand under the letter: for those who still have something to do.

    Nothing in it says who asked.
    """

    key = "documents.inquiry_published"
    label = "คำถามคำตอบใต้หนังสือ"
    icon = "message-circle-question-mark"

    def inquiry(self, message: OutboxMessage) -> Inquiry | None:
        return Inquiry.objects.published().filter(pk=message.data["inquiry"]).first()

    def is_still_true(self, message: OutboxMessage) -> bool:
        return self.inquiry(message) is not None

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        inquiry = self.inquiry(message)
        if inquiry is None:
            return Member.objects.none()
        rows = Arrival.objects.open().filter(letter=message.subject_pk)
        return desks_of(rows.exclude(pk=inquiry.arrival_id))

    def text(self, message: OutboxMessage) -> Text:
        letter, inquiry = self.letter(message), self.inquiry(message)
        lines = (
            [f"ถาม: {_short(inquiry.published_text)}", f"ตอบ: {_short(inquiry.answer)}"]
            if inquiry
            else []
        )
        return Text(
            title=f"เจ้าของเรื่องชี้แจง: {letter.subject}",
            lines=lines,
            url=f"{reverse('documents:letter', args=[letter.pk])}#questions",
            unit_text=letter.number_text,
        )
