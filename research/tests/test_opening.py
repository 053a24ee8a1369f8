"""A survey is begun, opened and closed."""

import stat
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from members.models import Role
from members.tests.factories import ActorFactory, HoldingFactory, SchoolFactory
from portal.audit.models import AuditEntry
from portal.core.errors import DomainError, InvalidTransition
from portal.outbox.models import OutboxMessage
from research.models import Invitation, Population, Promise, Survey, SurveyState
from research.services.keys import KeyNotWritten, has_key, key_path
from research.services.opening import close_survey, create_survey, missing_for_opening, open_survey
from research.services.tokens import hash_of, token_of
from research.tests.factories import (
    OpenSurveyFactory,
    SurveyFactory,
    add_questions,
    open_with,
    people,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return ActorFactory(role=Role.OFFICER)


def test_a_survey_begins_as_an_anonymous_draft_of_the_unit(officer):
    survey = create_survey(officer.holding.post.unit, title="ความต้องการพัฒนาตนเอง", by=officer)

    assert survey.state == SurveyState.DRAFT
    assert survey.is_anonymous
    assert survey.office == officer.holding.post.unit.office
    assert survey.populations == Population.values


def test_a_teacher_begins_no_survey():
    teacher = ActorFactory(role=Role.TEACHER)

    with pytest.raises(PermissionDenied):
        create_survey(teacher.holding.post.unit, title="ของครู", by=teacher)


def test_opening_invites_each_person_once_in_the_first_population_that_fits(officer):
    group = officer.holding.post.unit
    school = SchoolFactory(office=group.office)
    teacher, director = (
        people(Role.TEACHER, school, 1)[0],
        people(Role.SCHOOL_DIRECTOR, school, 1)[0],
    )
    HoldingFactory(role=Role.TEACHER, unit=school, member=director)
    people(Role.TEACHER, SchoolFactory(), 1)  # of another office
    survey = SurveyFactory(owner_unit=group)
    add_questions(survey)

    survey = open_survey(survey, by=officer)

    asked = dict(survey.invitations.values_list("member", "population"))
    assert asked == {
        teacher.pk: "teachers",
        director.pk: "administrators",
        officer.member.pk: "staff",
    }
    assert survey.invited == 3
    survey.snapshot.refresh_from_db()
    assert survey.snapshot.recipients == sorted(
        [[unit, None] for unit in (group.office_id, group.pk, school.pk)]
    )


def test_opening_gives_the_promise_and_keeps_the_key_outside_the_database(officer, settings):
    survey, _ = open_with(teachers=1)

    path = key_path(survey.public_key)
    assert survey.promise == Promise.ANONYMOUS
    assert has_key(survey)
    assert path.parent == settings.SURVEY_KEYS_DIR
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_place_for_the_key_the_survey_stays_a_draft(officer, settings, tmp_path):
    survey = SurveyFactory(owner_unit=officer.holding.post.unit, populations=[Population.STAFF])
    add_questions(survey)
    (tmp_path / "file").touch()
    settings.SURVEY_KEYS_DIR = tmp_path / "file"

    with pytest.raises(KeyNotWritten, match="ยังเป็นร่าง"):
        open_survey(survey, by=officer)

    survey.refresh_from_db()
    assert survey.is_draft


def test_a_survey_by_name_has_no_key():
    survey, _ = open_with(teachers=1, is_anonymous=False)

    assert survey.public_key == ""
    assert survey.promise == Promise.NONE


def test_the_token_is_nowhere_in_the_database_and_can_be_derived():
    survey, _ = open_with(teachers=2)

    tokens = [token_of(one) for one in Invitation.objects.select_related("survey")]
    assert len(set(tokens)) == 2
    assert {hash_of(token) for token in tokens} == set(
        survey.invitations.values_list("token_hash", flat=True)
    )
    stored = str(list(Invitation.objects.values()) + list(OutboxMessage.objects.values()))
    assert not any(token in stored for token in tokens)


def test_a_token_outlives_a_change_of_the_secret(settings):
    open_with(teachers=1)
    invitation = Invitation.objects.select_related("survey").get()
    token = token_of(invitation)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-of-fifty-letters-and-more-than-that-even"

    assert token_of(invitation) == token
    settings.SECRET_KEY_FALLBACKS = []
    assert token_of(invitation) is None


def test_opening_is_written_down_and_announced_reminded_and_ended_in_time():
    survey, owner = open_with(teachers=1)

    assert AuditEntry.objects.filter(action="survey.opened", member=owner.member).count() == 1
    due = dict(
        OutboxMessage.objects.filter(topic__startswith="research.").values_list("topic", "due_at")
    )
    assert due.keys() == {
        "research.survey_opened",
        "research.survey_reminder",
        "research.close_survey",
    }
    assert due["research.close_survey"] == survey.closes_at
    assert due["research.survey_reminder"] < survey.closes_at


def test_an_incomplete_survey_says_what_it_lacks(officer):
    survey = SurveyFactory(owner_unit=officer.holding.post.unit, closes_at=None, populations=[])

    lacks = missing_for_opening(survey)

    assert lacks == [
        "เลือกกลุ่มผู้ตอบอย่างน้อย 1 กลุ่ม",
        "เพิ่มคำถามอย่างน้อย 1 ข้อ",
        "กำหนดวันปิดรับคำตอบ",
    ]
    with pytest.raises(DomainError):
        open_survey(survey, by=officer)
    assert not Invitation.objects.exists()


def test_a_survey_that_would_ask_nobody_is_not_opened(officer):
    survey = SurveyFactory(owner_unit=officer.holding.post.unit, populations=[Population.STAFF])
    add_questions(survey)
    officer.holding.post.role = Role.OFFICER
    Survey.objects.filter(pk=survey.pk).update(populations=[Population.TEACHERS])
    SchoolFactory(office=survey.office)
    survey.refresh_from_db()

    with pytest.raises(DomainError, match="ไม่มีผู้ตอบ"):
        open_survey(survey, by=officer)


def test_a_survey_is_opened_once():
    survey, owner = open_with(teachers=1)

    with pytest.raises(InvalidTransition):
        open_survey(survey, by=owner)


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_opened_by_two_at_once_it_is_opened_once(race):
    officer = ActorFactory(role=Role.OFFICER)
    survey = SurveyFactory(owner_unit=officer.holding.post.unit, populations=[Population.STAFF])
    add_questions(survey)

    results = race(4, lambda n: open_survey(survey, by=officer))

    assert sum(isinstance(result, Survey) for result in results) == 1
    assert sum(isinstance(result, InvalidTransition) for result in results) == 3
    assert survey.invitations.count() == 1
    survey.refresh_from_db()
    assert has_key(survey)


def test_another_unit_does_not_open_it(officer):
    survey = SurveyFactory()
    add_questions(survey)

    with pytest.raises(PermissionDenied):
        open_survey(survey, by=officer)


def test_closing_is_written_down_once_and_wakes_the_opening_of_the_intake():
    survey, owner = open_with(teachers=1)

    survey = close_survey(survey, by=owner)
    close_survey(survey, by=owner)

    assert survey.state == SurveyState.CLOSED
    assert AuditEntry.objects.filter(action="survey.closed").count() == 1
    assert OutboxMessage.objects.filter(topic="research.open_intake").count() == 1


@pytest.mark.engine
def test_the_database_lets_nobody_take_the_promise_back():
    survey = OpenSurveyFactory()

    for change in ({"promise": Promise.NONE}, {"is_anonymous": False}, {"public_key": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Survey.objects.filter(pk=survey.pk).update(**change)
    survey.refresh_from_db()
    assert survey.promise == Promise.ANONYMOUS


def test_taking_answers_is_a_matter_of_state_and_time():
    now = timezone.now()
    survey = OpenSurveyFactory(opens_at=now, closes_at=now + timedelta(days=1))

    assert survey.takes_answers(now)
    assert not survey.takes_answers(now - timedelta(seconds=1))
    assert not survey.takes_answers(now + timedelta(days=1))
    survey.state = SurveyState.CLOSED
    assert not survey.takes_answers(now)
