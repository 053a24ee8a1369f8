"""The demo: everybody can sign in, its numbers hold together, one seed is one office."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from documents.models import (
    Arrival,
    ArrivalState,
    Assignment,
    Dispatch,
    Letter,
    LetterState,
    Matter,
    Opening,
    RegisterBook,
    RegisterEntry,
    Response,
)
from documents.services.drafting import MAIN
from knowledge.models import Article
from meetings.models import Meeting, Note, Task
from members.models import Holding, Member, Unit, UnitKind
from members.tests.factories import MemberFactory
from portal.announcements.models import Announcement
from portal.core.clock import BANGKOK, be_year, db_now
from portal.files.services import files_of
from portal.search.models import SearchDoc
from research.models import Answer, Survey, SurveyState

pytestmark = pytest.mark.django_db

SIGN_IN_NAMES = {
    "admin",
    "director",
    "deputy",
    "registrar",
    "officer",
    "school-clerk",
    "school-director",
    "teacher",
    "outsider",
}
NOON = datetime(2026, 11, 20, 12, tzinfo=BANGKOK)


@pytest.fixture
def load(settings):
    """Load a small demo on a Friday at noon."""
    settings.IS_DEMO = True

    def call(*, schools=5, letters=12, **options):
        settings.CLOCK_SHIFT_SECONDS = (NOON - datetime.now(UTC)).total_seconds()
        out = StringIO()
        options = {"only_letters": True} | options
        call_command("load_demo", schools=schools, letters=letters, stdout=out, **options)
        return out.getvalue()

    return call


def content():
    """Return what a reader of the demo sees, without keys and times of the clock."""
    arrivals = Arrival.objects.order_by("letter__number_text", "unit__name").values_list(
        "letter__number_text",
        "unit__name",
        "state",
        "response_state",
        "entry__number",
        "received_by__username",
        "refusal_reason",
        "is_late",
    )
    letters = Letter.objects.order_by("state", "number", "subject").values_list(
        "subject", "state", "number_text", "owner_unit__name", "line_do", "body"
    )
    answers = Response.objects.order_by("arrival__letter__number", "arrival__unit__name", "version")
    people = Holding.objects.order_by("member__username", "post__unit__name")
    return (
        list(letters),
        list(arrivals),
        list(answers.values_list("data", "text", "state", "return_reason")),
        list(people.values_list("member__username", "member__last_name", "post__title")),
        list(Unit.objects.order_by("name").values_list("name", "kind", "pupils", "phone")),
        *rooms(),
    )


def rooms():
    """Return what stands in the other rooms."""
    matters = Matter.objects.order_by("arrival__entry__number", "pk")
    articles = Article.objects.order_by("title")
    meetings = Meeting.objects.order_by("starts_at", "title", "pk")
    # Which envelopes of an open survey are opened is left to chance, on purpose.
    answers = Answer.objects.filter(survey__state=SurveyState.CLOSED)
    closed = answers.values_list("survey__title", "data")
    return (
        list(matters.values_list("state", "arrival__letter__subject")),
        list(articles.values_list("title", "state", "visibility", "core_line")),
        list(meetings.values_list("title", "state", "place", "unit__name")),
        list(Task.objects.order_by("title", "pk").values_list("title", "state")),
        sorted(Note.objects.values_list("heard", "asked", "writer__username")),
        list(Survey.objects.order_by("pk").values_list("title", "state")),
        sorted(repr((survey, list(data.values()))) for survey, data in closed),
        list(Announcement.objects.order_by("pk").values_list("title", "state", "visibility")),
    )


def test_every_room_is_furnished_and_hangs_together(load, client):
    said = load(only_letters=False)

    assert {"documents.letter", "knowledge.article", "meetings.meeting", "research.survey"} <= set(
        SearchDoc.objects.values_list("kind", flat=True)
    )
    assert "surveys in" in said
    # Who knows of a letter has opened it.
    unread = Assignment.objects.filter(acknowledged_at__isnull=False).exclude(
        Exists(Opening.objects.filter(arrival=OuterRef("arrival"), member=OuterRef("assignee")))
    )
    assert list(unread) == []
    assert Assignment.objects.filter(purpose="know", acknowledged_at__isnull=False).exists()
    # One board has files, put together by school.
    letter = Letter.objects.get(response_kind="file", kind="circular")
    client.force_login(Member.objects.get(username="officer"))
    zipped = client.post(reverse("documents:letter-answers-zip", args=[letter.pk]))
    names = ZipFile(BytesIO(b"".join(zipped.streaming_content))).namelist()
    answered = letter.arrivals.filter(response_state="answered").select_related("unit")
    assert answered
    for arrival in answered:
        own = [name for name in names if arrival.unit.label in name]
        assert {name.rpartition("/")[2] for name in own} >= {"แผนเผชิญเหตุ.pdf", "จุดอพยพ.jpg"}


def loaded(load, **options):
    """Return the content of a demo that is forgotten again."""
    block = transaction.atomic()
    block._from_testcase = True  # as every test's block: durable services run inside it
    with block:
        load(**options)
        found = content()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_is_the_same_office(load):
    first = loaded(load, only_letters=False)
    again = loaded(load, only_letters=False)
    other = loaded(load, seed=7)

    assert first == again
    assert first[:5] != other[:5]
    assert [len(part) > 0 for part in first] == [True] * len(first)


def test_everybody_can_sign_in_with_the_one_password(load, client, settings):
    load()

    for name in SIGN_IN_NAMES:
        body = {"login": name, "password": settings.DEMO_PASSWORD}
        response = client.post(reverse("account_login"), body)
        assert response.status_code == 302, name
        assert client.get(reverse("home")).status_code == 200
        client.logout()
    assert Member.objects.get(username="admin").is_superuser
    assert not Holding.objects.filter(member__username="outsider").exists()
    assert Holding.objects.filter(member__username="school-clerk").count() == 3


def test_the_numbers_of_the_demo_hold_together(load):
    load()

    for book in RegisterBook.objects.all():
        entries = list(book.entries.order_by("number"))
        numbers = [entry.number for entry in entries]
        times = [entry.registered_at for entry in entries]
        assert numbers == list(range(book.start_number, book.last_number + 1)), book
        assert times == sorted(times), book
        assert {be_year(at) for at in times} <= {book.be_year}, book
    assert RegisterEntry.objects.filter(letter=None).count() == 0
    assert Letter.objects.filter(state=LetterState.SENT).count() == 12
    for dispatch in Dispatch.objects.all():
        assert dispatch.made == dispatch.total == dispatch.arrivals.count() == 5


def test_every_arrival_is_in_a_state_that_the_services_could_have_left(load):
    load()

    answers = defaultdict(list)
    for answer in Response.objects.order_by("version"):
        answers[answer.arrival_id].append(answer)
    for arrival in Arrival.objects.select_related("letter", "entry"):
        was_open = arrival.is_open
        arrival.settle()
        assert was_open == arrival.is_open, arrival
        assert (arrival.entry is not None) == (arrival.state == ArrivalState.RECEIVED), arrival
        last = answers[arrival.pk][-1].state if answers[arrival.pk] else "none"
        assert arrival.response_state == last, arrival
        assert bool(arrival.refusal_reason) == (arrival.state == ArrivalState.REFUSED), arrival
        if arrival.received_at:
            assert arrival.arrived_at <= arrival.received_at <= db_now(), arrival
    states = set(Arrival.objects.values_list("state", "response_state"))
    assert {("waiting", "none"), ("received", "none"), ("received", "answered")} <= states


def test_every_sent_letter_has_its_document_and_three_lines(load):
    load()

    for letter in Letter.objects.filter(state=LetterState.SENT):
        assert len(files_of(letter, MAIN)) == 1, letter
        assert all([letter.line_new, letter.line_do, letter.line_by]), letter


@pytest.mark.parametrize(("schools", "letters"), [(1, 1), (3, 0), (140, 2)])
def test_any_size_can_be_asked_for(load, schools, letters):
    said = load(schools=schools, letters=letters)

    assert Unit.objects.filter(kind=UnitKind.SCHOOL).count() == schools
    assert Arrival.objects.count() == schools * letters
    assert f"{schools:,} schools" in said


def test_it_refuses_where_nobody_asked_for_a_demo(settings):
    settings.IS_DEMO = False

    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo", schools=1, letters=1)

    assert not Member.objects.exists()


def test_it_leaves_data_alone_that_are_there(load):
    MemberFactory()

    said = load()

    assert "not loaded again" in said
    assert Member.objects.count() == 1
