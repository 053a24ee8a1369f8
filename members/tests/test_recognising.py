"""Who asks: the session, its member, their posts and their bell come by one question."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members.models import Member, Session
from members.services import forget_recognised, member_of_session, session_by_key
from members.tests.factories import HoldingFactory, MemberFactory
from portal.core.clock import today
from portal.notifications.models import UnreadCounter

pytestmark = pytest.mark.django_db

BELL = reverse("notifications:bell")


@pytest.fixture
def clerk():
    return HoldingFactory().member


def signed_in(member):
    client = Client()
    client.force_login(member)
    return client


def key_of(client):
    return client.cookies["session"].value


def name_on(client):
    """Return as whom the portal greets this browser."""
    return client.get(reverse("home")).context["request"].user


def test_whoever_holds_a_post_is_found_by_one_question(clerk):
    UnreadCounter.objects.create(member=clerk, n=3)
    client = signed_in(clerk)
    client.get(BELL)

    with CaptureQueriesContext(connection) as asked:
        shown = client.get(BELL).content.decode()

    assert len(asked) == 1, [query["sql"] for query in asked]
    assert "3" in shown


def test_two_people_at_one_process_are_never_taken_for_each_other(clerk):
    other = HoldingFactory().member
    without_post = MemberFactory()
    browsers = [(member, signed_in(member)) for member in (clerk, other, without_post)]

    seen = [(member, name_on(client)) for member, client in browsers * 2]

    assert all(member == found for member, found in seen)


def test_the_signed_data_says_who_it_is_not_the_column_beside_it(clerk):
    client, other = signed_in(clerk), HoldingFactory().member
    Session.objects.filter(session_key=key_of(client)).update(member=other)

    assert name_on(client) == clerk


def test_whom_a_session_brought_is_given_once_and_to_nobody_else(clerk):
    key = key_of(signed_in(clerk))

    session_by_key(key)
    somebody_else = member_of_session(MemberFactory().pk)
    session_by_key(key)
    brought = member_of_session(clerk.pk)
    Member.objects.filter(pk=clerk.pk).update(first_name="ใหม่")
    afterwards = member_of_session(clerk.pk)

    assert somebody_else != clerk
    assert (brought.pk, brought.first_name) == (clerk.pk, clerk.first_name)
    assert afterwards.first_name == "ใหม่"


def test_a_session_that_ended_brings_nobody(clerk):
    key = key_of(signed_in(clerk))
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert session_by_key(key) is None


@pytest.mark.parametrize("change", ["shut out", "post ended"])
def test_what_changed_counts_from_the_next_page_on(clerk, change):
    client = signed_in(clerk)
    before = name_on(client)

    if change == "shut out":
        Member.objects.filter(pk=clerk.pk).update(is_active=False)
    else:
        yesterday = today() - timedelta(days=1)
        clerk.holdings.update(from_on=yesterday, to_on=yesterday)
    page = client.get(BELL)

    assert len(before.holdings_kept) == 1
    if change == "shut out":
        assert page.status_code == 302
    else:
        assert name_on(client).holdings_kept == ()


def test_the_row_of_a_session_follows_signing_in_and_out(clerk):
    client = signed_in(clerk)
    key = key_of(client)
    during = Session.objects.get(session_key=key)
    client.post(reverse("account_logout"))

    assert during.member == clerk
    assert during.get_decoded()[SESSION_KEY] == str(clerk.pk)
    assert not Session.objects.filter(member=clerk).exists()


@pytest.fixture(autouse=True)
def nobody_before():
    forget_recognised()
