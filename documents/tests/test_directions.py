"""Every direction but the office's own: school to school, group to group, orders, own letters."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from documents.models import Arrival, Letter, LetterKind, Matter, RegisterEntry, Response, Series
from documents.services.answering import accept_response, extend_deadline, submit_response
from documents.services.conditions import condition
from documents.services.drafting import create_letter, save_draft, set_audience, submit_letter
from documents.services.handling import assign_matter, begin_reply
from documents.services.receiving import receive_arrivals
from documents.services.replying import begin_letter_back, replies_to
from documents.services.routing import endorse_matter, propose_matter
from documents.services.sending import prepare_sending
from documents.tests.directions import at, sent, typed, written
from documents.tests.factories import clerk_of, send
from members.models import Role
from members.tests.factories import ActorFactory, OfficeFactory, SchoolFactory
from portal.core.clock import be_year, db_now
from portal.core.errors import DomainError
from portal.core.resources import resource_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def neighbour(house):
    """A second school of the office, and its clerk."""
    return clerk_of(SchoolFactory(office=house.office, letter_code="ศธ 04999.013"))


def line_of(letter):
    return RegisterEntry.objects.select_related("book").get(
        letter=letter, book__unit=letter.owner_unit
    )


# School to school -------------------------------------------------------------------------------


def test_a_school_writes_to_a_school_which_numbers_and_answers_it(house, neighbour):
    asker, school = house.school_clerk, neighbour.holding.post.unit
    letter = sent(asker, to={"units": [school.pk]}, response_kind="yes_no")

    assert letter.number_text == "ศธ\u00a004999.012/1"
    assert letter.addressee == f"ผู้อำนวยการ{school.name}"
    line = line_of(letter)
    assert (line.book.series, line.from_text, line.to_text) == (
        Series.OUT,
        house.school.name,
        f"ผู้อำนวยการ{school.name}",
    )
    arrival = at(letter, school, by=neighbour)
    assert arrival.entry.number == 1
    assert (arrival.entry.from_text, arrival.entry.to_text) == (house.school.name, letter.addressee)
    assert not Matter.objects.exists()
    submit_response(arrival, data={"answer": "yes"}, key=uuid4(), by=neighbour)
    [answer] = Response.objects.all()
    accept_response(answer, by=asker)
    arrival.refresh_from_db()
    assert arrival.response_state == "accepted"


def test_the_school_that_asked_gives_more_time(house, neighbour):
    school = neighbour.holding.post.unit
    letter = sent(house.school_clerk, to={"units": [school.pk]}, response_kind="acknowledge")
    later = db_now().replace(year=db_now().year + 1)

    extend_deadline(at(letter, school), new_due_at=later, reason="น้ำท่วม", by=house.school_clerk)

    assert at(letter, school).due_at == later
    with pytest.raises(PermissionDenied):
        extend_deadline(at(letter, school), new_due_at=later, reason="ขอ", by=neighbour)
    with pytest.raises(PermissionDenied):
        extend_deadline(at(letter, school), new_due_at=later, reason="ขอ", by=house.registrar)


def test_a_circular_of_a_school_goes_to_all_schools_but_itself_and_has_its_own_series(
    house, neighbour
):
    third = SchoolFactory(office=house.office)
    SchoolFactory(office=OfficeFactory())
    letter = create_letter(house.school, kind=LetterKind.CIRCULAR, by=house.school_clerk)
    assert letter.audience_rule == {}
    rule = {"all_schools": True, "except": [house.school.pk]}
    letter = set_audience(letter, rule=rule, by=house.school_clerk)

    letter = send(typed(letter, by=house.school_clerk), by=house.school_clerk, key=uuid4())

    assert letter.number_text == "ศธ\u00a004999.012/ว\u00a01"
    assert line_of(letter).book.series == Series.CIRCULAR
    reached = set(letter.arrivals.values_list("unit", flat=True))
    assert reached == {neighbour.holding.post.unit_id, third.pk}


def test_to_office_and_schools_at_once_is_a_matter_there_and_a_board_here(house, neighbour):
    school = neighbour.holding.post.unit
    to = {"units": [house.office.pk, school.pk]}
    letter = sent(house.school_clerk, to=to, response_kind="text")

    arrival = at(letter, house.office, by=house.registrar)

    matter = Matter.objects.get(arrival=arrival)
    assert not arrival.is_open  # the office answers with a letter, and owes no form
    at(letter, school, by=neighbour)
    rows = Arrival.objects.filter(condition("unanswered", db_now()), letter=letter)
    assert list(rows.values_list("unit", flat=True)) == [school.pk]
    seen = Arrival.objects.visible_to(house.registrar.member).filter(letter=letter)
    assert list(seen) == [arrival]
    assert set(Arrival.objects.followed_by(house.school_clerk.member)) == set(letter.arrivals.all())
    assert resource_for("documents.matter").visible_to(neighbour.member).count() == 0
    assert matter.letter == letter


def test_a_letter_back_refers_to_the_first_and_is_seen_beside_it(house, neighbour):
    school = neighbour.holding.post.unit
    letter = sent(house.school_clerk, to={"units": [school.pk]})
    arrival = at(letter, school)
    with pytest.raises(DomainError, match="ลงรับก่อน"):
        begin_letter_back(arrival, by=neighbour)

    draft = begin_letter_back(at(letter, school, by=neighbour), by=neighbour)

    assert draft.audience_rule == {"units": [house.school.pk]}
    assert draft.references.get().to_letter == letter
    reply = send(typed(draft, by=neighbour), by=neighbour, key=uuid4())
    assert list(replies_to(letter, house.school_clerk.member)) == [reply]
    assert list(replies_to(letter, house.registrar.member)) == []


# Group to group ---------------------------------------------------------------------------------


def test_a_memo_is_numbered_by_its_officer_in_the_groups_own_book(house):
    assert not house.group.can_issue_numbers
    memo = sent(house.officer, kind=LetterKind.MEMO, to={"groups": [house.other_group.pk]})

    year = be_year(db_now())
    assert memo.number_text == f"1/{year}"
    line = line_of(memo)
    assert (line.book.unit, line.book.series) == (house.group, Series.MEMO)
    assert line.to_text == f"ผู้อำนวยการ{house.other_group.name}"
    arrival = at(memo, house.other_group, by=house.other_clerk)
    assert (arrival.entry.number, arrival.entry.book.unit) == (1, house.other_group)
    assert arrival.entry.from_text == house.group.name


def test_the_head_of_a_group_without_a_clerk_receives(house):
    memo = sent(house.officer, kind=LetterKind.MEMO, to={"groups": [house.other_group.pk]})
    head = ActorFactory(role=Role.GROUP_HEAD, unit=house.other_group)

    assert at(memo, house.other_group, by=head).state == "received"


def test_a_memo_is_answered_by_a_memo(house):
    memo = sent(house.officer, kind=LetterKind.MEMO, to={"groups": [house.other_group.pk]})
    arrival = at(memo, house.other_group, by=house.other_clerk)

    draft = begin_letter_back(arrival, by=house.other_clerk)

    assert (draft.kind, draft.audience_rule) == ("memo", {"groups": [house.group.pk]})
    assert draft.references.get().text.startswith(f"บันทึกข้อความ{house.group.name} ที่ 1/")
    reply = send(typed(draft, by=house.other_clerk), by=house.other_clerk, key=uuid4())
    assert list(replies_to(memo, house.clerk.member)) == [reply]


def test_a_memo_goes_to_groups_and_the_director_only(house):
    memo = create_letter(house.group, kind=LetterKind.MEMO, by=house.officer)

    for rule in (
        {"all_schools": True},
        {"units": [house.school.pk]},
        {"members": [house.director.member.pk]},
        {"groups": [house.group.pk]},
    ):
        with pytest.raises(DomainError, match=r"ผู้รับ|กลุ่มในสำนักงาน"):
            set_audience(memo, rule=rule, by=house.officer)
    with pytest.raises(DomainError, match="ออกเลขและส่งเอง"):
        submit_letter(typed(memo, by=house.officer), by=house.officer)
    with pytest.raises(DomainError, match="เริ่มร่างใหม่"):
        save_draft(memo, version=2, changes={"kind": "circular"}, by=house.officer)


def test_a_memo_of_another_group_cannot_be_numbered_not_even_by_the_registrar(house):
    memo = written(house.officer, kind=LetterKind.MEMO, to={"groups": [house.other_group.pk]})

    for actor in (house.registrar, house.other_clerk, house.director):
        with pytest.raises(PermissionDenied):
            prepare_sending(memo, by=actor)


def test_a_memo_to_the_director_is_a_matter_which_its_writers_follow(house):
    memo = sent(house.officer, kind=LetterKind.MEMO, to={"units": [house.office.pk]})
    arrival = at(memo, house.office, by=house.registrar)

    matter = Matter.objects.get(arrival=arrival)
    matter = propose_matter(
        matter, post=house.director.holding.post, text="พิจารณา", by=house.registrar
    )
    matter = endorse_matter(matter, text="มอบ", main_unit=house.other_group, by=house.director)

    assert Matter.objects.visible_to(house.officer.member).get() == matter
    assert line_of(memo).action_text == f"{house.office.name} รับแล้ว เลขรับ 1"
    officer = ActorFactory(role=Role.OFFICER, unit=house.other_group)
    matter = assign_matter(matter, officer=officer.member, by=house.other_clerk)
    reply = begin_reply(matter, by=officer)
    assert (reply.kind, reply.audience_rule) == ("memo", {"groups": [house.group.pk]})


# Orders and announcements -----------------------------------------------------------------------


def test_an_order_is_the_offices_numbered_by_the_year_and_may_go_to_nobody(house):
    house.group.can_issue_numbers = True
    house.group.save(update_fields=["can_issue_numbers"])
    order = written(house.officer, kind=LetterKind.ORDER)
    with pytest.raises(PermissionDenied):
        prepare_sending(
            order, by=house.clerk
        )  # its own letters it numbers, not the office's orders

    order = send(submit_letter(order, by=house.officer), by=house.registrar, key=uuid4())

    assert order.number_text == f"1/{be_year(db_now())}"
    line = RegisterEntry.objects.get(letter=order)
    assert (line.book.unit, line.book.series) == (house.office, Series.ORDER)
    assert line.to_text == "ประกาศภายในสำนักงาน"
    assert (order.state, order.arrivals.count()) == ("sent", 0)
    assert Letter.objects.visible_to(house.other_clerk.member).get() == order
    assert not Letter.objects.visible_to(house.school_clerk.member).exists()


def test_an_order_to_named_persons_is_theirs_to_acknowledge(house):
    teacher = ActorFactory(role=Role.TEACHER, unit=house.school)
    to = {"members": [teacher.member.pk]}
    order = written(house.officer, kind=LetterKind.ORDER, to=to, response_kind="acknowledge")

    order = send(submit_letter(order, by=house.officer), by=house.registrar, key=uuid4())

    [arrival] = order.arrivals.all()
    assert arrival.member == teacher.member
    receive_arrivals([arrival.pk], key=uuid4(), by=teacher)
    submit_response(arrival, data={}, key=uuid4(), by=teacher)
    # What is sent to somebody is theirs, and not the whole office's.
    assert not Letter.objects.visible_to(house.other_clerk.member).exists()


def test_an_announcement_has_its_own_book(house):
    order = written(house.registrar, kind=LetterKind.ORDER, subject="แต่งตั้งคณะกรรมการ")
    send(order, by=house.registrar, key=uuid4())

    said = send(
        written(house.registrar, kind=LetterKind.ANNOUNCEMENT), by=house.registrar, key=uuid4()
    )

    assert said.number == 1
    assert line_of(said).book.series == Series.ANNOUNCEMENT


# A school's own letters -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "series"),
    [("memo", Series.MEMO), ("order", Series.ORDER), ("announce", Series.ANNOUNCEMENT)],
)
def test_a_schools_own_letter_stays_in_the_school(house, kind, series):
    letter = sent(house.school_clerk, kind=kind)

    assert letter.number_text == f"1/{be_year(db_now())}"
    assert line_of(letter).book.series == series
    assert line_of(letter).book.unit == house.school
    arrival = letter.arrivals.get()
    assert (arrival.unit, arrival.state, arrival.is_open) == (house.school, "received", False)
    assert arrival.entry is None  # nobody gives the own paper a receive number
    with pytest.raises(DomainError, match="ภายในโรงเรียน"):
        set_audience(letter, rule={"units": [house.office.pk]}, by=house.school_clerk) if (
            letter.is_draft
        ) else set_audience(
            create_letter(house.school, kind=kind, by=house.school_clerk),
            rule={"units": [house.office.pk]},
            by=house.school_clerk,
        )
