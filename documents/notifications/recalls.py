"""What a recalled letter tells those who had it."""

from __future__ import annotations

from django.db.models import QuerySet

from documents.models import Arrival, ArrivalState, Dispatch, Letter
from documents.notifications.letters import LetterKind, desks_of
from documents.services.recalling import recalled_title
from members.models import Member
from portal.notifications.kinds import Text, register
from portal.outbox.models import OutboxMessage


@register
class LetterRecalled(LetterKind):
    """A letter was taken back before it was received.

    It is about the dispatch, since those concerned may not open the letter any more. Those are
    told who had been told of the letter, or had opened it. It names the number, never the subject.
    """

    key = "documents.letter_recalled"
    label = "หนังสือถูกดึงกลับ"
    icon = "undo-2"

    def letter(self, message: OutboxMessage) -> Letter:
        dispatches = Dispatch.objects.select_related("letter__owner_unit", "letter__office")
        return dispatches.get(pk=message.subject_pk).letter

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        rows = Arrival.objects.filter(
            letter__dispatches=message.subject_pk, state=ArrivalState.RECALLED
        )
        if not message.data.get("was_told"):
            rows = rows.filter(opened_at__isnull=False)
        return desks_of(rows)

    def text(self, message: OutboxMessage) -> Text:
        letter = self.letter(message)
        return Text(
            title=recalled_title(letter),
            lines=[f"เหตุผล: {letter.recall_reason}", "ไม่ต้องลงรับและไม่ต้องดำเนินการ"],
            url=letter.get_absolute_url(),
            unit_text=letter.owner_unit.label,
        )
