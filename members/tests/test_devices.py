"""Where a member is signed in, and how that ends."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.domain import browser_words
from members.models import Member, Session
from members.services import Actor, device_name, end_device, save_member
from members.tests.factories import PASSWORD, HoldingFactory, MemberFactory
from portal.audit.models import AuditEntry
from portal.core.errors import DomainError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]

DEVICES = reverse("members:devices")
ANDROID = "Mozilla/5.0 (Linux; Android 14; K) Chrome/130.0.0.0 Mobile Safari/537.36"


@pytest.fixture
def suda():
    return HoldingFactory(member__username="suda.c").member


@pytest.fixture
def browser(suda):
    """Sign the member in, in one more browser."""

    def sign_in(agent=ANDROID):
        client = Client(headers={"user-agent": agent})
        client.post(reverse("account_login"), {"login": "suda.c", "password": PASSWORD})
        return client

    return sign_in


def key_of(client):
    return client.cookies["session"].value


def is_in(client):
    return client.get(reverse("notifications:bell")).status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (ANDROID, "Chrome บน Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1", "Safari บน iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge บน Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Line/14.1.0/IAB", "LINE บน Android"),
        (
            "Mozilla/5.0 (Windows NT 10.0; rv:131.0) Firefox/131.0",
            "Firefox บน Windows",
        ),
        ("curl/8.5.0", "เครื่องที่ไม่รู้จัก"),
        ("Mozilla/5.0 (Windows NT 6.1)", "เบราว์เซอร์ บน Windows"),
        ("", "เครื่องที่ไม่รู้จัก"),
    ],
)
def test_a_browser_is_named_in_plain_words(agent, words):
    assert browser_words(agent) == words


def test_the_page_lists_ones_own_browsers_and_nobody_elses(browser):
    here, _ = browser(), browser("Mozilla/5.0 (Windows NT 10.0) Firefox/131.0")
    Client().force_login(MemberFactory())

    page = here.get(DEVICES)

    found = page.context["devices"]
    assert [(one.words, one.is_current) for one in found] == [
        ("Chrome บน Android", True),
        ("Firefox บน Windows", False),
    ]
    assert all(one.began_at and one.last_seen_at for one in found)


def test_no_page_tells_the_key_of_a_session(browser):
    here, there = browser(), browser()

    text = here.get(DEVICES).content.decode()

    assert device_name(key_of(there)) in text
    assert not [key for key in (key_of(here), key_of(there)) if key in text]


@pytest.mark.parametrize("count", [1, 3])
def test_a_long_list_asks_no_more_than_a_short_one(browser, count, django_assert_max_num_queries):
    here = browser()
    for _ in range(count):
        browser()
    here.get(DEVICES)

    with django_assert_max_num_queries(3):
        here.get(DEVICES)


def test_one_browser_is_signed_out_from_another(suda, browser):
    here, there, third = browser(), browser(), browser()

    response = here.post(reverse("members:device-end", args=[device_name(key_of(there))]))

    assert response["Location"] == DEVICES
    assert [is_in(client) for client in (here, there, third)] == [True, False, True]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.member) == ("auth.session_ended", suda)
    assert entry.data == {"device": "Chrome บน Android"}


def test_somebody_elses_session_cannot_be_ended(suda, browser):
    there, other = browser(), MemberFactory()

    with pytest.raises(DomainError):
        end_device(other, device_name(key_of(there)), by=Actor(member=other))

    assert is_in(there)


def test_everywhere_but_here(suda, browser):
    here, there, third = browser(), browser(), browser()

    here.post(reverse("members:devices-end-others"))

    assert [is_in(client) for client in (here, there, third)] == [True, False, False]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.data["count"]) == ("auth.sessions_ended", 2)


def test_a_new_password_ends_what_was_open_elsewhere(suda, browser):
    here, there = browser(), browser()

    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "new-lotus-2570", "password2": "new-lotus-2570"},
    )

    assert not Session.objects.filter(session_key=key_of(there)).exists()
    assert not is_in(there)


@pytest.mark.parametrize("change", ["shut out", "new password"])
def test_what_the_administrator_changes_ends_every_session_at_once(suda, browser, change):
    there = browser()
    owner = MemberFactory(is_superuser=True)
    suda = Member.objects.get(pk=suda.pk)
    suda.is_active = change != "shut out"
    password = "new-lotus-2570" if change == "new password" else None

    save_member(suda, changes=["is_active"], password=password, by=Actor(member=owner))

    assert not Session.objects.filter(member=suda).exists()
    assert not is_in(there)
    assert AuditEntry.objects.latest("pk").data == {"count": 1, "why": change}


def test_another_change_ends_no_session(suda, browser):
    there = browser()
    suda.first_name = "สุดา"

    save_member(suda, changes=["first_name"], by=Actor(member=MemberFactory(is_superuser=True)))

    assert is_in(there)


def written(client, url):
    """Return the statements with which a page notes that the session was used."""
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return [query["sql"] for query in asked if query["sql"].startswith('UPDATE "members_session"')]


@pytest.mark.engine
def test_the_last_use_is_written_at_most_once_a_minute(suda, browser, clock):
    clock(2026, 11, 20, 9, 0)
    here = browser()
    at_once = written(here, DEVICES)
    later = clock(2026, 11, 20, 9, 5)
    first, second = written(here, DEVICES), written(here, DEVICES)

    assert (len(at_once), len(first), len(second)) == (0, 1, 0)
    assert Session.objects.get(member=suda).last_seen_at >= later


def test_what_a_page_asks_by_itself_is_no_use(suda, browser, clock):
    clock(2026, 11, 20, 9, 0)
    here = browser()
    clock(2026, 11, 20, 9, 5)

    assert written(here, reverse("notifications:bell")) == []


def test_a_page_comes_when_its_use_cannot_be_noted(browser, clock):
    clock(2026, 11, 20, 9, 0)
    here = browser()
    clock(2026, 11, 20, 9, 5)

    def refuse(execute, sql, params, many, context):
        if sql.startswith('UPDATE "members_session"'):
            raise DatabaseError("locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        assert here.get(DEVICES).status_code == 200


def test_the_use_of_a_session_that_was_ended_brings_it_not_back(suda, browser, clock):
    clock(2026, 11, 20, 9, 0)
    here, there = browser(), browser()
    here.post(reverse("members:devices-end-others"))
    clock(2026, 11, 20, 9, 5)

    there.get(DEVICES)

    assert not Session.objects.filter(session_key=key_of(there)).exists()
    assert Session.objects.filter(member=suda).count() == 1
