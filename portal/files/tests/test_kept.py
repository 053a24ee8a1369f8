"""What a browser may keep of a file: asked for again each time, and of secret matters nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import Q

from members.models import Unit
from members.tests.factories import HoldingFactory, OfficeFactory, SchoolFactory
from portal.core import resources
from portal.core.clock import today
from portal.files.services import render_pages
from portal.files.tests import factories as made

pytestmark = pytest.mark.django_db


@pytest.fixture
def use():
    return made.file_on(SchoolFactory(office=OfficeFactory()))


@pytest.fixture
def holding(client, use):
    held = HoldingFactory(unit=Unit.objects.get(pk=use.owner_id))
    client.force_login(held.member)
    return held


def read(client, address):
    """Fetch an address to its last byte."""
    response = client.get(address)
    assert response.getvalue()
    return response


def test_who_lost_the_right_is_not_even_told_that_nothing_changed(client, holding, use):
    render_pages(use.stored)
    file, picture = read(client, use.url)["ETag"], read(client, use.page_url(1))["ETag"]

    holding.from_on, holding.to_on = today() - timedelta(days=9), today() - timedelta(days=1)
    holding.save(update_fields=["from_on", "to_on"])

    assert client.get(use.url, headers={"If-None-Match": file}).status_code == 404
    assert client.get(use.page_url(1), headers={"If-None-Match": picture}).status_code == 404


def test_no_browser_keeps_a_file_of_a_secret_matter(client, holding, use, monkeypatch):
    render_pages(use.stored)
    school = resources.resource_for("members.unit")
    monkeypatch.setitem(
        resources._resources, "members.unit", replace(school, secret=Q(pk=use.owner_id))
    )

    for response in (read(client, use.url), read(client, use.page_url(1))):
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
