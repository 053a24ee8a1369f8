"""Choosing recipients: the one picker, with and without scripts, by pointer and by keyboard."""

from __future__ import annotations

import re

import pytest
from django.contrib import messages
from django.db import connection
from django.shortcuts import redirect
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from members.forms import AudienceForm
from members.models import Audience, Role, Unit
from members.services import office_of
from members.tests.factories import (
    AudienceFactory,
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    SchoolFactory,
)
from portal.audit.models import AuditEntry
from portal.core.rendering import render_page
from portal.urls import urlpatterns as house

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


# A page that chooses recipients, as every room has one -----------------------------------------


def address_page(request):
    data = request.POST if request.method == "POST" else None
    form = AudienceForm(data, office=office_of(request.actor), rule={"all_schools": True})
    if data and not form.is_looking and form.is_valid():
        messages.success(request, str(form.rule))
        return redirect("address-page")
    status = 422 if data and not form.is_looking else 200
    return render_page(
        request, "members/tests/address_page.html", {"audience": form}, status=status
    )


urlpatterns = [*house, path("address-page/", address_page, name="address-page")]


def rows(response):
    """The lines of a list of boxes: what each says, and whether it is ticked."""
    page = response.content.decode()
    found = re.findall(r'type="checkbox"[^>]*?( checked)?><span class="choice-words">([^<]*)', page)
    return [(label, bool(checked)) for checked, label in found]


def unit(name):
    return Unit.objects.get(name=name)


@pytest.mark.parametrize(
    ("posted", "count", "words"),
    [
        ({}, "ยังไม่มีผู้รับ", "ยังไม่ได้เลือกผู้รับ"),
        ({"to-all_schools": "on"}, "2 โรงเรียน", "ทุกโรงเรียน"),
        ({"to-sizes": "small"}, "1 โรงเรียน", "โรงเรียนขนาดเล็ก"),
        ({"to-sizes": "huge"}, "ยังไม่มีผู้รับ", "ยังไม่ได้เลือกผู้รับ"),
        ({"to-units": "99999999999999999999999"}, "ยังไม่มีผู้รับ", "ยังไม่ได้เลือกผู้รับ"),
        ({"to-units": "x"}, "ยังไม่มีผู้รับ", "ยังไม่ได้เลือกผู้รับ"),
    ],
)
def test_the_count_follows_what_is_ticked(client, officer, posted, count, words):
    response = client.post(reverse("members:audience-count"), posted)
    page = response.content.decode()

    assert response.status_code == 200
    assert f">{count}<" in page
    assert f">{words}<" in page
    assert "<html" not in page


def test_the_count_never_reaches_into_another_office(client, officer):
    response = client.post(
        reverse("members:audience-count"), {"to-units": unit("โรงเรียนของเขา").pk}
    )

    assert "ยังไม่มีผู้รับ" in response.content.decode()


def test_a_count_changes_nothing(client, officer, area):
    before = AuditEntry.objects.count()

    client.post(reverse("members:audience-count"), {"to-all_schools": "on", "to-name": "ก"})

    assert AuditEntry.objects.count() == before
    assert not Audience.objects.exists()


def test_schools_are_found_and_what_is_ticked_stays(client, officer):
    ticked = unit("โรงเรียนวัดทุ่ง")

    response = client.post(
        reverse("members:audience-find", args=["units"]),
        {"to-units_q": "บ้านนา", "to-units": ticked.pk},
    )

    assert rows(response) == [("โรงเรียนวัดทุ่ง", True), ("โรงเรียนบ้านนา", False)]


def test_persons_are_found_with_their_post(client, officer, area):
    HoldingFactory(
        role=Role.TEACHER,
        unit=unit("โรงเรียนบ้านนา"),
        member__first_name="สุดา",
        member__last_name="ชูแก้ว",
    )
    HoldingFactory(role=Role.TEACHER, member__first_name="สุดา", member__last_name="คนอื่น")

    response = client.post(
        reverse("members:audience-find", args=["members"]), {"to-members_q": "สุดา"}
    )

    assert rows(response) == [("นายสุดา ชูแก้ว", False)]
    assert "ครูและบุคลากร" in response.content.decode()


def test_nothing_found_says_so_and_shows_what_was_typed(client, officer):
    response = client.post(
        reverse("members:audience-find", args=["units"]), {"to-units_q": "<b>ไม่มี"}
    )

    assert "ไม่พบ “&lt;b&gt;ไม่มี”" in response.content.decode()


def test_only_the_long_lists_can_be_searched(client, officer):
    url = reverse("members:audience-find", args=["districts"])

    assert client.post(url).status_code == 404


def test_the_search_asks_as_often_for_three_as_for_one(client, officer, area):
    url = reverse("members:audience-find", args=["members"])

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.post(url, {"to-members_q": "สมาชิก"})
        return len(captured)

    HoldingFactory(unit=unit("กลุ่มนโยบายและแผน"))
    queries()
    of_one = queries()
    for _ in range(2):
        HoldingFactory(unit=unit("กลุ่มนโยบายและแผน"))

    assert queries() == of_one


