"""การปฏิบัติ in a receive register: who was given the letter and how it was answered (form 13).

The office's own letters are noted by `matters`, where more happens to them.
"""

from __future__ import annotations

from documents.models import Arrival, AssignmentPurpose, RegisterEntry, ResponseKind
from portal.core.thaidates import short_date

LONGEST_ACTION = 500
MOST_NAMES = 3
ANSWERED = {
    ResponseKind.ACKNOWLEDGE: "แจ้งรับทราบแล้ว",
    ResponseKind.YES_NO: "แจ้งการเข้าร่วมแล้ว",
}


def note_deeds(arrival: Arrival) -> None:
    """The arrival's line in the unit's receive register says what was done with it until now.

    Called in the transaction of the deed. A recipient without a number has no line.
    """
    if arrival.entry_id is None or hasattr(arrival, "matter"):
        return
    words = " · ".join([*_given(arrival), *_answered(arrival)])
    RegisterEntry.objects.filter(pk=arrival.entry_id).update(action_text=words[:LONGEST_ACTION])


def _given(arrival: Arrival) -> list[str]:
    """Return to whom it was given to act on, and how many have it to know of it."""
    rows = list(arrival.assignments.select_related("assignee").order_by("pk"))
    names = [str(row.assignee) for row in rows if row.purpose == AssignmentPurpose.ACT]
    knowing = sum(row.purpose == AssignmentPurpose.KNOW for row in rows)
    words = []
    if names:
        rest = len(names) - MOST_NAMES
        more = f" และอีก {rest} คน" if rest > 0 else ""
        words.append(f"มอบ{', '.join(names[:MOST_NAMES])}{more}")
    if knowing:
        words.append(f"แจ้งเวียน {knowing} คน")
    return words


def _answered(arrival: Arrival) -> list[str]:
    """Return when it was answered, by the last version."""
    last = arrival.responses.order_by("-version").first()
    if last is None:
        return []
    said = ANSWERED.get(ResponseKind(arrival.letter.response_kind), "ตอบแล้ว")
    return [f"{said} {short_date(last.submitted_at)}"]
