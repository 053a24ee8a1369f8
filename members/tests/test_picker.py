"""Choosing recipients: the one picker, with and without scripts, by pointer and by keyboard."""

from __future__ import annotations

import re

import pytest
from django.contrib import messages
from django.db import connection
from django.shortcuts import redirect
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from playwright.sync_api import expect

from members.forms import AudienceForm
from members.models import Audience, Role, Unit
from members.services import office_of
from members.tests.factories import (
    AudienceFactory,
    ClusterFactory,
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    OfficeFactory,
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


@pytest.fixture
def templates(settings, tmp_path):
    """The page of that room; it stands here because no page of the portal needs it."""
    folder = tmp_path / "members/tests"
    folder.mkdir(parents=True)
    (folder / "address_page.html").write_text(
        '{% extends "base.html" %}{% block content %}'
        '<form method="post">{% csrf_token %}'
        '{% include "components/error_summary.html" with form=audience only %}'
        '{% include "members/audience_picker.html" %}'
        '<button class="btn btn-primary" type="submit">ใช้ผู้รับนี้</button></form>'
        "{% endblock %}",
        encoding="utf-8",
    )
    settings.TEMPLATES = [
        engine | {"DIRS": [*engine["DIRS"], tmp_path]} for engine in settings.TEMPLATES
    ]


@pytest.fixture
def area():
    """An office with schools in two districts and a cluster, and one in another office."""
    office = OfficeFactory()
    district = DistrictFactory(office=office, name="อำเภอกงหรา")
    cluster = ClusterFactory(office=office, name="เครือข่ายริมทะเลสาบ")
    SchoolFactory(office=office, name="โรงเรียนบ้านนา", district=district, pupils=50)
    SchoolFactory(office=office, name="โรงเรียนวัดทุ่ง", cluster=cluster, pupils=900)
    SchoolFactory(name="โรงเรียนของเขา", pupils=50)
    return office


@pytest.fixture
def officer(client, area):
    """An officer of the office, signed in."""
    group = GroupFactory(office=area, name="กลุ่มนโยบายและแผน")
    member = HoldingFactory(role=Role.OFFICER, unit=group).member
    client.force_login(member)
    return member


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


def test_the_picker_shows_the_office_and_what_is_chosen(client, officer, area, templates):
    AudienceFactory(owner_unit=unit("กลุ่มนโยบายและแผน"), name="นำร่อง")
    AudienceFactory(name="กลุ่มของเขา")

    page = client.get(reverse("address-page")).content.decode()

    for shown in ("อำเภอกงหรา", "เครือข่ายริมทะเลสาบ", "ขนาดเล็ก", "นำร่อง", "2 โรงเรียน"):
        assert shown in page
    for hidden in ("โรงเรียนของเขา", "กลุ่มของเขา", "style=", "<script>", "onclick"):
        assert hidden not in page
    assert 'name="to-all_schools" checked' in page


def test_the_pickers_own_buttons_save_nothing_and_lose_nothing(client, officer, area, templates):
    district = unit("อำเภอกงหรา").pk
    posted = {"to-districts": district, "to-units_q": "ทุ่ง", "to-look": "units"}

    response = client.post(reverse("address-page"), posted)
    form = response.context["audience"]

    assert response.status_code == 200
    assert form.chosen("districts") == {str(district)}
    assert [option.label for option in form.picker("units").options] == ["โรงเรียนวัดทุ่ง"]
    assert str(form.headcount) == "1 โรงเรียน"


def test_nobody_chosen_is_said_above_the_picker(client, officer, area, templates):
    response = client.post(reverse("address-page"), {"to-name": ""})

    assert response.status_code == 422
    assert "เลือกผู้รับอย่างน้อยหนึ่งรายการ" in response.content.decode()


def test_a_valid_choice_is_a_rule(client, officer, area, templates):
    na, group = unit("โรงเรียนบ้านนา").pk, unit("กลุ่มนโยบายและแผน").pk

    response = client.post(
        reverse("address-page"),
        {"to-all_schools": "on", "to-except": na, "to-groups": group},
        follow=True,
    )

    said = str(next(iter(response.context["messages"])))
    assert said == str({"all_schools": True, "groups": [group], "except": [na]})


def test_the_picker_asks_as_often_for_many_schools_as_for_few(client, officer, area, templates):
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


# In the browser -------------------------------------------------------------------------------


@pytest.fixture
def many_schools(area):
    """Enough schools that nobody wants to look through them."""
    district = Unit.objects.get(name="อำเภอกงหรา")
    for number in range(30):
        SchoolFactory(office=area, name=f"โรงเรียนวัดควน {number + 1}", district=district)
    return area


@pytest.fixture
def visit(sign_in, live_server, officer, templates):
    """Open the page with the picker as the officer."""

    def open_in(page):
        sign_in(page, officer.username)
        page.goto(live_server.url + reverse("address-page"))
        return page

    return open_in


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_recipients_are_chosen_in_a_browser(visit, open_window, axe, many_schools, width):
    page = visit(open_window(width))
    count = page.locator(".audience-total")
    expect(count).to_have_text("32 โรงเรียน")

    page.get_by_role("checkbox", name="ทุกโรงเรียน").uncheck()
    expect(count).to_have_text("ยังไม่มีผู้รับ")
    page.get_by_role("checkbox", name="อำเภอกงหรา").check()
    expect(count).to_have_text("31 โรงเรียน")
    unfold(page, "ยกเว้นบางโรงเรียน")
    search = page.get_by_role("searchbox", name="ยกเว้นบางโรงเรียน")
    search.fill("ควน 30")
    expect(page.locator("#to-except-options label")).to_have_count(1)
    page.locator("#to-except-options").get_by_role("checkbox").check()
    expect(count).to_have_text("30 โรงเรียน")
    search.fill("บ้านนา")
    expect(page.locator("#to-except-options label")).to_have_count(2)
    axe(page)
    assert not is_wider_than_the_window(page)

    unfold(page, "บันทึกเป็นกลุ่มไว้ใช้ครั้งหน้า")
    page.get_by_label("ชื่อกลุ่ม").fill("กงหราไม่มีควน 30")
    page.get_by_role("button", name="บันทึกกลุ่ม").click()
    expect(page.get_by_text("บันทึกกลุ่ม “กงหราไม่มีควน 30” แล้ว")).to_be_visible()
    expect(page.get_by_role("checkbox", name="กงหราไม่มีควน 30")).to_be_visible()
    page.get_by_role("button", name="ใช้ผู้รับนี้").click()

    excepted = unit("โรงเรียนวัดควน 30").pk
    expect(page.get_by_role("status").first).to_contain_text(str([excepted]))
    assert Audience.objects.get().rule == {
        "districts": [unit("อำเภอกงหรา").pk],
        "except": [excepted],
    }


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_enter_in_the_search_searches_and_sends_nothing(visit, phone, many_schools):
    page = visit(phone)
    unfold(page, "เลือกทีละโรงเรียน")
    search = page.get_by_role("searchbox", name="เลือกทีละโรงเรียน")

    search.fill("วัดทุ่ง")
    search.press("Enter")
    expect(page.locator("#to-units-options label")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    assert page.locator("#to-units-options").get_by_role("checkbox").is_checked()
    assert page.get_by_role("checkbox", name="ทุกโรงเรียน").is_checked()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_recipients_are_chosen_without_scripts(visit, open_window, axe, many_schools):
    page = visit(open_window(390, java_script_enabled=False))
    page.get_by_role("checkbox", name="ทุกโรงเรียน").uncheck()
    unfold(page, "เลือกทีละโรงเรียน")
    page.get_by_role("searchbox", name="เลือกทีละโรงเรียน").fill("วัดทุ่ง")
    page.get_by_role("button", name="ค้น").first.click()
    page.locator("#to-units-options").get_by_role("checkbox").check()
    page.get_by_role("button", name="นับผู้รับ").click()

    expect(page.locator(".audience-total")).to_have_text("1 โรงเรียน")
    unfold(page, "บันทึกเป็นกลุ่มไว้ใช้ครั้งหน้า")
    page.get_by_label("ชื่อกลุ่ม").fill("วัดทุ่งแห่งเดียว")
    page.get_by_role("button", name="บันทึกกลุ่ม").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("วัดทุ่งแห่งเดียว")
    page.get_by_role("button", name="กลับไปเลือกผู้รับ").click()

    expect(page.locator(".audience-total")).to_have_text("1 โรงเรียน")
    assert Audience.objects.get().rule == {"units": [unit("โรงเรียนวัดทุ่ง").pk]}


def unfold(page, words):
    page.locator("summary", has_text=words).click()


def is_wider_than_the_window(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
