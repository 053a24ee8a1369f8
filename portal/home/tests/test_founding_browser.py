"""The first day on a phone: from the server's code to the page that says what is missing."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from members.models import Member, Unit
from portal.home.services import current_setup_code
from portal.home.tests.first_day import PASSWORD, said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = (
    *("short_name", "letter_code", "address", "phone", "username", "first_name", "last_name"),
    *("admin_email", "password", "password_again"),
)


def test_an_office_is_founded_on_a_phone(phone, live_server, axe):
    answers = said()
    phone.goto(live_server.url)
    axe(phone)
    phone.fill("[name=code]", current_setup_code()[0].lower())
    phone.keyboard.press("Enter")

    # What was typed stays when something is missing.
    phone.fill("[name=name]", answers["name"])
    phone.keyboard.press("Enter")
    expect(phone.locator("[data-errors]")).to_be_focused()
    axe(phone)
    expect(phone.locator("[name=name]")).to_have_value(answers["name"])

    for name in TYPED:
        phone.fill(f"[name={name}]", answers[name])
    phone.uncheck("[name=has_law]")
    phone.get_by_role("button", name="ตั้งสำนักงาน").click()
    phone.fill("[name=login]", "chief")
    phone.fill("[name=password]", PASSWORD)
    phone.keyboard.press("Enter")

    expect(phone.locator("h1")).to_have_text("ตั้งค่าสำนักงาน")
    axe(phone)
    assert Unit.objects.groups().count() == 9
    assert Member.objects.get().username == "chief"
    assert phone.request.get(live_server.url + reverse("setup")).url.endswith(
        reverse("office-setup")
    )
