"""Two people at one form, for everything that can be edited: 409, both texts, and nothing is lost.

A form that is new to the house belongs into FORMS. The control sends what a page without its
fingerprint would send: the second one then overwrites the first without a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from documents.models import LetterState
from documents.tests.factories import LetterFactory
from knowledge.tests.factories import ArticleFactory
from meetings.models import MeetingState
from meetings.tests.factories import (
    AgendaItemFactory,
    MeetingFactory,
    ResolutionFactory,
    SeriesFactory,
)
from members.models import Member
from portal.announcements.models import Announcement
from portal.core.clock import db_now
from research.tests.factories import QuestionFactory, SectionFactory, SurveyFactory
from tests.world import World

pytestmark = pytest.mark.django_db

THEIRS, MINE = "ข้อความของคนแรก", "ข้อความของคนที่สอง"
SEEN = ("seen", "version")


class FormReader(HTMLParser):
    """Reads one form of a page as a browser would send it, with its first button."""

    def __init__(self, action: str, address: str) -> None:
        super().__init__()
        self.wanted, self.address = action, address
        self.fields: list[tuple[str, str]] = []
        self.is_inside = self.is_pressed = False
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        name = given.get("name", "")
        if tag == "form":
            self.is_inside = (
                given.get("method") == "post"
                and (given.get("action") or self.address) == self.wanted
            )
        elif not self.is_inside or (not name and tag != "option"):
            return
        elif tag == "textarea":
            self.textarea = name
            self.fields.append((name, ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.fields.append((self.select, given.get("value") or ""))
        elif tag == "button" and not self.is_pressed:
            self.is_pressed = True
            self.fields.append((name, given.get("value") or ""))
        elif tag == "input":
            self._take(given)

    def _take(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"file", "submit"} or (kind in {"radio", "checkbox"} and "checked" not in given):
            return
        self.fields.append((given["name"], given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        if self.textarea:
            name, text = self.fields[-1]
            self.fields[-1] = (name, text + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "textarea" and self.textarea:
            name, text = self.fields[-1]
            self.fields[-1], self.textarea = (name, text.removeprefix("\n")), ""
        elif tag == "select":
            self.select = ""


def form_on(page: str, action: str, address: str) -> dict[str, list[str]]:
    reader = FormReader(action, address)
    reader.feed(page)
    found: dict[str, list[str]] = {}
    for name, value in reader.fields:
        found.setdefault(name, []).append(value)
    assert found, f"no form to {action}"
    return found


@dataclass(frozen=True)
class Editable:
    """A thing with a form: who edits it, where, and the field of it in which both write."""

    row: Model
    editor: Member
    page: str
    action: str
    field: str


def at(row: Model, editor: Member, view: str, field: str, action: str = "") -> Editable:
    page = reverse(view, args=[row.pk])
    return Editable(row, editor, page, reverse(action, args=[row.pk]) if action else page, field)


def a_meeting(world: World) -> Editable:
    row = MeetingFactory(unit=world.group, chair=world.members["officer"])
    return at(row, row.chair, "meetings:edit", "title")


def a_series(world: World) -> Editable:
    row = SeriesFactory(unit=world.group, chair=world.members["officer"])
    return at(row, row.chair, "meetings:series-edit", "title")


def an_item(world: World) -> Editable:
    meeting = MeetingFactory(unit=world.group, chair=world.members["officer"])
    row = AgendaItemFactory(meeting=meeting)
    return at(row, meeting.chair, "meetings:item", "title")


def a_resolution(world: World) -> Editable:
    meeting = MeetingFactory(
        unit=world.group, chair=world.members["officer"], state=MeetingState.HELD
    )
    row = ResolutionFactory(meeting=meeting)
    return at(row, meeting.chair, "meetings:resolution", "text", "meetings:resolution-change")


def a_survey(world: World) -> Editable:
    row = SurveyFactory(owner_unit=world.group, author=world.members["officer"])
    return at(row, row.author, "research:survey-head", "title")


def a_section(world: World) -> Editable:
    row = SectionFactory(survey=SurveyFactory(owner_unit=world.group))
    return at(row, world.members["officer"], "research:section-edit", "title")


def a_question(world: World) -> Editable:
    row = QuestionFactory(survey=SurveyFactory(owner_unit=world.group))
    return at(row, world.members["officer"], "research:question-edit", "text")


def an_announcement(world: World) -> Editable:
    officer = world.members["officer"]
    row = Announcement.objects.create(
        unit=world.group, author=officer, title="ร่าง", text="<p>ครบ</p>", saved_at=db_now()
    )
    return at(row, officer, "announcements:edit", "title")


def a_letter(world: World) -> Editable:
    row = LetterFactory(
        owner_unit=world.group, drafter=world.members["officer"], state=LetterState.DRAFT
    )
    return at(row, row.drafter, "documents:letter-edit", "subject")


def an_article(world: World) -> Editable:
    row = ArticleFactory(owner_unit=world.group, author=world.members["officer"])
    return at(row, row.author, "knowledge:article-edit", "title")


FORMS: list[Callable[[World], Editable]] = [
    a_meeting,
    a_series,
    an_item,
    a_resolution,
    a_survey,
    a_section,
    a_question,
    an_announcement,
    a_letter,
    an_article,
]


def text_of(thing: Editable) -> str:
    thing.row.refresh_from_db()
    return str(getattr(thing.row, thing.field))


def windows(thing: Editable) -> tuple[Client, dict[str, list[str]]]:
    client = Client()
    client.force_login(thing.editor)
    page = client.get(thing.page)
    assert page.status_code == 200
    return client, form_on(page.content.decode(), thing.action, thing.page)


@pytest.mark.parametrize("make", FORMS)
def test_the_second_one_sees_both_texts_and_decides(world, make):
    thing = make(world)
    client, form = windows(thing)

    first = client.post(thing.action, form | {thing.field: [THEIRS]})
    second = client.post(thing.action, form | {thing.field: [MINE]})
    after_both = text_of(thing)
    shown = second.content.decode()
    again = form_on(shown, thing.action, thing.action)
    third = client.post(thing.action, again)

    assert first.status_code == 302
    assert second.status_code == 409
    assert after_both == THEIRS
    assert THEIRS in shown
    assert MINE in shown
    assert third.status_code == 302
    assert text_of(thing) == MINE


@pytest.mark.parametrize("make", FORMS)
def test_a_form_that_came_back_for_a_slip_still_knows_what_was_seen(world, make):
    thing = make(world)
    client, form = windows(thing)
    client.post(thing.action, form | {thing.field: [THEIRS]})

    slipped = client.post(thing.action, form | {thing.field: ["ย" * 5_000]})
    if slipped.status_code == 422:
        form = form_on(slipped.content.decode(), thing.action, thing.action)
    second = client.post(thing.action, form | {thing.field: [MINE]})

    assert slipped.status_code in {409, 422}
    assert second.status_code == 409
    assert text_of(thing) == THEIRS


@pytest.mark.parametrize(
    "make", [a_meeting, a_series, an_item, a_resolution, a_section, a_question]
)
def test_control_without_the_fingerprint_the_first_text_is_lost(world, make):
    thing = make(world)
    client, form = windows(thing)
    blind = {name: values for name, values in form.items() if name not in SEEN}

    client.post(thing.action, blind | {thing.field: [THEIRS]})
    second = client.post(thing.action, blind | {thing.field: [MINE]})

    assert second.status_code == 302
    assert text_of(thing) == MINE


@pytest.mark.parametrize("make", FORMS)
def test_the_same_person_twice_with_the_same_words_is_no_quarrel(world, make):
    thing = make(world)
    client, form = windows(thing)
    client.post(thing.action, form | {thing.field: [THEIRS]})
    fresh = form_on(client.get(thing.page).content.decode(), thing.action, thing.page)

    assert client.post(thing.action, fresh).status_code == 302


# Recipients ---------------------------------------------------------------------------------------


PICKERS = [
    (a_letter, "documents:letter-audience"),
    (an_announcement, "announcements:audience"),
    (a_survey, "research:survey-schools"),
]


@pytest.fixture(params=PICKERS, ids=lambda picker: picker[1])
def picker(request, world):
    """A draft, its page of recipients as its editor has it open, and what that page sends."""
    make, view = request.param
    thing = make(world)
    url = reverse(view, args=[thing.row.pk])
    client, form = windows(replace(thing, page=url, action=url))
    return thing.row, client, url, {name: form[name] for name in form if name in SEEN}


def chosen(row: Model) -> list[int]:
    row.refresh_from_db()
    return row.audience_rule.get("units", [])


def test_recipients_that_somebody_else_chose_are_shown_before_others_take_their_place(
    world, picker
):
    row, client, url, seen = picker

    first = client.post(url, seen | {"to-units": [world.school.pk]})
    looked = client.post(url, seen | {"to-units": [world.other_school.pk], "to-look": "count"})
    kept = form_on(looked.content.decode(), url, url)["seen"]
    second = client.post(url, {"seen": kept, "to-units": [world.other_school.pk]})
    after_both = chosen(row)
    shown = second.content.decode()
    again = form_on(shown, url, url)
    third = client.post(url, {"seen": again["seen"], "to-units": [world.other_school.pk]})

    assert (first.status_code, second.status_code) == (302, 409)
    assert after_both == [world.school.pk]
    assert "อีกคนเขียนไว้อย่างนี้" in shown
    assert world.school.label in shown
    assert str(world.other_school.pk) in again["to-units"]
    assert third.status_code == 302
    assert chosen(row) == [world.other_school.pk]


def test_control_without_the_fingerprint_the_first_recipients_are_lost(world, picker):
    row, client, url, _ = picker

    client.post(url, {"to-units": [world.school.pk]})
    second = client.post(url, {"to-units": [world.other_school.pk]})

    assert second.status_code == 302
    assert chosen(row) == [world.other_school.pk]
