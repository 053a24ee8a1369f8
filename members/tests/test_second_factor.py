"""Great rights need a second step: an app or a passkey."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from members.models import Role
from members.services import has_second_factor, needs_second_factor
from members.tests.factories import HoldingFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted(settings):
    settings.SECOND_FACTOR_ROLES = frozenset({"central_registrar", "director"})


def factor(member, kind=Authenticator.Type.TOTP):
    return Authenticator.objects.create(user=member, type=kind, data={"secret": "x"})


@pytest.fixture
def registrar():
    return HoldingFactory(role=Role.CENTRAL_REGISTRAR).member


def test_a_registrar_without_one_is_led_to_where_it_is_set_up(client, wanted, registrar):
    client.force_login(registrar)

    page = client.get(reverse("home"))
    assert page.status_code == 302
    assert page.url == reverse("mfa_index")
    shown = client.get(page.url)
    assert shown.status_code == 200
    assert "ต้องยืนยันตัวตนสองขั้น" in shown.content.decode()
    assert client.get(reverse("help")).status_code == 200
    assert client.post(reverse("members:choose-post")).status_code == 302


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_with_one_the_work_goes_on(client, wanted, registrar, kind):
    factor(registrar, kind)
    client.force_login(registrar)

    assert client.get(reverse("home")).status_code == 200


def test_recovery_codes_alone_are_none(wanted, registrar):
    factor(registrar, Authenticator.Type.RECOVERY_CODES)

    assert needs_second_factor(registrar)
    assert not has_second_factor(registrar)


def test_others_are_not_asked_and_the_owner_is(client, wanted):
    clerk = HoldingFactory(role=Role.SCHOOL_CLERK).member
    owner = MemberFactory(is_superuser=True)

    assert not needs_second_factor(clerk)
    assert needs_second_factor(owner)
    client.force_login(clerk)
    assert client.get(reverse("home")).status_code == 200


def test_without_the_setting_nobody_is_asked(client, settings, registrar):
    settings.SECOND_FACTOR_ROLES = frozenset()
    client.force_login(registrar)

    assert client.get(reverse("home")).status_code == 200


def test_once_found_it_costs_no_question(
    client, wanted, registrar, django_assert_num_queries, django_assert_max_num_queries
):
    factor(registrar)
    client.force_login(registrar)
    client.get(reverse("members:delegations"))

    with django_assert_max_num_queries(4) as asked:
        client.get(reverse("members:delegations"))
    assert not any("mfa_authenticator" in question["sql"] for question in asked.captured_queries)
