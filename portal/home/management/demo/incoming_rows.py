"""The rows of the demo's incoming letters, with the numbers and times they would have had."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from documents.domain import number_text
from documents.models import (
    DONE_STATES,
    Arrival,
    ArrivalState,
    Channel,
    Dispatch,
    Letter,
    LetterKind,
    LetterOrigin,
    LetterState,
    MainSource,
    Matter,
    MatterState,
    RegisterBook,
    RegisterEntry,
    Routing,
    Series,
    Step,
    StepKind,
)
from documents.services.drafting import MAIN
from documents.services.matters import tell_sender_register, write_action
from documents.services.outside import as_number
from documents.services.typesetting import typeset_letter
from members.models import AudienceSnapshot, Holding, Role, Unit
from portal.core.actors import SYSTEM
from portal.core.calendar import add_working_days, end_of_day
from portal.core.clock import bangkok, be_year
from portal.core.thaitext import normalise
from portal.files.domain.kinds import PDF
from portal.files.services import attach, store_bytes
from portal.home.management.demo.people import Cast
from portal.home.management.demo.plans import (
    Deed,
    registering,
    write_history,
)
from portal.home.management.demo.texts.incoming import Coming
from portal.papers.domain import LetterPaper, Paragraph
from portal.papers.services import typeset

FIRST_NUMBER = 4756
SOON = 2


@dataclass
class Case:
    """One letter on its way: how far it is (nothing: it waits at the counter), and who has it."""

    coming: Coming
    state: str
    at: datetime
    school: Unit | None = None
    to: Holding | None = None
    is_late: bool = False
    letter: Letter = field(default_factory=Letter)
    arrival: Arrival = field(default_factory=Arrival)
    matter: Matter | None = None


@dataclass(frozen=True)
class Inside:
    """Who acts inside the office; the desks of its groups by unit and role."""

    registrar: Holding
    director: Holding
    deputy: Holding
    desks: dict[int, dict[str, Holding]]

    def desk(self, unit: Unit) -> dict[str, Holding]:
        return self.desks[unit.pk]


def people_inside(cast: Cast) -> Inside:
    """Return who holds the office's posts."""
    held = Holding.objects.filter(post__unit__office=cast.office).select_related(
        "member", "post__unit__office"
    )
    top = {str(one.post.role): one for one in held.filter(post__unit=cast.office)}
    desks: dict[int, dict[str, Holding]] = {}
    for one in held.filter(post__unit__in=list(cast.groups.values())):
        desks.setdefault(one.post.unit_id, {})[str(one.post.role)] = one
    return Inside(
        registrar=top[Role.CENTRAL_REGISTRAR],
        director=top[Role.DIRECTOR],
        deputy=top[Role.DEPUTY_DIRECTOR],
        desks=desks,
    )


