"""Passkeys with Chromium's virtual authenticator: added, signed in with, and asked for again."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect

from members.models import Role
from members.tests.factories import PASSWORD, HoldingFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PHONE_LOCK = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def registrar(settings):
    settings.SECOND_FACTOR_ROLES = frozenset({Role.CENTRAL_REGISTRAR})
    return HoldingFactory(role=Role.CENTRAL_REGISTRAR, member__username="registrar").member


def lock_of(page):
    """Give the browser a lock like a telephone's; return how to make it fail."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE_LOCK})

    def is_held_by(*, owner):
        given = {"authenticatorId": made["authenticatorId"], "isUserVerified": owner}
        devtools.send("WebAuthn.setUserVerified", given)

    return is_held_by


def test_a_passkey_is_added_and_signs_in_alone(phone, live_server, axe, registrar):
    is_held_by = lock_of(phone)
    phone.goto(live_server.url + reverse("account_login"))
    phone.fill("[name=login]", "registrar")
    phone.fill("[name=password]", PASSWORD)
    phone.get_by_role("button", name="ลงชื่อเข้าใช้").click()

    # Nothing goes before the second step is set up.
    expect(phone.get_by_text("ต้องยืนยันตัวตนสองขั้น")).to_be_visible()
    axe(phone)
    phone.goto(live_server.url + reverse("mfa_add_webauthn"))
    phone.fill("[name=password]", PASSWORD)  # asked again, as it is about the account
    phone.get_by_role("button", name="ยืนยัน").click()
    expect(phone.get_by_role("button", name="เพิ่มพาสคีย์")).to_be_visible()
    axe(phone)
    phone.fill("[name=name]", "โทรศัพท์ของฉัน")
    phone.check("[name=passwordless]")
    phone.get_by_role("button", name="เพิ่มพาสคีย์").click()
    expect(phone.get_by_role("heading", name="รหัสสำรอง")).to_be_visible()
    axe(phone)
    assert Authenticator.objects.filter(user=registrar, type="webauthn").count() == 1

    sign_out(phone, live_server)
    # The control: somebody else's finger opens nothing.
    is_held_by(owner=False)
    phone.get_by_role("button", name="พาสคีย์").click()
    expect(phone.get_by_text("ใช้พาสคีย์ไม่สำเร็จ")).to_be_visible()
    axe(phone)
    expect(phone).to_have_url(live_server.url + reverse("account_login"))
    is_held_by(owner=True)
    phone.reload()
    phone.get_by_role("button", name="พาสคีย์").click()
    expect(phone.get_by_role("heading", level=1)).not_to_have_text("ลงชื่อเข้าใช้")
    phone.goto(live_server.url + reverse("members:delegations"))
    expect(phone.get_by_role("heading", name="การทำงานแทน")).to_be_visible()


def sign_out(page, live_server):
    page.context.clear_cookies()
    page.goto(live_server.url + reverse("account_login"))
