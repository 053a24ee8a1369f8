"""What the database refuses for letters and registers, whoever asks (`documents/checks.py`)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from documents.models import (
    Arrival,
    Letter,
    Matter,
    RegisterBook,
    RegisterEntry,
    Response,
    Routing,
    Step,
)
from documents.tests.factories import LetterFactory, answered_arrival
from documents.tests.matter_factories import endorsed, make_house

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def answered():
    """An arrival with its register entry and an answer."""
    return answered_arrival()[0]


def refused(work):
    try:
        with transaction.atomic():
            work()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("model", [Letter, Arrival, RegisterBook, RegisterEntry, Response])
def test_nothing_of_a_letters_way_is_ever_deleted(answered, model):
    count = model.objects.count()
    table = connection.ops.quote_name(model._meta.db_table)

    def delete():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")

    assert count > 0
    assert refused(delete)
    assert model.objects.count() == count


def test_a_line_of_the_register_keeps_its_book_number_and_time(answered):
    line = RegisterEntry.objects.filter(pk=answered.entry_id)
    entry = line.get()

    assert refused(lambda: line.update(number=entry.number + 1))
    assert refused(lambda: line.update(registered_at=entry.registered_at - timedelta(days=1)))
    assert not refused(lambda: line.update(action_text="ส่งกลุ่มงบประมาณ"))


def test_a_book_keeps_whose_it_is_and_never_counts_backwards(answered):
    book = RegisterBook.objects.filter(pk=answered.entry.book_id)
    last = book.get().last_number

    assert refused(lambda: book.update(be_year=2500))
    assert refused(lambda: book.update(last_number=last - 1))
    assert not refused(lambda: book.update(last_number=last + 1))


def test_an_answer_is_reviewed_and_never_rewritten(answered):
    answer = Response.objects.filter(arrival=answered)

    assert refused(lambda: answer.update(data={"q1": 5}))
    assert refused(lambda: answer.update(text="อื่น"))
    assert not refused(lambda: answer.update(return_reason="ขอภาพถ่าย"))


def test_a_draft_may_change(answered):
    draft = Letter.objects.filter(pk=LetterFactory().pk)

    assert not refused(lambda: draft.update(subject="เรื่องใหม่"))


# Inside the office ------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Matter, Routing, Step])
def test_nothing_of_a_matter_is_ever_deleted(model):
    endorsed(make_house())
    count = model.objects.count()
    table = connection.ops.quote_name(model._meta.db_table)

    def delete():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")

    assert count > 0
    assert refused(delete)
    assert model.objects.count() == count


def test_what_was_ordered_stays_as_it_was_written():
    matter = endorsed(make_house())
    order = matter.steps.filter(kind="endorsed")

    assert refused(lambda: order.update(text="อนุญาต"))
    assert refused(lambda: order.update(name_text="ผู้อื่น"))
    assert order.get().text == "มอบดำเนินการ"
    assert not refused(lambda: Matter.objects.filter(pk=matter.pk).update(result="แจ้งแล้ว"))


def test_a_matter_stays_with_its_arrival_and_a_routing_with_its_group():
    house = make_house()
    matter, other = endorsed(house), endorsed(house)

    rows = Matter.objects.filter(pk=matter.pk)
    assert refused(lambda: rows.update(arrival=None))
    assert refused(lambda: rows.update(office=house.school))
    assert refused(lambda: matter.routings.update(unit=house.other_group))
    assert refused(lambda: matter.routings.update(matter=other))
