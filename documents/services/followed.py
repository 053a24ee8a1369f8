"""A letter as those who sent it find it, with how far it is and what is asked about it."""

from __future__ import annotations

from django.db.models import QuerySet

from documents.models import Letter
from documents.querysets import OVERSEEING_ROLES, WRITING_ROLES, LetterQuerySet, written_in
from documents.services.inquiring import with_open_questions
from documents.services.listing import with_progress
from members.models import Member, Unit
from members.querysets import holdings_today
from portal.core.prepared import prepared

# What of a letter no page needs that follows it.
NOT_FOLLOWED = (
    *("body", "subject_search", "addressee", "outside_party", "action_required", "main_source"),
    *("line_new", "line_do", "line_by", "signer_name", "signer_position", "return_reason"),
    *("copied_from", "created_at", "saved_at", "submitted_at"),
)


def letter_sent_from(member: Member, pk: int) -> Letter | None:
    """Return a letter of the member's own work or of an office overseen, else None."""
    own = tuple(Unit.objects.ids_held_by(member, roles=WRITING_ROLES))
    overseen = tuple(filter(None, Unit.objects.offices_held_by(member, roles=OVERSEEING_ROLES)))
    units = {held.post.unit_id: held.post.unit for held in holdings_today(member)}
    letter = next(iter(_letters(pk, own, overseen)), None)
    if letter is not None and letter.owner_unit_id in units:
        letter.owner_unit = units[letter.owner_unit_id]  # in which the reader works: read already
    return letter


def as_followed(letters: LetterQuerySet) -> LetterQuerySet:
    """Give each letter its progress, its open questions and what its board names."""
    return with_open_questions(with_progress(letters)).defer(*NOT_FOLLOWED)


@prepared
def _letters(pk: int, own: tuple[int, ...], overseen: tuple[int, ...]) -> QuerySet[Letter]:
    rows = as_followed(Letter.objects.filter(written_in(own=own, overseen=overseen), pk=pk))
    return rows.select_related("owner_unit") if overseen else rows
