"""The back office of one office ends at its walls."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from members.models import Audience, Holding, Member, Post, Project, ProjectStay, Role, Unit
from members.tests.factories import (
    KEPT,
    DistrictFactory,
    HoldingFactory,
    OfficeFactory,
    SchoolFactory,
    admin_url,
)
from portal.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", list(KEPT))
def test_a_second_office_sees_nothing_of_the_first(model, office, back_office):
    mine, theirs = KEPT[model](office), KEPT[model](OfficeFactory())

    listed = set(back_office.get(admin_url(model, "changelist")).context["cl"].queryset)
    own_page = back_office.get(admin_url(model, "change", mine.pk))
    other_page = back_office.get(admin_url(model, "change", theirs.pk))
    other_post = back_office.post(admin_url(model, "change", theirs.pk), {"name": "เปลี่ยน"})

    assert mine in listed
    assert theirs not in listed
    assert own_page.status_code == 200
    assert other_page.status_code == other_post.status_code == 302
    assert not AuditEntry.objects.filter(subject_type__startswith="members.").exists()


@pytest.mark.parametrize(
    ("model", "field", "make"),
    [
        (Unit, "district", lambda office: DistrictFactory(office=office)),
        (Unit, "parent", lambda office: office),
        (Post, "unit", KEPT[Unit]),
        (Holding, "post", KEPT[Post]),
        (Holding, "member", KEPT[Member]),
        (Audience, "owner_unit", KEPT[Unit]),
        (Member, "office", lambda office: office),
        (ProjectStay, "project", KEPT[Project]),
        (ProjectStay, "unit", KEPT[Unit]),
    ],
)
def test_no_choice_reaches_into_another_office(model, field, make, office, back_office):
    mine, theirs = make(office), make(OfficeFactory())

    response = back_office.get(
        reverse("admin:autocomplete"),
        {"app_label": "members", "model_name": model._meta.model_name, "field_name": field},
    )
    offered = {int(row["id"]) for row in response.json()["results"]}

    assert mine.pk in offered
    assert theirs.pk not in offered
    form = back_office.get(admin_url(model, "add")).context["adminform"].form
    assert theirs not in form.fields[field].queryset


def test_filters_name_no_district_of_another_office(office, back_office):
    SchoolFactory(office=office, district=DistrictFactory(office=office, name="อำเภอของเรา"))
    SchoolFactory(district=DistrictFactory(name="อำเภอของเขา"))

    page = back_office.get(admin_url(Unit, "changelist")).content.decode()

    assert "อำเภอของเรา" in page
    assert "อำเภอของเขา" not in page


@pytest.mark.parametrize(
    ("role", "is_staff"),
    [(Role.ADMINISTRATOR, False), (Role.DIRECTOR, True), (Role.TEACHER, True)],
)
@pytest.mark.parametrize("page", ["changelist", "add"])
def test_neither_the_role_nor_the_switch_opens_the_back_office_alone(client, role, is_staff, page):
    client.force_login(HoldingFactory(role=role, member__is_staff=is_staff).member)

    answers = {client.get(admin_url(model, page), follow=True).status_code for model in KEPT}

    assert answers == {403}


def test_the_role_that_ended_opens_nothing(client, office):
    member = HoldingFactory(
        role=Role.ADMINISTRATOR, unit=office, member__is_staff=True, to_on=date(2026, 9, 30)
    ).member
    client.force_login(member)

    assert client.get(admin_url(Unit, "changelist")).status_code == 403


def test_the_way_in_is_the_portals_own_sign_in(client):
    response = client.get(reverse("admin:index"))

    assert response.status_code == 302
    assert (
        client.get(response["Location"], follow=True)
        .redirect_chain[-1][0]
        .startswith(reverse("account_login"))
    )
