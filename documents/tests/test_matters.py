"""A letter's way through the office, by its services: from the school's desk to the answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from documents.models import (
    Arrival,
    LetterState,
    Matter,
    MatterState,
    RegisterEntry,
    Series,
    StepKind,
)
from documents.services.drafting import save_draft, set_audience, submit_letter
from documents.services.outside import SeemsRegistered
from documents.services.receiving import receive_arrivals, refuse_arrival
from documents.services.routing import (
    AlreadyMoved,
    endorse_matter,
    note_routing,
    propose_matter,
    route_matter,
)
from documents.tests.matter_factories import (
    action_of,
    at_office,
    from_outside,
    kinds_of,
    proposed,
    received,
    routed,
    school_draft,
    sent_by_school,
)
from members.models import Role
from members.tests.factories import ActorFactory, GroupFactory, OfficeFactory, SchoolFactory
from portal.audit.tests.history import history_of
from portal.core.errors import Conflict, DomainError
from portal.files.services import files_of
from portal.outbox.tests.factories import published

pytestmark = pytest.mark.django_db

NUMBER = "พท\u00a00017.2/ว\u00a04821"


# From a school ----------------------------------------------------------------------------------


def test_a_school_numbers_its_letter_in_its_own_book_and_it_arrives_at_the_office(house):
    letter = sent_by_school(house.school_clerk)

    assert (letter.state, letter.number_text) == (LetterState.SENT, "ศธ\u00a004999.012/1")
    entry = RegisterEntry.objects.get(letter=letter)
    assert (entry.book.unit, entry.book.series) == (house.school, Series.OUT)
    arrival = Arrival.objects.get(letter=letter)
    assert (arrival.unit, arrival.state) == (house.office, "waiting")
    assert files_of(letter, "main")


def test_a_school_reaches_its_office_and_schools_and_no_person_group_or_stranger(house):
    letter = school_draft(house.school_clerk)
    stranger = SchoolFactory(office=OfficeFactory())

    for rule in (
        {"members": [house.officer.member.pk]},
        {"groups": [house.group.pk]},
        {"units": [stranger.pk]},
        {"units": [house.school.pk]},
        {"saved": [1]},
    ):
        with pytest.raises(DomainError, match="ผู้รับ"):
            set_audience(letter, rule=rule, by=house.school_clerk)
    with pytest.raises(DomainError, match="เริ่มร่างใหม่"):
        save_draft(letter, version=letter.version, changes={"kind": "memo"}, by=house.school_clerk)
    with pytest.raises(DomainError, match="ออกเลขและส่ง"):
        submit_letter(letter, by=house.school_clerk)
    letter = set_audience(letter, rule={"all_schools": True}, by=house.school_clerk)
    assert letter.addressee == ""  # nobody typed one: it follows the recipients


def test_a_teacher_writes_no_letter_of_the_school(house):
    teacher = ActorFactory(role=Role.TEACHER, unit=house.school)

    with pytest.raises(PermissionDenied):
        school_draft(teacher)


def test_receiving_a_schools_letter_begins_a_matter_and_tells_both_registers(house):
    letter = sent_by_school(house.school_clerk)

    receive_arrivals([letter.arrivals.get().pk], key=uuid4(), by=house.registrar)

    matter = Matter.objects.get(arrival__letter=letter)
    assert (matter.state, matter.office) == (MatterState.RECEIVED, house.office)
    assert kinds_of(matter) == [StepKind.RECEIVED]
    own = RegisterEntry.objects.get(letter=letter, book__unit=house.school)
    assert own.action_text == f"{house.office.name} รับแล้ว เลขรับ 1"


def test_a_refused_letter_of_a_school_is_no_matter(house):
    arrival = at_office(house.school)

    refuse_arrival(arrival, reason="ไม่มีสิ่งที่ส่งมาด้วย", by=house.registrar)

    assert not Matter.objects.exists()
    assert published("documents.arrival_refused") == 1


# From outside -----------------------------------------------------------------------------------


def test_paper_from_outside_has_its_number_at_once(house):
    matter = from_outside(house.registrar)

    letter, arrival = matter.letter, matter.arrival
    assert (arrival.entry.number, arrival.state, arrival.is_open) == (1, "received", False)
    assert (letter.sender, letter.number, letter.number_text) == (
        "จังหวัดพัทลุง",
        None,
        NUMBER,
    )
    entry = arrival.entry
    assert (entry.from_text, entry.letter_number) == ("จังหวัดพัทลุง", NUMBER)
    assert matter.state == MatterState.RECEIVED


def test_the_same_form_twice_is_one_number(house):
    key = uuid4()

    first = from_outside(house.registrar, key=key)
    second = from_outside(house.registrar, key=key)

    assert first == second
    assert RegisterEntry.objects.count() == 1


def test_the_same_letter_in_another_form_asks_first(house):
    first = from_outside(house.registrar, key=uuid4())

    with pytest.raises(SeemsRegistered) as refused:
        from_outside(house.registrar, key=uuid4())
    again = from_outside(house.registrar, key=uuid4(), again=True)

    assert refused.value.earlier == first
    assert again.arrival.entry.number == 2


def test_letters_without_a_number_are_never_the_same(house):
    from_outside(house.registrar, number="")

    assert from_outside(house.registrar, number="").arrival.entry.number == 2


@pytest.mark.parametrize("who", ["officer", "director", "school_clerk"])
def test_only_the_registrar_takes_in_paper(house, who):
    with pytest.raises(PermissionDenied):
        from_outside(getattr(house, who))


# Propose and endorse ----------------------------------------------------------------------------


def test_the_registrar_proposes_and_the_director_orders(house):
    matter = proposed(house, text="มอบกลุ่มนโยบายและแผน", main_unit=house.group)
    assert (matter.state, matter.proposed_to) == (MatterState.PROPOSED, house.director.holding.post)

    ordered = endorse_matter(
        matter,
        text="ดำเนินการตามเสนอ",
        main_unit=house.group,
        copies=[house.other_group, house.group],
        by=house.director,
    )

    assert (ordered.state, ordered.main_unit) == (MatterState.ROUTED, house.group)
    rows = ordered.routings.values_list("unit", "is_main")
    assert list(rows) == [(house.group.pk, True), (house.other_group.pk, False)]
    order = ordered.steps.last()
    assert (order.kind, order.text, order.name_text, order.post_text) == (
        StepKind.ENDORSED,
        "ดำเนินการตามเสนอ",
        str(house.director.member),
        house.director.holding.post.title,
    )
    assert history_of(ordered) == ["matter.proposed", "matter.endorsed"]
    assert published("documents.matter_routed") == 1
    assert action_of(ordered) == f"มอบ{house.group.name}"


def test_a_deputy_passes_it_on_and_both_orders_stand_in_order(house):
    matter = proposed(house, to=house.deputy)

    passed = endorse_matter(
        matter, text="เห็นควรอนุญาต", pass_to=house.director.holding.post, by=house.deputy
    )
    assert (passed.state, passed.proposed_to) == (MatterState.PROPOSED, house.director.holding.post)
    with pytest.raises(PermissionDenied):
        endorse_matter(passed, text="อีกครั้ง", main_unit=house.group, by=house.deputy)
    done = endorse_matter(passed, text="อนุญาต", main_unit=house.group, by=house.director)

    orders = done.steps.filter(kind=StepKind.ENDORSED)
    assert [(order.text, order.by) for order in orders] == [
        ("เห็นควรอนุญาต", house.deputy.member),
        ("อนุญาต", house.director.member),
    ]


def test_an_order_to_know_closes_the_matter(house):
    done = endorse_matter(proposed(house), text="ทราบ", by=house.director)

    assert (done.state, done.result) == (MatterState.CLOSED, "ทราบ")
    assert action_of(done) == "ปิดเรื่อง: ทราบ"


def test_an_order_needs_words_and_a_group_of_the_office(house):
    matter = proposed(house)
    foreign = GroupFactory()

    with pytest.raises(DomainError, match="เขียนคำสั่ง"):
        endorse_matter(matter, text="  ", main_unit=house.group, by=house.director)
    with pytest.raises(DomainError, match="กลุ่มของสำนักงานนี้"):
        endorse_matter(matter, text="มอบ", main_unit=foreign, by=house.director)
    with pytest.raises(DomainError, match="กลุ่มของสำนักงานนี้"):
        endorse_matter(matter, text="มอบ", main_unit=house.school, by=house.director)
    with pytest.raises(DomainError, match="ผ่านไปแล้ว"):
        endorse_matter(
            matter,
            text="มอบ",
            main_unit=house.group,
            due_at=timezone.now() - timedelta(days=1),
            by=house.director,
        )
    matter.refresh_from_db()
    assert (matter.state, matter.steps.count()) == (MatterState.PROPOSED, 2)


def test_a_page_that_is_older_than_the_matter_orders_nothing(house):
    matter = proposed(house)
    seen = matter.steps.count()
    endorse_matter(
        matter, text="เสนอ ผอ.", seen=seen, pass_to=house.deputy.holding.post, by=house.director
    )

    with pytest.raises(AlreadyMoved):
        endorse_matter(matter, text="มอบ", seen=seen, main_unit=house.group, by=house.director)


def test_the_same_order_twice_is_one_order(house):
    matter, key = proposed(house), uuid4()
    order = {"text": "มอบ", "main_unit": house.group, "key": key, "by": house.director}

    endorse_matter(matter, **order)
    endorse_matter(matter, **order)

    assert matter.steps.filter(kind=StepKind.ENDORSED).count() == 1


def test_the_registrar_sends_straight_to_a_group(house):
    due_at = timezone.now() + timedelta(days=3)

    matter = routed(house, copies=[house.other_group], text="ตามหนังสือเวียน", due_at=due_at)

    assert (matter.state, matter.main_unit, matter.due_at) == (
        MatterState.ROUTED,
        house.group,
        due_at,
    )
    assert kinds_of(matter) == [StepKind.RECEIVED, StepKind.ROUTED]


def test_what_was_proposed_is_not_proposed_again(house):
    matter = proposed(house)

    with pytest.raises(Conflict):
        propose_matter(matter, post=house.deputy.holding.post, by=house.registrar)
    with pytest.raises(Conflict):
        route_matter(matter, main_unit=house.group, by=house.registrar)


def test_nobody_proposes_to_a_post_of_another_office(house):
    matter = received(house.school, by=house.registrar)
    foreign = ActorFactory(role=Role.DIRECTOR, unit=OfficeFactory())

    for post in (foreign.holding.post, house.head.holding.post):
        with pytest.raises(DomainError, match="ผู้อำนวยการหรือรอง"):
            propose_matter(matter, post=post, by=house.registrar)


def test_a_copy_is_taken_note_of_once(house):
    matter = routed(house, copies=[house.other_group])
    copy = matter.routings.get(is_main=False)

    with pytest.raises(PermissionDenied):
        note_routing(copy, by=house.clerk)
    note_routing(copy, by=house.other_clerk)
    note_routing(copy, by=house.other_clerk)

    copy.refresh_from_db()
    assert copy.acknowledged_by == house.other_clerk.member
    assert kinds_of(matter).count(StepKind.ACKNOWLEDGED) == 1
