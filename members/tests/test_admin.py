"""The back office: every change in the history, every office to itself."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Audience, Holding, Holiday, Member, Role, Unit, UnitKind
from members.tests.factories import (
    EDITS,
    KEPT,
    PASSWORD,
    HoldingFactory,
    HolidayFactory,
    MemberFactory,
    OfficeFactory,
    PostFactory,
    SchoolFactory,
    admin_url,
)
from portal.audit.models import AuditEntry
from portal.core.clock import today
from portal.core.thaidates import short_date

pytestmark = pytest.mark.django_db


def filled(response):
    """What the browser would send back from a change form, untouched."""
    form = response.context["adminform"].form
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    management = [formset.management_form for formset in formsets]
    rows = [row for formset in formsets for row in formset.forms]
    values = {
        part.add_prefix(name): part[name].value()
        for part in [form, *management, *rows]
        for name in part.fields
    }
    return {
        name: sent(value)
        for name, value in values.items()
        if value is not None and value is not False
    }


def sent(value):
    if value is True:
        return "on"
    return value.isoformat() if isinstance(value, date) else value


def members_entries():
    return AuditEntry.objects.filter(subject_type__startswith="members.")


@pytest.mark.parametrize("model", list(KEPT))
def test_each_form_saved_is_one_line_of_the_history(model, office, administrator, back_office):
    thing = KEPT[model](office)
    url = admin_url(model, "change", thing.pk)
    data = filled(back_office.get(url)) | EDITS[model]

    response = back_office.post(url, data)

    assert response.status_code == 302, response.context["errors"]
    entry = members_entries().get()
    assert entry.subject_type == model._meta.label_lower
    assert entry.action.endswith(".changed")
    assert list(entry.data) == list(EDITS[model])
    assert entry.capacity == f"ผู้ดูแลระบบ {office.label}"
    assert entry.member == administrator


@pytest.mark.parametrize("model", list(KEPT))
def test_the_second_one_sees_what_was_saved_meanwhile_and_decides(model, office, back_office):
    thing = KEPT[model](office)
    url = admin_url(model, "change", thing.pk)
    opened = back_office.get(url)
    page = filled(opened) | {"seen": opened.context["adminform"].form.seen}
    [(name, mine)] = EDITS[model].items()
    theirs = "1 ต.ค. 2571" if name == "to_on" else f"{mine} ของคนแรก"

    first = back_office.post(url, page | {name: theirs})
    second = back_office.post(url, page | {name: mine})
    kept = getattr(model.objects.get(pk=thing.pk), name)
    shown = second.content.decode()
    third = back_office.post(url, page | {name: mine, "seen": opened_again(second)})

    assert (first.status_code, second.status_code, third.status_code) == (302, 409, 302)
    assert theirs in (str(kept), short_date(kept) if name == "to_on" else "")
    assert "อีกคนเขียนไว้อย่างนี้" in shown
    assert theirs in shown
    assert f'value="{mine}"' in shown
    assert members_entries().count() == 2


def opened_again(response):
    """Return the fingerprint of the page as it came back."""
    seen = response.context["adminform"].form.seen
    assert f'name="seen" value="{seen}"' in response.content.decode()
    return seen


def test_control_without_the_fingerprint_the_first_words_are_lost(office, back_office):
    unit = SchoolFactory(office=office, phone="0 7400 0000", email="before@example.org")
    url = admin_url(Unit, "change", unit.pk)
    page = filled(back_office.get(url))

    back_office.post(url, page | {"phone": "0 7411 1111"})
    second = back_office.post(url, page | {"email": "mine@example.org"})

    assert second.status_code == 302
    unit.refresh_from_db()
    assert (unit.phone, unit.email) == ("0 7400 0000", "mine@example.org")


@pytest.mark.parametrize("model", list(KEPT))
def test_a_form_saved_untouched_says_nothing(model, office, back_office):
    thing = KEPT[model](office)
    url = admin_url(model, "change", thing.pk)

    response = back_office.post(url, filled(back_office.get(url)))

    assert response.status_code == 302, response.context["errors"]
    assert not members_entries().exists()


def test_only_our_tables_stand_in_the_back_office():
    assert {model for model in admin.site._registry if model._meta.app_label == "members"} == set(
        KEPT
    )
    assert {model._meta.label for model in set(admin.site._registry) - set(KEPT)} <= {
        "knowledge.Category"
    }


@pytest.mark.parametrize("model", sorted(set(KEPT) - {Holiday, Audience}, key=str))
def test_what_has_a_history_is_closed_by_a_date_and_never_deleted(model, office, client):
    client.force_login(MemberFactory(is_staff=True, is_superuser=True))
    thing = KEPT[model](office)

    assert client.get(admin_url(model, "delete", thing.pk)).status_code == 403
    assert "delete_selected" not in client.get(admin_url(model, "changelist")).content.decode()
    assert model.objects.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("model", [Holiday, Audience])
def test_holidays_and_saved_groups_may_go_and_leave_a_line(model, office, back_office):
    thing, other = KEPT[model](office), KEPT[model](OfficeFactory())

    back_office.post(admin_url(model, "delete", thing.pk), {"post": "yes"})
    back_office.post(admin_url(model, "delete", other.pk), {"post": "yes"})

    assert list(model.objects.all()) == [other]
    assert members_entries().get().action == f"{model._meta.model_name}.removed"


@pytest.mark.parametrize("model", [Holiday, Audience])
def test_several_that_go_at_once_leave_a_line_each(model, office, back_office):
    if model is Holiday:
        things = [HolidayFactory(office=office, on=date(2026, 12, day)) for day in (7, 10)]
    else:
        things = [KEPT[model](office) for _ in range(2)]

    back_office.post(
        admin_url(model, "changelist"),
        {"action": "delete_selected", "_selected_action": [t.pk for t in things], "post": "yes"},
    )

    assert not model.objects.exists()
    assert members_entries().count() == 2


# People ---------------------------------------------------------------------------------------


def new_member_form(office, changes=None):
    return {
        "username": "Suda.C",
        "first_name": "สุดา",
        "last_name": "ชูแก้ว",
        "email": "suda@example.org",
        "office": office.pk,
        "is_active": "on",
        "new_password": PASSWORD,
        "holdings-TOTAL_FORMS": 0,
        "holdings-INITIAL_FORMS": 0,
    } | (changes or {})


def test_a_member_is_added_with_password_and_first_post(office, back_office, client):
    post = PostFactory(unit=SchoolFactory(office=office), role=Role.SCHOOL_CLERK)

    response = back_office.post(
        admin_url(Member, "add"),
        new_member_form(
            office,
            {
                "holdings-TOTAL_FORMS": 1,
                "holdings-0-post": post.pk,
                "holdings-0-from_on": "1 ต.ค. 2569",
            },
        ),
    )

    assert response.status_code == 302, response.context["errors"]
    member = Member.objects.get(username="suda.c")
    assert member.check_password(PASSWORD)
    assert member.holdings.get().from_on == date(2026, 10, 1)
    assert list(members_entries().order_by("pk").values_list("action", flat=True)) == [
        "member.added",
        "holding.added",
    ]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"new_password": ""}, "new_password"),
        ({"new_password": "12345"}, "new_password"),
        ({"new_password": "suda.c"}, "new_password"),
        ({"office": ""}, "office"),
        ({"first_name": ""}, "first_name"),
    ],
)
def test_a_member_half_filled_in_is_not_added(office, back_office, wrong, complaint):
    response = back_office.post(admin_url(Member, "add"), new_member_form(office, wrong))

    assert response.status_code == 200
    assert complaint in response.context["adminform"].form.errors
    assert not Member.objects.filter(username="suda.c").exists()


def test_a_name_in_capitals_is_taken_too(office, back_office):
    MemberFactory(username="suda.c")

    response = back_office.post(admin_url(Member, "add"), new_member_form(office))

    assert "มีชื่อผู้ใช้นี้แล้ว" in response.content.decode()


def test_an_administrator_does_not_see_the_switch_of_the_owner(office, back_office):
    member = MemberFactory(office=office)
    url = admin_url(Member, "change", member.pk)
    page = back_office.get(url)

    back_office.post(url, filled(page) | {"is_superuser": "on"})

    assert "is_superuser" not in page.context["adminform"].form.fields
    member.refresh_from_db()
    assert not member.is_superuser


def test_the_owners_account_cannot_be_taken_over(office, back_office):
    owner = MemberFactory(office=office, is_superuser=True, is_staff=True)
    url = admin_url(Member, "change", owner.pk)

    response = back_office.post(url, new_member_form(office, {"username": owner.username}))

    assert response.status_code == 403
    owner.refresh_from_db()
    assert owner.first_name != "สุดา"


def test_changing_a_holding_beside_the_person_is_one_line(office, back_office):
    holding = HoldingFactory(unit=office, member__office=office)
    url = admin_url(Member, "change", holding.member.pk)
    data = filled(back_office.get(url)) | {"holdings-0-to_on": "30/9/2570"}

    response = back_office.post(url, data)

    assert response.status_code == 302, response.context["errors"]
    assert members_entries().get().data == {"to_on": [None, "2027-09-30"]}


def test_several_are_let_go_at_once(office, back_office):
    holdings = [HoldingFactory(unit=office) for _ in range(2)]
    later = HoldingFactory(unit=office, from_on=date(2030, 1, 1))

    response = back_office.post(
        admin_url(Holding, "changelist"),
        {"action": "end_today", "_selected_action": [h.pk for h in [*holdings, later]]},
        follow=True,
    )

    assert [Holding.objects.get(pk=h.pk).to_on for h in holdings] == [today(), today()]
    assert Holding.objects.get(pk=later.pk).to_on is None
    assert "วันที่สิ้นสุดต้องไม่ก่อนวันที่เริ่ม" in response.content.decode()
    assert members_entries().count() == 2


# Units ----------------------------------------------------------------------------------------


def unit_form(office, **more):
    return {
        "kind": UnitKind.SCHOOL,
        "office": office.pk,
        "name": "โรงเรียนใหม่",
        "sort_order": 0,
        "circular_series": "separate",
    } | more


def test_an_administrator_adds_a_school_but_founds_no_office(office, back_office):
    back_office.post(admin_url(Unit, "add"), unit_form(office))
    refused = back_office.post(admin_url(Unit, "add"), unit_form(office, kind=UnitKind.OFFICE))

    assert Unit.objects.get(kind=UnitKind.SCHOOL).office == office
    assert refused.status_code == 200
    assert Unit.objects.filter(kind=UnitKind.OFFICE).count() == 1


def test_the_owner_founds_an_office(client):
    client.force_login(MemberFactory(is_staff=True, is_superuser=True))
    page = unit_form(OfficeFactory(), kind=UnitKind.OFFICE, name="สพป.ใหม่") | {"office": ""}

    response = client.post(admin_url(Unit, "add"), page)

    assert response.status_code == 302, response.context["errors"]
    founded = Unit.objects.get(name="สพป.ใหม่")
    assert founded.office == founded


def test_the_owner_founds_the_first_office_of_an_empty_house(client):
    client.force_login(MemberFactory(is_staff=True, is_superuser=True, office=None))
    page = {
        "kind": UnitKind.OFFICE,
        "name": "สพป.แห่งแรก",
        "sort_order": 0,
        "circular_series": "separate",
    }

    response = client.post(admin_url(Unit, "add"), page)

    assert response.status_code == 302
    assert Unit.objects.get().name == "สพป.แห่งแรก"


# Lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", list(KEPT))
def test_a_list_of_three_asks_as_often_as_a_list_of_one(model, office, back_office):
    def make(number):
        if model is Holiday:
            return HolidayFactory(office=office, on=date(2026, 12, number + 1))
        return KEPT[model](office)

    url = admin_url(model, "changelist")
    make(1)
    queries_of(back_office, url)
    of_one = queries_of(back_office, url)
    make(2)
    make(3)

    assert queries_of(back_office, url) == of_one


def queries_of(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_back_office_keeps_the_policy_of_the_house(
    desktop, sign_in, live_server, office, administrator
):
    things = [KEPT[model](office) for model in KEPT]
    sign_in(desktop, administrator.username)

    desktop.goto(live_server.url + reverse("admin:index"))
    for thing in things:
        for page in (
            admin_url(type(thing), "changelist"),
            admin_url(type(thing), "add"),
            admin_url(type(thing), "change", thing.pk),
        ):
            desktop.goto(live_server.url + page)
            assert desktop.locator("#content").is_visible()
