"""One document per thing, in step with the thing, its table and its dictionary."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from portal.core.actors import SYSTEM
from portal.outbox.models import OutboxMessage, OutboxState
from portal.outbox.services import drain, publish
from portal.search.checks import index_is_of_this_edition
from portal.search.domain import EDITION, read_query
from portal.search.models import SearchDoc, SearchTerm
from portal.search.querysets import NEWEST, Question
from portal.search.services import index_things, refresh
from portal.search.tests.conftest import KIND

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def proposed(typed, *, limit=10_000):
    question = Question(read_query(typed), frozenset({"public"}))
    return SearchDoc.objects.candidates(question, before=NEWEST, limit=limit)


def frequencies():
    """Return how often each atom is counted, and how often it stands in the documents."""
    counted = dict(SearchTerm.objects.filter(df__gt=0).values_list("term", "df"))
    there = {}
    for doc in SearchDoc.objects.all():
        for atom in {"", *doc.atoms.split()}:
            there[atom] = there.get(atom, 0) + 1
    return counted, there


# The worker --------------------------------------------------------------------------------------


def test_indexing_twice_changes_nothing(shelf):
    paper = shelf.put("ประชุมครู")
    before = list(SearchDoc.objects.values())

    assert index_things(KIND, [paper.pk]) == 0
    assert list(SearchDoc.objects.values()) == before


def test_a_deed_that_is_undone_leaves_no_trace(shelf):
    paper = shelf.put("ประชุมครู")

    with transaction.atomic():
        shelf.papers[paper.pk] = None
        refresh(paper, by=SYSTEM)
        transaction.set_rollback(True)

    assert drain("test") == 0
    assert proposed("ประชุม") != []


def test_many_changes_of_one_thing_are_looked_at_once(shelf):
    paper = shelf.put("ประชุมครู")
    asked = shelf.asked
    for _ in range(5):
        refresh(paper, by=SYSTEM)

    assert drain("test") == 5
    assert shelf.asked == asked + 1


def test_many_things_take_few_rows_of_the_outbox(shelf):
    papers = [shelf.put(f"ครู {number}") for number in range(3)]
    before = OutboxMessage.objects.count()

    refresh(*papers, *papers, by=SYSTEM)

    assert OutboxMessage.objects.count() == before + 1
    assert drain("test") == 1


def test_what_no_room_knows_is_passed_over(shelf):
    publish("search.refresh", by=SYSTEM, kind="nowhere.nothing", pks=[1])
    refresh(OutboxMessage.objects.get(), by=SYSTEM)

    drain("test")

    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.DONE}
    assert not SearchDoc.objects.exists()


def test_a_thing_that_was_deleted_meanwhile_is_forgotten(shelf):
    paper = shelf.put("ประชุมครู")
    refresh(paper, by=SYSTEM)
    paper.delete()

    drain("test")

    assert proposed("ประชุม") == []


def test_odd_texts_are_indexed_all_the_same(shelf):
    shelf.put("ก" * 5_000 + "x" * 5_000, body="\x00การพัฒนา\u0000" + "ครู " * 80_000, on=None)

    assert len(shelf.titles("พัฒนา")) == 1


@pytest.mark.postgres
def test_how_common_an_atom_is_is_counted_along(shelf):
    first = shelf.put("ประชุมครู ครู")
    shelf.put("ประชุมภารโรง")
    shelf.put("อบรม")
    counted, there = frequencies()
    assert counted == there
    assert counted["ครู"] == 1
    assert counted[""] == 3

    shelf.change(first, title="อบรมครู")
    shelf.withdraw(first)

    counted, there = frequencies()
    assert counted == there
    assert counted[""] == 2


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_leave_one_document_of_each_thing(shelf, race):
    papers = [shelf.put(f"ครู {number}") for number in range(4)]
    SearchDoc.objects.all().delete()
    SearchTerm.objects.all().delete()

    race(4, lambda number: index_things(KIND, [paper.pk for paper in papers]))

    assert SearchDoc.objects.count() == 4
    assert len(proposed("ครู")) == 4
    counted, there = frequencies()
    assert counted in ({}, there)


# The engines -------------------------------------------------------------------------------------


def test_the_index_follows_whatever_is_done_to_the_table(shelf):
    for title in ("ประชุมครู", "อบรมครู", "นิเทศครู"):
        shelf.put(title)
    first = SearchDoc.objects.earliest("pk")

    SearchDoc.objects.filter(pk=first.pk).update(atoms="ภาร โรง")
    assert len(proposed("ครู")) == 2
    assert proposed("ภารโรง") == [first.pk]

    SearchDoc.objects.all().delete()
    assert proposed("ครู") == proposed("ภารโรง") == []


@pytest.mark.django_db(transaction=True)
def test_emptying_the_tables_empties_the_index(shelf):
    shelf.put("ประชุมครู")
    assert proposed("ครู")

    call_command("flush", interactive=False, verbosity=0)

    assert proposed("ครู") == []


def test_two_thousand_things_are_searched_by_every_plan(shelf, world):
    """Common and rare words, a crowd of strangers' things, and pages down to the last."""
    shelf.put("เรื่องแรก ครูใหญ่")
    docs = SearchDoc.objects.get()
    crowd = [
        SearchDoc(
            id=docs.pk + number,
            kind=KIND,
            object_id=10_000 + number,
            title="ครู ใหญ่",
            number="",
            text="ครู ใหญ่",
            atoms="ครู ใหญ่",
            parts="",
            marks="@public",
            digest="",
            edition=EDITION,
        )
        for number in range(1, 2_500)
    ]
    SearchDoc.objects.bulk_create(crowd, batch_size=500)
    SearchTerm.objects.bulk_create(
        [SearchTerm(term=term, df=2_500) for term in ("", "ครู", "ใหญ่")], ignore_conflicts=True
    )
    SearchTerm.objects.filter(term__in=["", "ครู", "ใหญ่"]).update(df=2_500)

    # Never together, or closed: the first page may come empty, and still leads on to the one.
    found, pages = shelf.search("ครูใหญ่"), 1
    while not found.hits and found.next_cursor:
        found, pages = shelf.search("ครูใหญ่", cursor=found.next_cursor), pages + 1

    assert ["".join(piece.text for piece in hit.title) for hit in found.hits] == ["เรื่องแรก ครูใหญ่"]
    assert pages == 2
    assert shelf.titles("เรื่องแรก") == ["เรื่องแรก ครูใหญ่"]


