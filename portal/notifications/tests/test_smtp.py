"""The house and a real mail server, on loopback."""

from __future__ import annotations

import pytest

from portal.core.clock import db_now
from portal.notifications.models import Delivery, DeliveryState, Digest
from portal.notifications.services import deliver
from portal.notifications.tests.factories import staffed_school, tell
from portal.notifications.tests.mailserver import closed_port

pytestmark = pytest.mark.django_db


def part(mail, kind):
    return mail.get_body((kind,)).get_content()


def test_the_digest_arrives_in_thai_as_text_and_as_html(letterbox, clock):
    clock(2026, 11, 19, 16, 0)
    school, people = staffed_school(1)
    tell(school, title="สำรวจความเสียหายของอาคารเรียนจากอุทกภัย")
    clock(2026, 11, 20, 7, 31)

    deliver()

    (mail,) = letterbox.mails
    delivery = Delivery.objects.get()
    link = f"http://127.0.0.1:8000{delivery.notification.get_absolute_url()}"
    assert mail["To"] == people[0].email
    assert mail["Subject"].strip() == f"{school.office.short_name}: 1 เรื่องรอท่าน"
    assert mail["Message-ID"] == f"<digest-{delivery.pk}@127.0.0.1>" == delivery.provider_ref
    assert mail["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        assert "สำรวจความเสียหายของอาคารเรียนจากอุทกภัย" in part(mail, kind)
        assert "เรื่องใหม่: ประชุมครั้งที่ 3" in part(mail, kind)
        assert "วันศุกร์ที่ 20 พฤศจิกายน 2569" in part(mail, kind)
        assert link in part(mail, kind)


def test_an_urgent_notice_arrives_alone(letterbox):
    school, _ = staffed_school(1)
    tell(school, urgent=True, title="หยุดเรียน\nพรุ่งนี้")

    deliver()

    (mail,) = letterbox.mails
    assert mail["Subject"].strip() == "หยุดเรียน พรุ่งนี้"
    assert mail["Message-ID"] == f"<delivery-{Delivery.objects.get().pk}@127.0.0.1>"
    assert school.label in part(mail, "plain")


def test_an_address_that_does_not_exist_fails_for_good_and_stops_nobody_else(letterbox):
    school, people = staffed_school(3)
    letterbox.refuse[people[1].email] = "550 no such user"
    tell(school, urgent=True)

    deliver()
    deliver()

    assert len(letterbox.mails) == 2
    failed = Delivery.objects.get(recipient=people[1])
    assert (failed.state, failed.error, failed.attempts) == (
        DeliveryState.FAILED,
        "SMTPRecipientsRefused",
        1,
    )


def test_a_digest_to_an_address_that_does_not_exist_is_not_tried_again(letterbox, clock):
    clock(2026, 11, 19, 16, 0)
    school, people = staffed_school(1)
    letterbox.refuse[people[0].email] = "550 no such user"
    tell(school)
    clock(2026, 11, 20, 7, 31)

    deliver()

    assert Delivery.objects.get().state == DeliveryState.FAILED
    assert Digest.objects.get().due_at is None


@pytest.mark.parametrize("urgent", [True, False])
def test_a_server_that_is_busy_is_asked_again_later(letterbox, clock, urgent):
    clock(2026, 11, 19, 16, 0)
    school, _ = staffed_school(1)
    tell(school, urgent=urgent)
    clock(2026, 11, 20, 7, 31)
    letterbox.answers = ["451 try again later"]

    deliver()
    deliver()
    assert letterbox.mails == []
    assert Delivery.objects.get().state == DeliveryState.PENDING

    clock(2026, 11, 20, 7, 32)
    deliver()
    assert len(letterbox.mails) == 1
    assert Delivery.objects.get().state == DeliveryState.SENT


@pytest.mark.parametrize("urgent", [True, False])
def test_a_server_that_is_down_costs_nobody_a_try(letterbox, settings, clock, urgent):
    clock(2026, 11, 19, 16, 0)
    school, _ = staffed_school(3)
    tell(school, urgent=urgent)
    clock(2026, 11, 20, 7, 31)
    settings.EMAIL_PORT = closed_port()

    deliver()

    rows = Delivery.objects.all() if urgent else Digest.objects.all()
    assert {row.attempts for row in rows} == {0}
    assert all(row.due_at > db_now() for row in rows)

    settings.EMAIL_PORT = letterbox.port
    clock(2026, 11, 20, 7, 33)
    deliver()
    assert len(letterbox.mails) == 3
