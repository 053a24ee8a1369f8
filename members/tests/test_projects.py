"""Projects with dated stays: kept, audited, and a description of recipients."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.urls import reverse

from members.forms import AudienceForm
from members.models import Project, ProjectStay, Role, Unit
from members.services import (
    describe_audience,
    join_project,
    leave_project,
    resolve_audience,
    save_project,
)
from members.tests.factories import (
    ActorFactory,
    OfficeFactory,
    ProjectFactory,
    ProjectStayFactory,
    SchoolFactory,
    admin_url,
)
from portal.audit.models import AuditEntry
from portal.core.clock import today
from portal.core.errors import DomainError

pytestmark = pytest.mark.django_db

TOMORROW = timedelta(days=1)


@pytest.fixture
def actor(office):
    return ActorFactory(role=Role.ADMINISTRATOR, unit=office)


@pytest.fixture
def project(office):
    return ProjectFactory(office=office, name="โครงการ อพ.สธ.")


@pytest.fixture
def school(office):
    return SchoolFactory(office=office, name="โรงเรียนบ้านนา")


def history():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "data"))


def joined(project, school, actor, from_on=date(2026, 5, 1), to_on=None):
    stay = ProjectStay(project=project, unit=school, from_on=from_on, to_on=to_on)
    return join_project(stay, by=actor)


def meant(project):
    found = resolve_audience({"projects": [project.pk]}, office=project.office)
    return {unit for unit, _ in found}


# Keeping --------------------------------------------------------------------------------------


def test_a_project_a_stay_and_its_end_are_a_line_each(office, school, actor):
    project = save_project(Project(office=office, name="โครงการ อพ.สธ."), by=actor)
    stay = joined(project, school, actor)

    leave_project(stay, on=today(), by=actor)

    stay.refresh_from_db()
    assert stay.to_on == today()
    assert history() == [
        ("project.added", {"office": office.pk, "name": "โครงการ อพ.สธ."}),
        (
            "project_stay.added",
            {"project": project.pk, "unit": school.pk, "from_on": "2026-05-01"},
        ),
        ("project_stay.ended", {"to_on": [None, today().isoformat()]}),
    ]


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        ((date(2026, 5, 1), None), (date(2027, 5, 1), None), True),
        ((date(2026, 5, 1), date(2026, 6, 1)), (date(2026, 6, 1), None), True),
        ((date(2026, 5, 1), date(2026, 6, 1)), (date(2026, 6, 2), None), False),
    ],
)
def test_a_unit_is_never_twice_in_a_project_on_one_day(
    project, school, actor, first, second, is_refused
):
    joined(project, school, actor, *first)

    if is_refused:
        with pytest.raises(DomainError, match="อยู่แล้วในช่วงเวลาเดียวกัน"):
            joined(project, school, actor, *second)
    else:
        joined(project, school, actor, *second)


def test_what_contradicts_itself_is_refused(office, project, school, actor):
    with pytest.raises(DomainError, match="ต้องไม่ก่อนวันที่เริ่ม"):
        joined(project, school, actor, date(2026, 5, 1), date(2026, 4, 1))
    with pytest.raises(DomainError, match="ในสำนักงานของโครงการ"):
        joined(project, SchoolFactory(), actor)
    with pytest.raises(DomainError, match="ต้องไม่ก่อนวันเริ่ม"):
        save_project(
            Project(office=office, name="ก", opened_on=today(), closed_on=date(2020, 1, 1)),
            by=actor,
        )
    with pytest.raises(DomainError, match="ชื่อนี้แล้ว"):
        save_project(Project(office=office, name=project.name), by=actor)


def test_nobody_leaves_twice_nor_before_they_came(project, actor):
    over = ProjectStayFactory(project=project, to_on=date(2021, 1, 1))
    lasting = ProjectStayFactory(project=project)

    with pytest.raises(DomainError, match="ไปแล้ว"):
        leave_project(over, on=today(), by=actor)
    with pytest.raises(DomainError, match="ต้องไม่ก่อนวันที่เริ่ม"):
        leave_project(lasting, on=date(2019, 1, 1), by=actor)


def test_another_offices_project_is_not_ones_business(actor):
    theirs = ProjectStayFactory()

    with pytest.raises(PermissionDenied):
        save_project(theirs.project, changes=["name"], by=actor)
    with pytest.raises(PermissionDenied):
        joined(theirs.project, SchoolFactory(office=theirs.project.office), actor)
    with pytest.raises(PermissionDenied):
        leave_project(theirs, on=today(), by=actor)


# Whom it is for -------------------------------------------------------------------------------


def test_schools_are_meant_while_they_are_in_it(project):
    here = ProjectStayFactory(project=project, to_on=today()).unit
    ProjectStayFactory(project=project, from_on=today() + TOMORROW)
    ProjectStayFactory(project=project, to_on=today() - TOMORROW)
    SchoolFactory(office=project.office)

    assert meant(project) == {here.pk}


def test_of_a_project_that_is_closed_nobody_is_meant(project):
    ProjectStayFactory(project=project)
    Project.objects.update(closed_on=today())

    assert meant(project) == set()


def test_a_project_of_another_office_names_nobody(project):
    ProjectStayFactory(project=project)
    rule = {"projects": [project.pk]}

    assert resolve_audience(rule, office=OfficeFactory()) == []


def test_size_and_project_are_both_asked(project):
    small = ProjectStayFactory(project=project).unit
    large = SchoolFactory(office=project.office, pupils=900)
    ProjectStayFactory(project=project, unit=large)
    rule = {"projects": [project.pk], "sizes": ["large"]}

    assert small.pupils == 100
    assert resolve_audience(rule, office=project.office) == [(large.pk, None)]
    assert describe_audience(rule, project.office) == "โรงเรียนขนาดใหญ่ ที่ร่วมโครงการ อพ.สธ."


def test_the_picker_offers_projects_with_how_many_schools_are_in_them(project):
    ProjectStayFactory(project=project)
    ProjectStayFactory(project=project, to_on=date(2021, 1, 1))
    ProjectFactory(office=project.office, closed_on=today())
    ProjectFactory()

    form = AudienceForm(QueryDict(f"to-projects={project.pk}"), office=project.office)

    [facet] = [facet for facet in form.facets if facet.name == "projects"]
    assert [(option.label, option.count, option.is_chosen) for option in facet.options] == [
        ("โครงการ อพ.สธ.", 1, True)
    ]
    assert form.is_valid()
    assert form.rule == {"projects": [project.pk]}


def test_a_project_of_another_office_cannot_be_ticked(project):
    theirs = ProjectFactory()

    form = AudienceForm(QueryDict(f"to-projects={theirs.pk}"), office=project.office)

    assert not form.is_valid()


# Pages ----------------------------------------------------------------------------------------


def test_the_page_of_a_school_names_its_projects_of_today(project, school, back_office):
    ProjectStayFactory(project=project, unit=school)
    over = ProjectFactory(office=project.office, name="โครงการที่จบแล้ว")
    ProjectStayFactory(project=over, unit=school, to_on=date(2021, 1, 1))

    page = back_office.get(reverse("members:unit", args=[school.pk])).content.decode()

    assert "โครงการ อพ.สธ." in page
    assert "โครงการที่จบแล้ว" not in page


def test_the_list_of_units_is_filtered_by_project(project, school, back_office):
    ProjectStayFactory(project=project, unit=school)
    theirs = ProjectFactory(name="โครงการของเขา")
    url = admin_url(Unit, "changelist")

    response = back_office.get(url, {"project": project.pk})
    odd = back_office.get(url, {"project": "x"})

    assert list(response.context["cl"].queryset) == [school]
    assert theirs.name not in response.content.decode()
    assert odd.status_code in {200, 302}


def test_several_leave_at_once(project, back_office):
    stays = [ProjectStayFactory(project=project) for _ in range(2)]
    over = ProjectStayFactory(project=project, to_on=date(2021, 1, 1))

    response = back_office.post(
        admin_url(ProjectStay, "changelist"),
        {"action": "end_today", "_selected_action": [stay.pk for stay in [*stays, over]]},
        follow=True,
    )

    assert list(ProjectStay.objects.filter(to_on=today())) == stays
    assert "ออกจากโครงการนี้ไปแล้ว" in response.content.decode()
