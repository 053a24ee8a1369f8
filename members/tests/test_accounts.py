"""Signing in: by name or address, with limits, and with a line in the history."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.urls import reverse

from members.models import Member, Role, Session
from members.tests.factories import PASSWORD, HoldingFactory, MemberFactory
from portal.audit.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def suda():
    return HoldingFactory(
        role=Role.SCHOOL_CLERK, member__username="suda.c", member__email="suda@example.org"
    ).member


def sign_in(client, login, password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": login, "password": password} | more)


def who(client):
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize(
    "login", ["suda.c", "SUDA.C", " suda.c ", "suda@example.org", "Suda@Example.ORG"]
)
def test_one_signs_in_by_name_or_address_in_any_case(client, suda, login):
    response = sign_in(client, login)

    assert (response.status_code, response["Location"]) == (302, reverse("home"))
    assert who(client) == str(suda.pk)


def test_a_sign_in_is_a_line_of_the_history_and_a_failure_is_not(client, suda):
    sign_in(client, "suda.c", "wrong-password")
    assert not AuditEntry.objects.exists()

    sign_in(client, "suda.c")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.member, entry.subject_id) == ("auth.signed_in", suda, suda.pk)


@pytest.mark.parametrize("login", ["suda.c", "nobody", "nobody@example.org"])
def test_a_failure_does_not_tell_whether_the_name_exists(client, suda, login):
    response = sign_in(client, login, "wrong-password")

    assert who(client) is None
    assert list(response.context["form"].errors.values()) == [
        ["ชื่อผู้ใช้หรือรหัสผ่านไม่ตรงกัน ตรวจแล้วลองใหม่ รหัสผ่านแยกตัวพิมพ์เล็กใหญ่"]
    ]


def test_after_too_many_failures_even_the_right_password_waits(client, suda):
    for _ in range(5):
        sign_in(client, "suda.c", "wrong-password")

    response = sign_in(client, "suda.c")

    assert who(client) is None
    assert "ลองหลายครั้งเกินไป" in str(response.context["form"].errors)


def test_the_limit_of_one_name_does_not_lock_another(client, suda):
    other = MemberFactory()
    for _ in range(5):
        sign_in(client, "suda.c", "wrong-password")

    sign_in(client, other.username)

    assert who(client) == str(other.pk)


def test_somebody_who_left_does_not_get_in(client, suda):
    Member.objects.filter(pk=suda.pk).update(is_active=False)

    sign_in(client, "suda.c")

    assert who(client) is None


@pytest.mark.parametrize("more", [{}, {"remember": "on"}])
def test_no_machine_remembers_longer_than_the_working_day(client, suda, more):
    sign_in(client, "suda.c", **more)

    twelve_hours = 12 * 60 * 60
    assert twelve_hours - 60 < client.cookies["session"]["max-age"] <= twelve_hours


@pytest.mark.engine
def test_a_session_ends_with_the_working_day_however_much_it_is_used(client, suda, clock):
    clock(2026, 11, 20, 8, 0)
    sign_in(client, "suda.c")

    clock(2026, 11, 20, 14, 0)
    client.post(reverse("members:choose-post"), {"holding": suda.holdings.get().pk})  # is kept
    session = Session.objects.get(member=suda)
    clock(2026, 11, 20, 19, 59)
    before = client.get(reverse("documents:inbox")).status_code
    clock(2026, 11, 20, 20, 1)
    after = client.get(reverse("documents:inbox"))

    assert (before, after.status_code) == (200, 302)
    assert after["Location"].startswith(reverse("account_login"))
    assert session.expire_date == session.began_at + timedelta(hours=12)


def test_who_signs_in_anew_has_a_whole_day(client, suda, clock):
    clock(2026, 11, 20, 8, 0)
    sign_in(client, "suda.c")
    client.post(reverse("account_logout"))
    evening = clock(2026, 11, 20, 19, 0)

    sign_in(client, "suda.c")

    session = Session.objects.get(member=suda)
    assert session.began_at - evening < timedelta(minutes=1)
    assert session.expire_date == session.began_at + timedelta(hours=12)


def test_nobody_asks_for_a_longer_session_than_a_day(client, suda):
    client.force_login(suda)
    session = client.session
    session.set_expiry(timedelta(days=14))
    session.save()

    kept = Session.objects.get(member=suda)
    assert kept.expire_date == kept.began_at + timedelta(hours=12)
    assert client.session.get_expiry_age() <= timedelta(hours=12).total_seconds()


def test_a_visitor_has_no_working_day(client):
    session = client.session
    session["seen"] = True
    session.save()

    assert Session.objects.get().began_at is None


def test_the_form_speaks_the_words_of_the_office(client):
    form = client.get(reverse("account_login")).context["form"]

    assert [field.label for field in form] == [
        "ชื่อผู้ใช้หรืออีเมล",
        "รหัสผ่าน",
    ]


def test_nobody_signs_up_alone(client):
    response = client.post(
        reverse("account_signup"),
        {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "email": "n@e.org"},
    )

    assert not Member.objects.exists()
    assert response.status_code == 200


def test_an_address_shared_by_two_finds_whoever_has_the_password(client, suda):
    other = MemberFactory(email=suda.email)
    other.set_password("another-lotus-2569")
    other.save(update_fields=["password"])

    sign_in(client, suda.email, "another-lotus-2569")

    assert who(client) == str(other.pk)


def test_an_old_address_of_somebody_else_opens_nothing(client, suda):
    EmailAddress.objects.filter(user=suda).delete()

    sign_in(client, "old@example.org")

    assert who(client) is None


def test_the_command_makes_an_owner_whose_name_is_in_small_letters(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command(
        "createsuperuser",
        username="Admin",
        first_name="ผู้ดูแล",
        last_name="ระบบ",
        interactive=False,
        verbosity=0,
    )

    owner = Member.objects.get()
    assert owner.username == "admin"
    assert Member.objects.get_by_natural_key("ADMIN") == owner


def test_a_new_password_of_ones_own_is_a_line_of_the_history(client, suda):
    sign_in(client, "suda.c")

    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "new-lotus-2570", "password2": "new-lotus-2570"},
    )

    suda.refresh_from_db()
    assert suda.check_password("new-lotus-2570")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.member, entry.data) == ("auth.password_set", suda, {})


def test_a_forgotten_password_is_set_anew_through_the_address(client, suda, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": "SUDA@example.org"})
    link = re.search(r"https?://[^/]+(/\S+)", mailoutbox[0].body)[1]
    page = client.get(link, follow=True)

    client.post(
        page.redirect_chain[-1][0], {"password1": "new-lotus-2570", "password2": "new-lotus-2570"}
    )

    suda.refresh_from_db()
    assert suda.check_password("new-lotus-2570")
    assert AuditEntry.objects.latest("pk").action == "auth.password_set"


def test_signing_out_ends_the_session(client, suda):
    sign_in(client, "suda.c")

    client.post(reverse("account_logout"))

    assert who(client) is None
    assert not Session.objects.filter(session_data__contains="_auth_user_id").exists()
