"""Words that only some may read, laid into every room, and who may read each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from documents.models import LetterKind
from documents.services.routing import endorse_matter, propose_matter
from documents.tests.directions import circulated, sent
from documents.tests.factories import LetterFactory
from documents.tests.matter_factories import at_office, received, school_draft
from knowledge.models import Visibility
from knowledge.services.publishing import publish_article
from knowledge.services.talking import write_comment
from knowledge.tests.factories import ArticleFactory
from meetings.models import MeetingState
from meetings.services.calling import invite_people
from meetings.services.mapping import save_map
from meetings.services.noting import save_note
from meetings.tests.factories import (
    AgendaItemFactory,
    MeetingFactory,
    ResolutionFactory,
    TaskFactory,
    staff_of,
)
from members.models import Role
from members.tests.factories import GroupFactory, acting
from portal.announcements.tests.factories import AnnouncementFactory, published
from portal.core.actors import SYSTEM
from portal.core.resources import resources
from portal.files.domain.kinds import PDF
from portal.files.services import attach, store_bytes
from portal.files.tests.factories import pdf_bytes
from portal.search.services import reindex
from research.models import QuestionKind
from research.services.answering import send_answer
from research.services.opening import open_survey
from research.tests.factories import QuestionFactory, SurveyFactory, people
from tests.world import World

COMMON = "นกกาน้ำ"
"""Stands beside every canary, so that a search that asks for it alone would bring them all."""

SCHOOL = frozenset({"teacher", "school-clerk", "school-director"})
HEADS = frozenset({"director", "deputy"})


@dataclass(frozen=True)
class Canary:
    """A word, and the roles that may read it; each of them must find it somewhere."""

    word: str
    readers: frozenset[str]

    def __str__(self) -> str:
        return f"{COMMON} {self.word}"


DRAFT = Canary("qzdraft", SCHOOL)
GROUP_ONLY = Canary("qzgroup", frozenset({"officer"}))
GROUP_FILE = Canary("qzfile", frozenset({"officer"}))
COMMENT = Canary("qzcomment", frozenset({"officer"}))
NOTE = Canary("qznote", frozenset({"teacher"}))
MAP = Canary("qzmap", frozenset({"teacher"}))
AT_COUNTER = Canary(
    "qzcounter", frozenset({"registrar", "school-clerk", "school-director"}) | HEADS
)
SUBJECT = Canary("qzsubject", AT_COUNTER.readers | {"officer"})
PROPOSAL = Canary("qzproposal", HEADS | {"registrar", "officer"})
ORDER = Canary("qzorder", PROPOSAL.readers)
LETTER_DRAFT = Canary("qzletter", frozenset({"officer"}))
SCHOOL_LETTER = Canary("qzschool", frozenset({"school-clerk", "school-director"}))
BETWEEN_SCHOOLS = Canary("qzbetween", frozenset({"school-clerk", "school-director", "other-clerk"}))
SCHOOL_ORDER = Canary("qzowned", SCHOOL)
READ_THIS = Canary("qzreadthis", frozenset({"teacher"}))
MEMO = Canary("qzmemo", HEADS | {"registrar"})
PUBLISHED = Canary("qzpublished", MEMO.readers | {"officer"})
UNPUBLISHED = Canary("qzunsaid", frozenset({"officer"}))
SAID_ELSEWHERE = Canary("qzsaid", frozenset())
SURVEY_DRAFT = Canary("qzsurvey", frozenset({"officer"}))
SEALED = Canary("qzsealed", frozenset())
MEETING = Canary("qzmeeting", HEADS)
AGENDA = Canary("qzagenda", HEADS)
RESOLUTION = Canary("qzresolved", HEADS)
TASK = Canary("qztask", HEADS)

CANARIES = [one for one in list(globals().values()) if isinstance(one, Canary)]


def plant(world: World) -> None:
    """Every canary lies in its room, told and indexed like anything else there."""
    plant_articles(world)
    plant_meetings(world)
    plant_letters(world)
    plant_announcements(world)
    plant_surveys(world)
    for resource in resources():
        if resource.find:
            reindex(resource)


def plant_articles(world: World) -> None:
    ArticleFactory(
        owner_unit=world.school,
        author=world.members["teacher"],
        visibility=Visibility.PUBLIC,
        title=str(DRAFT),
        summary=str(DRAFT),
        body=f"<p>{DRAFT}</p>",
    )
    officer = world.actor("officer")
    staff_of(world.group, Role.GROUP_CLERK)  # a colleague, who is told
    inner = ArticleFactory(
        owner_unit=world.group,
        author=officer.member,
        visibility=Visibility.GROUP,
        title=str(GROUP_ONLY),
        summary=str(GROUP_ONLY),
        body=f"<p>{GROUP_ONLY}</p>",
    )
    stored = store_bytes(pdf_bytes(1), by=SYSTEM, media_type=PDF)
    attach(stored, inner, role="attachment", name=f"{GROUP_FILE.word}.pdf", by=SYSTEM)
    inner = publish_article(inner, by=officer)
    write_comment(inner, text=str(COMMENT), key=uuid4(), by=officer)


def plant_meetings(world: World) -> None:
    teacher = world.actor("teacher")
    own = MeetingFactory(
        unit=world.group,
        chair=world.members["officer"],
        people=[world.members["officer"], teacher.member],
    )
    save_note(own, version=0, changes={"heard": str(NOTE)}, by=teacher)
    tree = {"text": str(MAP), "children": []}
    save_map(own, tree=tree, version=0, mine=True, by=teacher)
    other = GroupFactory(office=world.office)
    chair, _ = staff_of(other), staff_of(other)
    start = timezone.now() + timedelta(days=6)
    strange = MeetingFactory(
        unit=other,
        chair=chair,
        title=str(MEETING),
        starts_at=start,
        rule={"groups": [other.pk]},
    )
    item = AgendaItemFactory(meeting=strange, title=str(AGENDA))
    invite_people(strange, by=acting(chair))
    strange.state = MeetingState.HELD
    strange.save(update_fields=["state"])
    resolution = ResolutionFactory(meeting=strange, item=item, text=str(RESOLUTION))
    TaskFactory(resolution=resolution, title=str(TASK))


def plant_letters(world: World) -> None:
    registrar, director = world.actor("registrar"), world.actor("director")
    at_office(world.school, subject=str(AT_COUNTER))
    matter = received(world.other_school, by=registrar, subject="ขอใช้สนาม")
    post = director.holding.post
    matter = propose_matter(matter, post=post, text=str(PROPOSAL), by=registrar)
    endorse_matter(matter, text=str(ORDER), main_unit=world.group, by=director)
    seen = received(world.school, by=registrar, subject=str(SUBJECT))
    seen = propose_matter(seen, post=post, text="มอบกลุ่ม", by=registrar)
    endorse_matter(seen, text="มอบ", main_unit=world.group, by=director)
    LetterFactory(owner_unit=world.group, subject=str(LETTER_DRAFT))
    school_draft(world.actor("school-clerk"), subject=str(SCHOOL_LETTER))
    plant_directions(world)


def plant_directions(world: World) -> None:
    """Between schools (late soon), in a school, between two groups, and published in the office."""
    clerk, registrar = world.actor("school-clerk"), world.actor("registrar")
    sent(
        clerk,
        to={"units": [world.other_school.pk]},
        subject=str(BETWEEN_SCHOOLS),
        response_kind="acknowledge",
        due_at=timezone.now() + timedelta(hours=2),
    )
    own = sent(clerk, kind=LetterKind.ORDER, subject=str(SCHOOL_ORDER))
    teacher = world.actor("teacher")
    circulated(own.arrivals.get(), teacher, by=clerk, note=str(READ_THIS))
    writing, reading = GroupFactory(office=world.office), GroupFactory(office=world.office)
    writer = acting(staff_of(writing, Role.OFFICER))
    sent(writer, kind=LetterKind.MEMO, to={"groups": [reading.pk]}, subject=str(MEMO))
    sent(registrar, kind=LetterKind.ORDER, subject=str(PUBLISHED))


def plant_announcements(world: World) -> None:
    officer = world.members["officer"]
    AnnouncementFactory(
        unit=world.group,
        author=officer,
        title=str(UNPUBLISHED),
        text=f"<p>{UNPUBLISHED}</p>",
        audience_rule={"units": [world.school.pk]},
    )
    other = GroupFactory(office=world.office)
    author = staff_of(other, Role.GROUP_HEAD)
    published(
        unit=other,
        author=author,
        persons=[staff_of(other)],
        title=str(SAID_ELSEWHERE),
        text=f"<p>{SAID_ELSEWHERE}</p>",
        needs_acknowledgement=True,
    )


def plant_surveys(world: World) -> None:
    officer = world.actor("officer")
    made = {"owner_unit": world.group, "author": officer.member}
    draft = SurveyFactory(**made, title=str(SURVEY_DRAFT), purpose=str(SURVEY_DRAFT))
    QuestionFactory(survey=draft)
    people(Role.TEACHER, world.school, 5)
    survey = SurveyFactory(**made, populations=["teachers"])
    question = QuestionFactory(survey=survey, kind=QuestionKind.TEXT, options={})
    survey = open_survey(survey, by=officer)
    invitation = survey.invitations.get(member=world.members["teacher"])
    send_answer(invitation, sheet={question.key: str(SEALED)})
