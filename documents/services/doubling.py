"""A letter like the one a minute ago, of one kind to the same recipients: asked about first."""

from __future__ import annotations

from datetime import timedelta

from documents.models import Dispatch, Letter, LetterState
from members.models import AudienceSnapshot
from portal.core.clock import now_here
from portal.core.errors import Conflict
from portal.core.locks import lock_on
from portal.core.thaidates import short_time

WINDOW = timedelta(minutes=1)


class SeemsSent(Conflict):
    """The unit sent a letter of this kind and subject to these recipients a moment ago."""

    def __init__(self, earlier: Letter) -> None:
        at = short_time(earlier.sent_at) if earlier.sent_at else ""
        super().__init__(
            f"ส่งแล้วเมื่อ {at} ที่ {earlier.number_text} เรื่องและผู้รับเดียวกัน ถ้าตั้งใจส่งอีกฉบับ กดยืนยันส่งอีกฉบับ"
        )
        self.earlier = earlier


def refuse_double(letter: Letter, snapshot: AudienceSnapshot, *, again: int | None) -> None:
    """Raise SeemsSent unless the sender was shown the earlier letter, whose pk is `again`.

    Letters of one unit queue here until they are committed, so that of two sent at one moment
    the second sees the first. A letter that replaces the earlier one is no double, nor is one
    whose earlier twin was recalled.
    """
    lock_on(f"sending:{letter.owner_unit_id}")
    rows = Dispatch.objects.filter(
        letter__owner_unit=letter.owner_unit_id,
        letter__state__in=[LetterState.REGISTERED, LetterState.SENT],
        letter__sent_at__gt=now_here() - WINDOW,
        letter__kind=letter.kind,
        letter__subject_search=letter.subject_search,
        letter__outside_party=letter.outside_party,
    )
    # Recipients are read only beside such a letter, as there may be 36,000.
    twins = rows.select_related("letter", "snapshot").defer("snapshot__recipients")
    for dispatch in twins.order_by("-pk"):
        if dispatch.letter_id == letter.succeeds_id:
            continue
        if _recipients(dispatch.snapshot) != _recipients(snapshot):
            continue
        if dispatch.letter_id != again:
            raise SeemsSent(dispatch.letter)
        return


def _recipients(snapshot: AudienceSnapshot) -> set[tuple[int, int | None]]:
    return {(unit, member) for unit, member in snapshot.recipients}
