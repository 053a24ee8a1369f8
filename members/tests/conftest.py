"""An office with its administrator, an area with its officer, and files of schools."""

from __future__ import annotations

import gzip

import pytest
from django.core.cache import cache

from members.models import Role
from members.tests.factories import (
    HEAD,
    ClusterFactory,
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    OfficeFactory,
    SchoolFactory,
)


@pytest.fixture
def fresh_limits():
    """What allauth counts in the cache begins anew."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def administrator(office):
    """The administrator of the office, who is not the owner of the installation."""
    holding = HoldingFactory(
        role=Role.ADMINISTRATOR, unit=office, member__is_staff=True, member__office=office
    )
    return holding.member


@pytest.fixture
def back_office(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def area():
    """An office with schools in two districts and a cluster, and one in another office."""
    office = OfficeFactory()
    district = DistrictFactory(office=office, name="อำเภอกงหรา")
    cluster = ClusterFactory(office=office, name="เครือข่ายริมทะเลสาบ")
    SchoolFactory(office=office, name="โรงเรียนบ้านนา", district=district, pupils=50)
    SchoolFactory(office=office, name="โรงเรียนวัดทุ่ง", cluster=cluster, pupils=900)
    SchoolFactory(name="โรงเรียนของเขา", pupils=50)
    return office


@pytest.fixture
def officer(client, area):
    """An officer of the office, signed in."""
    group = GroupFactory(office=area, name="กลุ่มนโยบายและแผน")
    member = HoldingFactory(role=Role.OFFICER, unit=group).member
    client.force_login(member)
    return member


@pytest.fixture
def picker_page(settings, tmp_path):
    """The template of `test_picker.address_page`; no page of the portal needs it."""
    folder = tmp_path / "members/tests"
    folder.mkdir(parents=True)
    (folder / "address_page.html").write_text(
        '{% extends "base.html" %}{% block content %}'
        '<form method="post">{% csrf_token %}'
        '{% include "components/error_summary.html" with form=audience only %}'
        '{% include "members/audience_picker.html" %}'
        '<button class="btn btn-primary" type="submit">ใช้ผู้รับนี้</button></form>'
        "{% endblock %}",
        encoding="utf-8",
    )
    settings.TEMPLATES = [
        engine | {"DIRS": [*engine["DIRS"], tmp_path]} for engine in settings.TEMPLATES
    ]


@pytest.fixture
def file(tmp_path):
    """Write the lines of a list of schools into a file, packed when its name says so."""

    def write(*lines, head=HEAD, encoding="utf-8", name="schools.csv"):
        path = tmp_path / name
        data = "\r\n".join([head, *lines]).encode(encoding)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write
