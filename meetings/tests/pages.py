"""What the tests of the pages of meetings have in common."""

from __future__ import annotations

import html
from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from portal.core.thaidates import short_date

NONSENSE = ("", "-1", "abc", "๑", "9" * 40, "0x10", "\x00")


def at(name, *args):
    return reverse(f"meetings:{name}", args=args)


def text_of(response):
    return html.unescape(response.content.decode())


def details(officer, **more):
    said = {
        "unit": officer.holding.post.unit_id,
        "title": "ประชุมกลุ่ม",
        "on": short_date(timezone.localdate() + timedelta(days=3)),
        "starts": "9.00",
        "ends": "12.00",
        "chair": officer.member.pk,
        "key": uuid4(),
    }
    return {**said, **more}
