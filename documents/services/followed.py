"""A letter as those who sent it find it, with how far it is and what is asked about it."""

from __future__ import annotations

from django.db.models import QuerySet

from documents.models import Letter
from documents.querysets import OVERSEEING_ROLES, WRITING_ROLES, LetterQuerySet, written_in
from documents.services.inquiring import with_open_questions
from documents.services.listing import with_progress
from members.models import Member, Unit
from portal.core.prepared import prepared


def letter_sent_from(member: Member, pk: int) -> Letter | None:
    """Return a letter of the member's own work or of an office overseen, else None."""
    own = tuple(Unit.objects.ids_held_by(member, roles=WRITING_ROLES))
    overseen = tuple(filter(None, Unit.objects.offices_held_by(member, roles=OVERSEEING_ROLES)))
    found = _letters(pk, own, overseen)
    return found[0] if found else None


def as_followed(letters: LetterQuerySet) -> LetterQuerySet:
    """Give each letter its progress, its open questions and what its board names."""
    rows = with_open_questions(with_progress(letters))
    return rows.select_related("owner_unit").defer("body")


@prepared
def _letters(pk: int, own: tuple[int, ...], overseen: tuple[int, ...]) -> QuerySet[Letter]:
    rows = Letter.objects.filter(written_in(own=own, overseen=overseen), pk=pk)
    return as_followed(rows)
