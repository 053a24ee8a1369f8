"""A unit is renamed from a day on, and what is older keeps the name of its day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from members.models import Role, Unit, UnitName
from members.resources import find_unit
from members.services import rename_unit
from members.tests.factories import ActorFactory, SchoolFactory, admin_url
from portal.audit.models import AuditEntry
from portal.core.clock import today
from portal.core.errors import DomainError
from portal.core.templatetags.portal import nbsp
from portal.core.thaidates import short_date

pytestmark = pytest.mark.django_db

SINCE = date(2026, 5, 1)


@pytest.fixture
def actor(office):
    return ActorFactory(role=Role.ADMINISTRATOR, unit=office)


@pytest.fixture
def school(office):
    return SchoolFactory(office=office, name="โรงเรียนบ้านนา", short_name="บ้านนา")


def renamed(school, actor, name="โรงเรียนบ้านนาใหม่", short_name="", on=SINCE):
    return rename_unit(school, name=name, short_name=short_name, on=on, by=actor)


def test_it_has_the_old_name_until_the_day_before(school, actor):
    unit = renamed(school, actor)

    assert unit.name_on(SINCE) == unit.name_on(None) == "โรงเรียนบ้านนาใหม่"
    assert unit.name_on(SINCE - timedelta(days=1)) == "โรงเรียนบ้านนา"
    assert (unit.label_on(date(2001, 1, 1)), unit.label_on(SINCE)) == ("บ้านนา", "บ้านนาใหม่")
    earlier = UnitName.objects.get()
    assert (earlier.from_on, earlier.to_on) == (None, date(2026, 4, 30))
    entry = AuditEntry.objects.get()
    assert entry.action == "unit.renamed"
    assert entry.data == {
        "on": "2026-05-01",
        "name": ["โรงเรียนบ้านนา", "โรงเรียนบ้านนาใหม่"],
        "short_name": ["บ้านนา", ""],
    }


def test_twice_renamed_it_has_three_names_each_in_its_time(school, actor):
    unit = renamed(renamed(school, actor), actor, "โรงเรียนสาธิต", on=date(2026, 9, 1))

    days = [date(2026, 4, 1), date(2026, 5, 1), date(2026, 8, 31), date(2026, 9, 1)]
    assert [unit.label_on(day) for day in days] == ["บ้านนา", "บ้านนาใหม่", "บ้านนาใหม่", "สาธิต"]
    assert [earlier.from_on for earlier in unit.names_before()] == [SINCE, None]


def test_on_the_same_day_a_name_is_only_put_right(school, actor):
    unit = renamed(renamed(school, actor, "โรงเรียนบ้านหน้า"), actor)

    assert (unit.name, [earlier.name for earlier in unit.names_before()]) == (
        "โรงเรียนบ้านนาใหม่",
        ["โรงเรียนบ้านนา"],
    )


def test_a_name_taken_back_at_once_is_no_earlier_name(school, actor):
    unit = renamed(renamed(school, actor, "โรงเรียนอื่น"), actor, "โรงเรียนบ้านนา", "บ้านนา")

    assert unit.names_before() == []
    assert unit.name_on(date(2001, 1, 1)) == "โรงเรียนบ้านนา"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"on": today() + timedelta(days=1)}, "ต้องไม่หลังวันนี้"),
        ({"on": date(2026, 3, 31)}, "ต้องไม่ก่อนวันที่เริ่มใช้ชื่อปัจจุบัน"),
        ({"name": " โรงเรียนบ้านนา ", "short_name": "บ้านนา"}, "เหมือนชื่อปัจจุบัน"),
        ({"name": ""}, "ไม่"),
        ({"name": "ก" * 201}, "201"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(school, actor, changes, complaint):
    Unit.objects.filter(pk=school.pk).update(renamed_on=date(2026, 4, 1))

    with pytest.raises(DomainError, match=complaint):
        renamed(school, actor, **changes)

    school.refresh_from_db()
    assert (school.name, school.renamed_on) == ("โรงเรียนบ้านนา", date(2026, 4, 1))
    assert not UnitName.objects.exists()


def test_only_its_own_office_renames_it(actor):
    with pytest.raises(PermissionDenied):
        renamed(SchoolFactory(), actor)


def test_who_was_never_renamed_asks_nothing(school, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert school.name_on(date(2001, 1, 1)) == "โรงเรียนบ้านนา"
        assert school.names_before() == []


def test_it_is_found_by_its_earlier_names(school, actor):
    found = find_unit(renamed(school, actor))

    assert (found.title, "โรงเรียนบ้านนา บ้านนา" in found.body) == ("โรงเรียนบ้านนาใหม่", True)


# Pages ----------------------------------------------------------------------------------------


def test_the_administrator_renames_it_and_its_page_says_so(school, back_office):
    url = reverse("members:unit-rename", args=[school.pk])
    page = {"name": "โรงเรียนบ้านนาใหม่", "short_name": "", "on": "1 พ.ค. 2569"}

    response = back_office.post(url, page, follow=True)

    assert "ชื่อเดิม" in response.content.decode()
    assert f"ถึง {nbsp(short_date(date(2026, 4, 30)))}" in response.content.decode()
    assert url in response.content.decode()


def test_a_wrong_day_is_said_at_the_form(school, back_office):
    url = reverse("members:unit-rename", args=[school.pk])

    response = back_office.post(url, {"name": "ใหม่", "on": short_date(today() + timedelta(days=1))})

    assert response.status_code == 422
    assert "ต้องไม่หลังวันนี้" in response.content.decode()


def test_the_second_of_two_sees_the_name_of_the_first(school, actor, back_office):
    url = reverse("members:unit-rename", args=[school.pk])
    seen = back_office.get(url).context["seen"]
    renamed(school, actor, "โรงเรียนของคนแรก")

    response = back_office.post(url, {"name": "โรงเรียนของฉัน", "on": "1 พ.ค. 2569", "seen": seen})

    assert response.status_code == 409
    assert "โรงเรียนของคนแรก" in response.content.decode()
    assert "โรงเรียนของฉัน" in response.content.decode()


def test_in_the_back_office_the_name_only_leads_to_that_page(school, back_office):
    url = admin_url(Unit, "change", school.pk)

    page = back_office.get(url)

    assert "name" not in page.context["adminform"].form.fields
    assert reverse("members:unit-rename", args=[school.pk]) in page.content.decode()
    assert "name" in back_office.get(admin_url(Unit, "add")).context["adminform"].form.fields
