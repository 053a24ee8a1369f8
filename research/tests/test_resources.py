"""Who sees a survey, what waits for whom, what is told to whom, and what the search may find."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import Holding, Member
from portal.core.resources import in_unit, of_member
from portal.notifications.kinds import kind_of
from portal.notifications.models import Notification
from portal.outbox.models import OutboxMessage
from research.models import Intake, Population, Survey
from research.resources import survey_found, survey_readers, survey_scopes, survey_waits
from research.services.answering import send_answer
from research.services.ending import publish_summary, withdraw_summary
from research.services.intake import open_due_intakes, open_intake
from research.services.keys import key_path
from research.services.opening import close_survey, open_survey
from research.tests.factories import SurveyFactory, add_questions, open_with
from research.tests.test_answering import sheet_of
from research.tests.test_intake import send

pytestmark = pytest.mark.django_db


def surveys_of(world):
    """Surveys of the world's group in every state that matters."""
    officer = world.actor("officer")

    def make(**fields):
        survey = SurveyFactory(owner_unit=world.group, office=world.office, **fields)
        add_questions(survey)
        return survey

    draft = make()
    everybody = open_survey(make(), by=officer)
    teachers = open_survey(make(populations=[Population.TEACHERS]), by=officer)
    closed = close_survey(
        open_survey(make(populations=[Population.ADMINISTRATORS]), by=officer), by=officer
    )
    published = close_survey(
        open_survey(make(populations=[Population.STAFF]), by=officer), by=officer
    )
    Survey.objects.filter(pk=published.pk).update(published_at=timezone.now())
    return [draft, everybody, teachers, closed, Survey.objects.get(pk=published.pk)]


@pytest.mark.engine
def test_readers_are_exactly_those_to_whom_it_is_visible(world):
    surveys = surveys_of(world)
    Holding.objects.filter(member=world.members["teacher"]).update(to_on=timezone.localdate())
    gone = world.members["school-director"]
    Member.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()

    for survey in surveys:
        readers = set(survey_readers(survey))
        for member in world.members.values():
            seen = Survey.objects.visible_to(member).filter(pk=survey.pk).exists()
            assert (member in readers) == seen, (survey.pk, member.username)
    assert survey_readers(surveys[1]).exists()
    assert not Survey.objects.visible_to(None).exists()


def test_every_reader_has_a_scope_word(world):
    for survey in surveys_of(world):
        scopes = survey_scopes(survey)
        for member in survey_readers(survey):
            words = {of_member(member.pk)}
            for holding in member.holdings.current().select_related("post__unit"):
                unit = holding.post.unit
                words |= {in_unit(unit.pk), f"office:{unit.office_id}"}
            assert words & scopes, (survey.pk, member.username)


def test_the_search_keeps_title_and_questions_and_never_an_answer(world):
    survey = surveys_of(world)[1]

    found = survey_found(survey)

    assert found.title == survey.title
    assert "ได้รับหนังสือทันเวลา" in found.body
    assert found.url == reverse("research:survey", args=[survey.pk])


def test_what_waits_is_one_question_and_gone_once_sent(django_assert_num_queries):
    survey, _ = open_with(teachers=6)
    invitation = survey.invitations.select_related("survey", "member").first()

    with django_assert_num_queries(1):
        (waiting,) = survey_waits(invitation.member)
    send_answer(invitation, sheet=sheet_of(survey))

    assert waiting.subject == survey.title
    assert waiting.due_at == survey.closes_at
    assert waiting.url == reverse("research:answer-mine", args=[survey.pk])
    assert survey_waits(invitation.member) == []
    assert len(survey_waits(survey.invitations.last().member)) == 1


def test_nothing_waits_before_its_time_or_after():
    now = timezone.now()
    survey, owner = open_with(teachers=1, opens_at=now + timedelta(days=1))
    member = survey.invitations.get().member

    assert survey_waits(member) == []
    Survey.objects.filter(pk=survey.pk).update(opens_at=None)
    assert len(survey_waits(member)) == 1
    close_survey(survey, by=owner)
    assert survey_waits(member) == []


