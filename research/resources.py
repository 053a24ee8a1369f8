"""What the house may find of surveys, and which of them wait for whom."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse

from members.models import OFFICE_ROLES, Member
from members.querysets import holds
from portal.core.clock import bangkok, db_now
from portal.core.resources import (
    Findable,
    Resource,
    Waiting,
    in_office,
    in_unit,
    of_member,
    register,
)
from research.models import Invitation, Survey
from research.querysets import OVERSEEING_ROLES

MAX_WAITING = 100
MAX_SCOPES = 200


def survey_waits(member: Member) -> Iterable[Waiting]:
    """Return the surveys that ask the member and have no answer of theirs yet, by their end."""
    now = db_now()
    rows = (
        Invitation.objects.unsent()
        .filter(Q(survey__opens_at__isnull=True) | Q(survey__opens_at__lte=now))
        .filter(member=member, survey__state="open", survey__closes_at__gt=now)
        .select_related("survey__owner_unit")
        .order_by("survey__closes_at", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.survey.title,
            url=reverse("research:answer-mine", args=[row.survey_id]),
            state="รอคำตอบของท่าน",
            due_at=row.survey.closes_at,
            unit=row.survey.owner_unit.label,
            deed="ตอบแบบสอบถาม",
        )
        for row in rows
    ]


def survey_readers(survey: Survey) -> QuerySet[Member]:
    """Return the members to whom this survey is visible."""
    readers = holds("holdings__", post__unit=survey.owner_unit_id, post__role__in=OFFICE_ROLES)
    if not survey.is_draft:
        readers |= holds(
            "holdings__", post__unit__office=survey.office_id, post__role__in=OVERSEEING_ROLES
        )
    if survey.published_at:
        readers |= holds("holdings__", post__unit__office=survey.office_id)
    asked = Invitation.objects.filter(survey=survey).values("member")
    return Member.objects.fitting(readers, Q(pk__in=asked))


def survey_found(survey: Survey) -> Findable:
    """Return what the search keeps: title, purpose and questions, never an answer."""
    words = [survey.purpose, survey.intro]
    for section in survey.sections.all():
        words += [section.title, *(question.text for question in section.questions.all())]
    since = survey.opened_at or survey.saved_at
    return Findable(
        title=survey.title,
        url=survey.get_absolute_url(),
        body="\n".join(word for word in words if word),
        on=bangkok(since).date(),
        place=f"{survey.owner_unit.label} · {survey.get_state_display()}",
    )


def with_questions(surveys: QuerySet[Survey]) -> QuerySet[Survey]:
    return surveys.select_related("owner_unit").prefetch_related("sections__questions")


def survey_scopes(survey: Survey) -> frozenset[str]:
    """Return who may find it: its unit, and once it is open the office and all who are asked."""
    scopes = {in_unit(survey.owner_unit_id)}
    if not survey.is_draft:
        scopes.add(in_office(survey.office_id))
        scopes |= {of_member(pk) for pk in _asked_without_post(survey)}
    return frozenset(scopes)


def _asked_without_post(survey: Survey) -> Iterable[int]:
    """Return who was asked and holds no post of the office any more: they still see the survey."""
    here = Member.objects.of_office(survey.office).values("pk")
    gone = survey.invitations.exclude(member__in=here).order_by("pk")
    return gone.values_list("member_id", flat=True)[:MAX_SCOPES]


register(
    Resource(
        model=Survey,
        label="แบบสอบถาม",
        icon="list-checks",
        visible_to=lambda member: Survey.objects.visible_to(member),
        readers=survey_readers,
        find=survey_found,
        with_parts=with_questions,
        scopes=survey_scopes,
        waiting=survey_waits,
    )
)