@pytest.mark.parametrize("role", [Role.SCHOOL_CLERK, Role.SCHOOL_DIRECTOR, Role.TEACHER])
def test_a_school_chooses_no_recipients(client, area, role):
    client.force_login(HoldingFactory(role=role, unit=unit("โรงเรียนบ้านนา")).member)

    for url in (
        reverse("members:audience-count"),
        reverse("members:audience-find", args=["units"]),
        reverse("members:save-audience"),
    ):
        assert client.post(url, {"to-all_schools": "on"}).status_code == 403


def test_a_group_is_saved_for_the_acting_unit(client, officer):
    response = client.post(
        reverse("members:save-audience"),
        {"to-sizes": "small", "to-name": "  โรงเรียนเล็ก ", "to-next": "/address-page/"},
    )
    audience = Audience.objects.get()

    assert response.status_code == 200
    assert (audience.name, audience.rule) == ("โรงเรียนเล็ก", {"sizes": ["small"]})
    assert audience.owner_unit.name == "กลุ่มนโยบายและแผน"
    assert AuditEntry.objects.get().action == "audience.added"
    assert response.context["action"] == "/address-page/"
    assert ("to-sizes", "small") in response.context["kept"]


def test_htmx_gets_the_new_group_into_the_list(client, officer):
    response = client.post(
        reverse("members:save-audience"),
        {"to-sizes": "small", "to-name": "โรงเรียนเล็ก"},
        headers={"HX-Request": "true"},
    )
    page = response.content.decode()

    assert "บันทึกกลุ่ม “โรงเรียนเล็ก” แล้ว" in page
    assert 'hx-swap-oob="innerHTML:#audience-saved-groups"' in page
    assert f'name="to-saved" value="{Audience.objects.get().pk}"' in page


@pytest.mark.parametrize(
    ("posted", "complaint"),
    [
        ({"to-all_schools": "on"}, "ใส่ชื่อกลุ่มที่จะบันทึก"),
        ({"to-all_schools": "on", "to-name": "  "}, "ใส่ชื่อกลุ่มที่จะบันทึก"),
        ({"to-name": "ว่าง"}, "เลือกผู้รับอย่างน้อยหนึ่งรายการ"),
        ({"to-name": "ผิด", "to-units": "7777777"}, "มีรายการที่เลือกไม่ได้แล้ว"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_group_that_cannot_be_saved_says_why(client, officer, posted, complaint, headers):
    response = client.post(reverse("members:save-audience"), posted, headers=headers)

    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert not Audience.objects.exists()


def test_the_picker_shows_the_office_and_what_is_chosen(client, officer, area, picker_page):
    AudienceFactory(owner_unit=unit("กลุ่มนโยบายและแผน"), name="นำร่อง")
    AudienceFactory(name="กลุ่มของเขา")

    page = client.get(reverse("address-page")).content.decode()

    for shown in ("อำเภอกงหรา", "เครือข่ายริมทะเลสาบ", "ขนาดเล็ก", "นำร่อง", "2 โรงเรียน"):
        assert shown in page
    for hidden in ("โรงเรียนของเขา", "กลุ่มของเขา", "style=", "<script>", "onclick"):
        assert hidden not in page
    assert 'name="to-all_schools" checked' in page


def test_the_pickers_own_buttons_save_nothing_and_lose_nothing(client, officer, area, picker_page):
    district = unit("อำเภอกงหรา").pk
    posted = {"to-districts": district, "to-units_q": "ทุ่ง", "to-look": "units"}

    response = client.post(reverse("address-page"), posted)
    form = response.context["audience"]

    assert response.status_code == 200
    assert form.chosen("districts") == {str(district)}
    assert [option.label for option in form.picker("units").options] == ["โรงเรียนวัดทุ่ง"]
    assert str(form.headcount) == "1 โรงเรียน"


def test_nobody_chosen_is_said_above_the_picker(client, officer, area, picker_page):
    response = client.post(reverse("address-page"), {"to-name": ""})

    assert response.status_code == 422
    assert "เลือกผู้รับอย่างน้อยหนึ่งรายการ" in response.content.decode()


def test_a_valid_choice_is_a_rule(client, officer, area, picker_page):
    na, group = unit("โรงเรียนบ้านนา").pk, unit("กลุ่มนโยบายและแผน").pk

    response = client.post(
        reverse("address-page"),
        {"to-all_schools": "on", "to-except": na, "to-groups": group},
        follow=True,
    )

    said = str(next(iter(response.context["messages"])))
    assert said == str({"all_schools": True, "groups": [group], "except": [na]})


def test_the_picker_asks_as_often_for_many_schools_as_for_few(client, officer, area, picker_page):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("address-page")).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for _ in range(3):
        district = DistrictFactory(office=area)
        SchoolFactory(office=area, district=district)
        AudienceFactory(owner_unit=unit("กลุ่มนโยบายและแผน"))
        GroupFactory(office=area)

    assert queries() == few