class Writer:
    """Writes case after case, with numbers in the order of their times."""

    def __init__(self, cast: Cast, inside: Inside, holidays: frozenset[date], now: datetime):
        self.cast = cast
        self.inside = inside
        self.holidays = holidays
        self.now = now
        self.books: dict[tuple[int, str, int], RegisterBook] = {}
        self.deeds: list[Deed] = []

    def close(self) -> None:
        """Write what was gathered on the way: the history, and how far the books are."""
        write_history(self.deeds)
        for book in self.books.values():
            book.save(update_fields=["last_number"])

    def write(self, case: Case) -> None:
        if case.school is None:
            self._outside_letter(case)
        else:
            self._school_letter(case, case.school)
        self._arrival(case)
        if case.state:
            self._matter(case)

    # The letter ---------------------------------------------------------------------------------

    def _new_letter(self, case: Case, **fields: Any) -> Letter:
        sent_at = case.at - timedelta(hours=1, minutes=20)
        coming = case.coming
        letter = Letter(
            office=self.cast.office,
            kind=LetterKind.EXTERNAL,
            subject=coming.subject,
            subject_search=normalise(coming.subject),
            addressee=f"ผู้อำนวยการ{self.cast.office.name}",
            urgency=coming.urgency,
            action_required="consider",
            body="\n".join(coming.body),
            state=LetterState.SENT,
            created_at=sent_at - timedelta(hours=1),
            saved_at=sent_at - timedelta(minutes=5),
            sent_at=sent_at,
            **fields,
        )
        letter.save(force_insert=True)
        return letter

    def _outside_letter(self, case: Case) -> None:
        coming = case.coming
        running = case.at.month * 211 + case.at.day * 17
        number = as_number(f"{coming.code} {running}".replace("/ ", "/")) if coming.code else ""
        case.letter = self._new_letter(
            case,
            origin=LetterOrigin.OUTSIDE,
            outside_party=coming.sender,
            owner_unit=self.cast.office,
            drafter=self.inside.registrar.member,
            dated_on=bangkok(case.at).date() - timedelta(days=2),
            number_text=number,
            main_source=MainSource.UPLOADED,
        )
        paper = LetterPaper(
            office=coming.sender,
            number=case.letter.number_text,
            date=case.letter.dated_on,
            subject=coming.subject,
            addressee=case.letter.addressee,
            body=[Paragraph(text=text) for text in coming.body],
            address=[self.cast.office.province],
        )
        self._hang(case, typeset("letter_external", paper.data()))

    def _school_letter(self, case: Case, school: Unit) -> None:
        number = self.cast.schools.index(school) + 1
        head, clerk = self.cast.directors[number], self.cast.clerks[number]
        sent_at = case.at - timedelta(hours=1, minutes=20)
        book, taken = self._number(school, Series.OUT, sent_at)
        letter = case.letter = self._new_letter(
            case,
            origin=LetterOrigin.SCHOOL,
            owner_unit=school,
            drafter=clerk.member,
            main_source=MainSource.TYPED,
            signer_name=str(head.member),
            signer_position=f"ผู้อำนวยการ{school.name}",
            audience_rule={"units": [self.cast.office.pk]},
            number=taken,
            number_text=number_text(school.letter_code, taken, is_circular=False),
            dated_on=bangkok(sent_at).date(),
        )
        self._entry(book, taken, sent_at, clerk, letter, to_text=self.cast.office.name)
        self._note(letter, "letter.registered", clerk, sent_at, number=letter.number_text)
        self._hang(case, typeset_letter(letter))

    def _hang(self, case: Case, pdf: bytes) -> None:
        stored = store_bytes(pdf, by=SYSTEM, media_type=PDF)
        attach(stored, case.letter, role=MAIN, name="หนังสือ.pdf", by=SYSTEM)

    # The register and the arrival ---------------------------------------------------------------

    def _number(self, unit: Unit, series: str, at: datetime) -> tuple[RegisterBook, int]:
        place = (unit.pk, series, be_year(at))
        if place not in self.books:
            first = FIRST_NUMBER if unit == self.cast.office else 1
            self.books[place], _ = RegisterBook.objects.get_or_create(
                unit=unit, series=series, be_year=place[2], defaults={"start_number": first}
            )
        book = self.books[place]
        book.last_number = max(book.last_number + 1, book.start_number)
        return book, book.last_number

    def _entry(
        self,
        book: RegisterBook,
        number: int,
        at: datetime,
        by: Holding,
        letter: Letter,
        *,
        to_text: str,
    ) -> RegisterEntry:
        entry = RegisterEntry.objects.create(
            book=book,
            number=number,
            registered_at=at,
            registered_by=by.member,
            holding=by,
            letter=letter,
            letter_number=letter.number_text,
            letter_dated_on=letter.dated_on,
            from_text=letter.sender,
            to_text=to_text,
            subject=letter.subject,
            subject_search=letter.subject_search,
        )
        self.deeds.append(registering(entry, by))
        return entry

    def _arrival(self, case: Case) -> None:
        office, letter = self.cast.office, case.letter
        arrival = case.arrival = Arrival(
            letter=letter, unit=office, arrived_at=letter.sent_at or case.at
        )
        if case.school is not None:
            arrival.dispatch = self._dispatch(letter)
        if case.state:
            registrar = self.inside.registrar
            book, number = self._number(office, Series.IN, case.at)
            arrival.state, arrival.is_open = ArrivalState.RECEIVED, False
            arrival.opened_at, arrival.opened_by = case.at, registrar.member
            arrival.received_at, arrival.received_by = case.at, registrar.member
            arrival.entry = self._entry(
                book, number, case.at, registrar, letter, to_text=letter.addressee
            )
        arrival.save(force_insert=True)
        if arrival.entry:
            self._note(arrival, "arrival.received", self.inside.registrar, case.at, number=number)
            if case.school is not None:
                tell_sender_register(letter, f"{office.name} รับแล้ว เลขรับ {number}")

    def _dispatch(self, letter: Letter) -> Dispatch:
        office = self.cast.office
        snapshot = AudienceSnapshot.objects.create(
            office=office,
            rule=letter.audience_rule,
            recipients=[[office.pk, None]],
            total=1,
            summary=f"1 หน่วยงาน · {office.name}",
            frozen_at=letter.created_at,
            frozen_by=letter.drafter,
        )
        return Dispatch.objects.create(
            letter=letter,
            snapshot=snapshot,
            sent_at=letter.sent_at or letter.created_at,
            sent_by=letter.drafter,
            total=1,
            made=1,
        )

    # The matter ---------------------------------------------------------------------------------

    def _matter(self, case: Case) -> None:
        matter = case.matter = Matter(
            office=self.cast.office,
            arrival=case.arrival,
            channel=Channel.PORTAL if case.school else case.coming.channel,
            state=case.state,
            due_at=self._due(case),
            received_at=case.at,
        )
        is_answered = case.state == MatterState.ANSWERED
        matter.state = MatterState.IN_HAND if is_answered else case.state
        group = self.cast.groups[case.coming.group]
        to = case.to or self.inside.director
        if case.state != MatterState.RECEIVED:
            matter.proposed_to = to.post
        if case.state not in {MatterState.RECEIVED, MatterState.PROPOSED}:
            matter.main_unit = group
        if case.state in {MatterState.ASSIGNED, MatterState.IN_HAND, *DONE_STATES}:
            matter.officer = self.inside.desk(group)[Role.OFFICER].member
        if case.state == MatterState.CLOSED:
            matter.result, matter.settled_at = case.coming.result, self._at(case, hours=52)
        matter.save(force_insert=True)
        self._steps(case, matter, group, to)
        write_action(matter)

    def _due(self, case: Case) -> datetime | None:
        if case.coming.days is None:
            return None
        if case.is_late:
            return end_of_day(bangkok(self.now).date() - timedelta(days=2))
        day = add_working_days(bangkok(case.at).date(), case.coming.days, self.holidays)
        due_at = end_of_day(day)
        if case.state == MatterState.CLOSED or due_at > self.now:
            return due_at
        return end_of_day(add_working_days(bangkok(self.now).date(), SOON, self.holidays))

    def _at(self, case: Case, *, hours: float) -> datetime:
        """Return that many hours later, but not tomorrow."""
        return min(case.at + timedelta(hours=hours), self.now - timedelta(minutes=90 - hours))

    def _steps(self, case: Case, matter: Matter, group: Unit, to: Holding) -> None:
        coming, inside = case.coming, self.inside
        desk = inside.desk(group)
        copies = [self.cast.groups[code] for code in coming.copies]
        number = case.arrival.entry.number if case.arrival.entry else ""
        order = ", ".join([f"{group.name} (หลัก)", *(f"{unit.name} (ทราบ)" for unit in copies)])
        planned = {"main": group.pk, "copies": [unit.pk for unit in copies]}
        rows: list[tuple[str, Holding, float, str, str]] = [
            (StepKind.RECEIVED, inside.registrar, 0, "", f"เลขรับ {number}"),
            (StepKind.PROPOSED, inside.registrar, 0.4, coming.proposal, to.post.title),
            (StepKind.ENDORSED, to, 3, coming.order, order),
            (StepKind.ASSIGNED, desk[Role.GROUP_CLERK], 23.6, "", str(desk[Role.OFFICER].member)),
            (StepKind.ACCEPTED, desk[Role.OFFICER], 24.5, "", ""),
            (StepKind.CLOSED, desk[Role.OFFICER], 52, coming.result, ""),
        ]
        made = rows[: _STEPS[MatterState(case.state)]]
        for position, (kind, by, hours, text, to_text) in enumerate(made, start=1):
            Step.objects.create(
                matter=matter,
                position=position,
                kind=kind,
                text=text,
                to_text=to_text,
                data=planned if kind == StepKind.PROPOSED else {},
                at=self._at(case, hours=hours),
                by=by.member,
                holding=by,
                name_text=str(by.member),
                post_text=by.post.title,
            )
            self._note(matter, f"matter.{kind}", by, self._at(case, hours=hours))
        if matter.main_unit is not None:
            self._route(case, matter, group, copies)

    def _route(self, case: Case, matter: Matter, group: Unit, copies: list[Unit]) -> None:
        at = self._at(case, hours=3)
        Routing.objects.create(matter=matter, unit=group, is_main=True, routed_at=at)
        is_old = case.state == MatterState.CLOSED
        for unit in copies:
            clerk = self.inside.desk(unit)[Role.GROUP_CLERK].member
            Routing.objects.create(
                matter=matter,
                unit=unit,
                routed_at=at,
                acknowledged_at=self._at(case, hours=5) if is_old else None,
                acknowledged_by=clerk if is_old else None,
            )

    def _note(self, thing: Any, action: str, by: Holding, at: datetime, **facts: Any) -> None:
        self.deeds.append((thing, action, by, at, facts))


# How many steps a matter in this state has behind it; an answer is written by the service.
_STEPS = {
    MatterState.RECEIVED: 1,
    MatterState.PROPOSED: 2,
    MatterState.ROUTED: 3,
    MatterState.ASSIGNED: 4,
    MatterState.IN_HAND: 5,
    MatterState.ANSWERED: 5,
    MatterState.CLOSED: 6,
}
