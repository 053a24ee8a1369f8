"""One person at the desks of several schools answers the second one as the first."""

from __future__ import annotations

from collections.abc import Sequence

from documents.models import Arrival, ArrivalState, Response


def answer_to_copy(chosen: Arrival, own: Sequence[Arrival], wanted: str | None) -> Response | None:
    """Return the last answer that this reader gave, or read, at another own desk for the letter.

    Only of the arrival asked for; anything else, a neighbour's among them, is no answer to copy.
    """
    for arrival in own:
        if str(arrival.pk) == wanted and arrival.pk != chosen.pk:
            last = arrival.responses.select_related("arrival__unit").order_by("-version").first()
            return last if last and arrival.letter_id == chosen.letter_id else None
    return None


def still_to_answer(chosen: Arrival, own: Sequence[Arrival]) -> list[Arrival]:
    """Return the other own desks that have received the letter and not answered."""
    return [
        arrival
        for arrival in own
        if arrival.pk != chosen.pk
        and arrival.state == ArrivalState.RECEIVED
        and arrival.awaits_answer
    ]
