"""What the search keeps of letters and matters."""

from __future__ import annotations

from documents.models import Arrival, Assignment, Letter, LetterOrigin, LetterState, Matter
from documents.querysets import HELD_STATES
from portal.core.clock import bangkok
from portal.core.resources import Findable, in_office, in_unit, of_member, staff_of

MOST_SCOPES = 200


def find_letter(letter: Letter) -> Findable | None:
    """Return how a letter is found once it was handed in; what comes from outside is a matter."""
    if letter.state in {"draft", "discarded"} or letter.origin == LetterOrigin.OUTSIDE:
        return None
    return Findable(
        title=letter.subject,
        url=letter.get_absolute_url(),
        body=" ".join(
            part
            for part in (letter.line_new, letter.line_do, letter.addressee, letter.body)
            if part
        ),
        number=letter.number_text,
        on=letter.dated_on or bangkok(letter.saved_at).date(),
        place=_place(letter),
    )


def _place(letter: Letter) -> str:
    """Return who wrote it, and how far it is when it is not simply sent."""
    if letter.is_sent:
        return letter.sender
    is_recalled = letter.state == LetterState.RECALLED
    return f"{letter.sender} · {'เรียกคืนแล้ว' if is_recalled else 'รอออกเลข'}"


def letter_scopes(letter: Letter) -> frozenset[str]:
    """Return who may find it: its owner, the office that wrote it, its recipients, the assignees.

    What a school writes the office's staff find only when it arrived at the office.

    A letter to very many is found by the whole office: the gate decides, not the index.
    """
    words = {in_unit(letter.owner_unit_id)}
    rows = Arrival.objects.filter(letter=letter, state__in=HELD_STATES)
    if not letter.is_from_school or rows.filter(unit=letter.office_id).exists():
        words.add(staff_of(letter.office_id))
    units = set(
        rows.filter(member__isnull=True)
        .order_by()
        .values_list("unit", flat=True)[: MOST_SCOPES + 1]
    )
    if len(units) > MOST_SCOPES:
        words.add(in_office(letter.office_id))
    else:
        words |= {in_unit(unit) for unit in units}
    people = set(rows.filter(member__isnull=False).values_list("member", flat=True))
    people |= set(
        Assignment.objects.filter(arrival__in=rows.values("pk")).values_list("assignee", flat=True)
    )
    people |= set(
        Matter.objects.filter(arrival__letter=letter, officer__isnull=False).values_list(
            "officer", flat=True
        )
    )
    return frozenset(words | {of_member(person) for person in people})


def find_matter(matter: Matter) -> Findable:
    """Return how a matter is found inside the office, by its receive number, too."""
    letter = matter.letter
    words = {staff_of(matter.office_id)}
    if matter.officer_id:
        words.add(of_member(matter.officer_id))
    texts = [step.text for step in matter.steps.all() if step.text]
    return Findable(
        title=letter.subject,
        url=matter.get_absolute_url(),
        scopes=frozenset(words),
        body=" ".join([letter.sender, *texts]),
        number=f"{matter.arrival.entry} {letter.number_text}".strip(),
        on=bangkok(matter.received_at).date(),
        place=f"{letter.sender} · เลขรับ {matter.arrival.entry} · {matter.get_state_display()}",
    )