def message(topic, survey):
    return OutboxMessage.objects.get(topic=topic, subject_id=survey.pk)


def test_the_invitation_reaches_every_bell_with_one_link_for_all():
    survey, _ = open_with(teachers=3)

    call_command("run_worker", once=True)

    rows = Notification.objects.filter(notice__kind="research.survey_opened")
    assert set(rows.values_list("recipient", flat=True)) == set(
        survey.invitations.values_list("member", flat=True)
    )
    said = kind_of("research.survey_opened").text(message("research.survey_opened", survey))
    assert said.url == reverse("research:answer-mine", args=[survey.pk])
    assert "คำตอบไม่ผูกกับชื่อ" in said.lines


def test_a_reminder_goes_by_marks_alone_and_not_by_envelopes():
    survey, _ = open_with(teachers=12)
    send(survey, 10)
    kind = kind_of("research.survey_reminder")
    reminder = message("research.survey_reminder", survey)

    before = kind.recipients(reminder).count()
    open_due_intakes()
    after = kind.recipients(reminder).count()

    assert (before, after) == (12, 7)  # five opened; who waits in an envelope is not told apart
    assert "ส่งแล้วไม่ต้องทำอะไร" in kind.text(reminder).lines


def test_a_published_summary_is_told_once_to_those_who_were_asked_and_are_still_here():
    survey, owner = open_with(teachers=7)
    send(survey, 6)
    close_survey(survey, by=owner)
    open_intake(survey)
    gone = survey.invitations.select_related("member").first().member
    gone.holdings.update(to_on=timezone.localdate() - timedelta(days=1))

    publish_summary(survey, by=owner)
    withdraw_summary(survey, by=owner)
    publish_summary(survey, by=owner)
    call_command("run_worker", once=True)

    told = Notification.objects.filter(notice__kind="research.summary_published")
    asked = survey.invitations.exclude(member=gone).values_list("member", flat=True)
    assert sorted(told.values_list("recipient", flat=True)) == sorted(asked)
    reader = told.first().recipient
    client = Client()
    client.force_login(reader)
    kind = kind_of("research.summary_published")
    published = message("research.summary_published", survey)
    assert client.get(kind.text(published).url).status_code == 200
    withdraw_summary(survey, by=owner)
    assert not kind.is_still_true(published)


def test_a_survey_that_is_over_reminds_nobody():
    survey, owner = open_with(teachers=1)
    kind = kind_of("research.survey_reminder")

    assert kind.is_still_true(message("research.survey_reminder", survey))
    close_survey(survey, by=owner)
    assert not kind.is_still_true(message("research.survey_reminder", survey))


def test_a_missing_key_is_told_to_the_unit_and_seen_at_readyz():
    survey, owner = open_with(teachers=10)
    send(survey, 10)
    assert "survey-keys" not in Client().get("/readyz").json().get("degraded", [])
    key_path(survey.public_key).unlink()

    call_command("run_worker", once=True)
    call_command("run_worker", once=True)

    client = Client()
    client.force_login(owner.member)
    page = client.get(reverse("research:survey-results", args=[survey.pk]))
    assert "ไม่พบกุญแจของแบบสอบถามนี้" in page.content.decode()
    assert "survey-keys" in Client().get("/readyz").json()["degraded"]
    told = Notification.objects.filter(notice__kind="research.key_missing")
    assert list(told.values_list("recipient", flat=True)) == [owner.member.pk]
    assert Intake.objects.count() == 10


def test_the_worker_closes_on_time_and_opens_what_is_left(clock):
    survey, _ = open_with(teachers=6)
    send(survey, 6)
    after = survey.closes_at + timedelta(minutes=1)

    clock(*(after + timedelta(hours=8)).timetuple()[:5])
    call_command("run_worker", once=True)

    survey.refresh_from_db()
    assert survey.is_closed
    assert survey.answers.count() == 6
    assert not Intake.objects.exists()
