"""Failed sign-ins are counted in the database, by name and by network."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.urls import reverse

from members.domain import network_of
from members.models import SignInFailures
from members.services import (
    Actor,
    count_failure,
    forget_failures,
    is_refused,
    save_member,
)
from members.services.failures import MOST_OF_A_NAME, MOST_OF_A_NETWORK
from members.tests.factories import PASSWORD, HoldingFactory, MemberFactory
from portal.core.clock import db_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]

LOGIN = reverse("account_login")
HERE = "127.0.0.1"


@pytest.fixture
def suda():
    return HoldingFactory(member__username="suda.c", member__email="suda@example.org").member


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that were hashed, right or wrong, for a member or for nobody."""
    seen = []
    encode = MD5PasswordHasher.encode

    def note(hasher, password, salt):
        seen.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    return seen


def try_in(client, login, password="wrong-password", url=LOGIN, **headers):
    """Try once, after the cache has lost everything."""
    cache.clear()
    return client.post(url, {"login": login, "password": password}, **headers)


def errors(response):
    return list(response.context["form"].errors.values())


def storm(client, *, url=LOGIN, login="suda.c", forget=False):
    """Try 200 wrong passwords, each with another X-Forwarded-For."""
    for number in range(200):
        if forget:
            SignInFailures.objects.all().delete()
        try_in(
            client,
            login.format(number),
            f"wrong-{number}",
            url,
            headers={"x-forwarded-for": f"203.0.{number}.{number}"},
        )


def admin_door(client):
    """Return the address to which the back office sends who is not signed in."""
    return client.get(reverse("admin:login"))["Location"]


@pytest.mark.parametrize("door", [lambda client: LOGIN, admin_door], ids=["portal", "admin"])
@pytest.mark.parametrize(
    ("login", "tried"), [("suda.c", MOST_OF_A_NAME), ("name-{}", MOST_OF_A_NETWORK)]
)
def test_200_wrong_passwords_from_rotating_addresses_are_stopped(
    client, suda, hashed, door, login, tried
):
    storm(client, url=door(client), login=login)

    assert len(hashed) == tried
    assert "ลองหลายครั้งเกินไป" in str(errors(try_in(client, "suda.c", PASSWORD)))


def test_without_the_counter_they_would_not_be(client, suda, hashed):
    storm(client, forget=True)

    assert len(hashed) == 200


def test_behind_a_proxy_its_word_counts_and_not_what_the_sender_adds(
    client, suda, hashed, settings
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    for number in range(MOST_OF_A_NETWORK + 20):
        forwarded = f"203.0.113.{number}, 198.51.100.7"
        try_in(client, f"name-{number}", headers={"x-forwarded-for": forwarded})

    assert len(hashed) == MOST_OF_A_NETWORK
    other = try_in(client, "suda.c", PASSWORD, headers={"x-forwarded-for": "198.51.100.8"})
    assert other.status_code == 302


@pytest.mark.parametrize("login", ["suda.c", "nobody", "suda@example.org", "nobody@example.org"])
def test_known_and_unknown_names_answer_alike_and_cost_one_hash(client, suda, hashed, login):
    said = [errors(try_in(client, login)) for _ in range(MOST_OF_A_NAME)]
    work = len(hashed)
    refused = errors(try_in(client, login))

    assert work == MOST_OF_A_NAME
    assert len({str(one) for one in said}) == 1
    assert refused == [["ลองหลายครั้งเกินไป รอ 15 นาทีแล้วลองใหม่ หรือตั้งรหัสผ่านใหม่ทางอีเมล"]]
    assert len(hashed) == work


def test_a_name_is_the_same_in_any_case(client, suda, hashed):
    for name in ("suda.c", "SUDA.C", " Suda.c ") * 5:
        try_in(client, name)

    assert len(hashed) == MOST_OF_A_NAME


def test_the_right_password_clears_the_name_and_not_the_network(client, suda):
    for _ in range(MOST_OF_A_NAME - 1):
        try_in(client, "suda.c")
    try_in(client, "suda.c", PASSWORD)
    client.logout()
    for number in range(MOST_OF_A_NETWORK - MOST_OF_A_NAME + 1):
        try_in(client, f"name-{number}")

    assert not is_refused("suda.c", "198.51.100.7")
    assert is_refused("suda.c", HERE)


def test_a_quarter_of_an_hour_later_the_name_may_try_again(client, suda, clock):
    clock(2026, 11, 20, 9, 0)
    for _ in range(MOST_OF_A_NAME):
        try_in(client, "suda.c")
    refused = try_in(client, "suda.c", PASSWORD).status_code
    clock(2026, 11, 20, 9, 16)

    assert (refused, try_in(client, "suda.c", PASSWORD).status_code) == (200, 302)


@pytest.mark.engine
def test_a_window_that_ended_is_counted_from_one(clock):
    clock(2026, 11, 20, 9, 0)
    for _ in range(MOST_OF_A_NAME):
        count_failure("suda.c", HERE)
    clock(2026, 11, 20, 9, 16)

    count_failure("suda.c", HERE)

    assert {one.count for one in SignInFailures.objects.all()} == {1}
    assert all(one.ends_at > db_now() for one in SignInFailures.objects.all())


def test_who_was_given_a_new_password_may_use_it_at_once(client, suda):
    for _ in range(MOST_OF_A_NAME):
        try_in(client, "suda.c")

    save_member(suda, password="new-lotus-2570", by=Actor(member=MemberFactory(is_superuser=True)))

    assert try_in(client, "suda.c", "new-lotus-2570").status_code == 302


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("somewhere", "somewhere"),
    ],
)
def test_a_network_is_an_address_or_the_prefix_of_one(address, network):
    assert network_of(address) == network


def test_old_counters_are_forgotten(clock):
    morning = clock(2026, 11, 20, 9, 0)
    count_failure("suda.c", HERE)
    clock(2026, 11, 20, 9, 20)
    count_failure("other", "198.51.100.7")

    assert forget_failures() == 2
    assert forget_failures() == 0
    assert SignInFailures.objects.filter(ends_at__gt=morning + timedelta(minutes=20)).count() == 2


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_failures_at_once_are_all_counted(race):
    race(8, lambda number: count_failure("suda.c", HERE))

    assert [one.count for one in SignInFailures.objects.all()] == [8, 8]
