"""A letter that was sent before, used as the draft of a new one."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from documents.models import Letter, LetterKind, ResponseKind
from documents.services.drafting import DRAFT_FIELDS, ENCLOSURE, create_letter
from members.models import Unit
from members.services import Actor
from portal.core.clock import BE_OFFSET, today
from portal.core.errors import DomainError
from portal.core.thaidates import arabic_digits
from portal.files.services import attach, files_of

# What is typed, but what holds for one letter only; and to whom an outside letter goes.
COPIED = DRAFT_FIELDS - {"kind", "secrecy", "due_at"} | {"outside_party"}
READ_FOR_YEARS = ("subject", "addressee", "line_new", "line_do", "line_by", "body")
# Buddhist years from 2500 on, in either digits; the year of a number (123/2568) counts, too.
YEAR = re.compile(r"(?<!\d)25\d\d(?!\d)")


def contents_of(letter: Letter) -> dict[str, Any]:
    """Return what a new letter takes over from this one, by field."""
    return {name: getattr(letter, name) for name in COPIED}


def take_along(source: Letter, draft: Letter, *, files: Collection[str] | None, by: Actor) -> None:
    """The enclosures named (None: all) hang on the draft, too: the same stored bytes."""
    chosen = [
        use for use in files_of(source, ENCLOSURE) if files is None or str(use.public_id) in files
    ]
    for position, use in enumerate(chosen, start=1):
        attach(use.stored, draft, role=ENCLOSURE, name=use.name, by=by, position=position)


@transaction.atomic
def reuse_letter(
    letter: Letter, *, unit: Unit, files: Collection[str] = (), key: UUID | None = None, by: Actor
) -> Letter:
    """There is a draft of the unit with what this letter said: text, form, rule of recipients.

    The rule means whom it means when the new one is sent. Number, date, deadline, signature and
    the document itself stay with the old one; `files` names the enclosures to take along. The
    same form sent twice began one draft.
    """
    if letter.number is None:
        raise DomainError("ใช้เป็นร่างได้เฉพาะหนังสือที่ส่งแล้ว")
    fields = contents_of(letter)
    if letter.is_internal:
        fields["response_kind"] = ResponseKind.NONE
    rule = {} if letter.is_internal and unit.pk != letter.owner_unit_id else letter.audience_rule
    draft = create_letter(
        unit,
        kind=LetterKind(letter.kind),
        key=key,
        by=by,
        audience_rule=rule,
        copied_from=letter,
        **fields,
    )
    if draft.is_draft and not files_of(draft):
        take_along(letter, draft, files=files, by=by)
    return draft


def old_years(letter: Letter) -> list[str]:
    """Return the years before this one that the text of a copy still speaks of: ["2568"]."""
    texts = [str(getattr(letter, name)) for name in READ_FOR_YEARS]
    texts += [str(question.get("label", "")) for question in letter.questions]
    this_year = today().year + BE_OFFSET
    found = {year for text in texts for year in YEAR.findall(arabic_digits(text))}
    return sorted(year for year in found if int(year) < this_year)
