"""Parts of a letter's page: the form of the answer, and what was asked about the letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from documents.domain import duration_words
from documents.forms.answering import AnswerForm, earlier_answer
from documents.forms.inquiries import AskForm
from documents.models import Arrival, Response
from documents.services.copying import answer_to_copy, still_to_answer
from documents.services.inquiring import can_be_asked, exchanges_under, usual_answer_time
from members.services import Actor
from portal.core.remembering import blank


def answer_form_for(
    chosen: Arrival, own: Sequence[Arrival], *, last: Response | None, like: str | None, by: Actor
) -> AnswerForm:
    """Return the form: empty, with the last answer, or with another own school's to be checked."""
    copied = None if last else answer_to_copy(chosen, own, like)
    form = AnswerForm(arrival=chosen, actor=by, initial=earlier_answer(copied or last), like=copied)
    form.last = last
    return form


def answering_alike(
    chosen: Arrival, own: Sequence[Arrival], *, last: Response | None
) -> dict[str, Any]:
    """Return which own schools can be answered as this one, and as which this one can."""
    answered = last is not None and last.state != "returned"
    others = [row for row in own if row.pk != chosen.pk and row.answered_at]
    return {
        "alike_next": still_to_answer(chosen, own) if answered else [],
        "alike_from": [] if last else others,
    }


def questions_about(
    chosen: Arrival,
    own: Sequence[Arrival],
    *,
    asked: bool,
    may_ask: bool,
    now: datetime,
    form: AskForm | None,
) -> dict[str, Any]:
    """Return what was `asked` about the letter, if anything, and the form to ask, for who may."""
    may_ask = may_ask and can_be_asked(chosen)
    usual = usual_answer_time(chosen.letter.owner_unit, now) if may_ask else None
    return {
        "exchanges": exchanges_under(chosen.letter, own) if asked else [],
        "ask_form": form or (blank(AskForm) if may_ask else None),
        "usual_time": duration_words(usual) if usual else "",
    }