# The command and the check -----------------------------------------------------------------------


def run(*args):
    out = StringIO()
    call_command("reindex_search", *args, stdout=out)
    return out.getvalue()


def test_the_command_brings_everything_in_and_throws_the_rest_out(shelf):
    papers = [shelf.put(f"ครู {number}") for number in range(3)]
    SearchDoc.objects.filter(object_id=papers[0].pk).delete()
    papers[1].delete()
    shelf.papers[papers[2].pk] = None

    said = run("--kind", KIND)

    assert f"{KIND}  3 changed" in said
    assert [doc.object_id for doc in SearchDoc.objects.all()] == [papers[0].pk]
    assert f"{KIND}  0 changed" in run("--kind", KIND)


def test_the_command_goes_on_where_it_was_stopped(shelf):
    papers = [shelf.put(f"ครู {number}") for number in range(3)]
    SearchDoc.objects.all().delete()

    run("--kind", KIND, "--after", str(papers[1].pk))

    assert [doc.object_id for doc in SearchDoc.objects.all()] == [papers[2].pk]
    with pytest.raises(CommandError):
        run("--after", "1")


def test_the_command_finds_all_kinds(shelf, world):
    shelf.put("ครู")
    SearchDoc.objects.all().update(kind="nowhere.nothing", edition="old")

    run()

    kinds = set(SearchDoc.objects.values_list("kind", flat=True))
    assert {KIND, "members.member", "members.unit"} <= kinds
    assert "nowhere.nothing" not in kinds


def test_another_dictionary_is_named_until_all_is_cut_anew(shelf):
    shelf.put("ครู")
    assert index_is_of_this_edition(None, ["default"]) == []

    SearchDoc.objects.update(edition="0" * 12)
    assert [warning.id for warning in index_is_of_this_edition(None, ["default"])] == [
        "search.W001"
    ]

    run("--kind", KIND)
    assert index_is_of_this_edition(None, ["default"]) == []
