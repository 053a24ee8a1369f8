"""The directory: what everybody reads, what colleagues read, and the chart on one wide sheet."""

import io

import pikepdf
import pytest
from django.urls import reverse

from members.models import Member, Role
from members.tests.factories import (
    DistrictFactory,
    GroupFactory,
    HoldingFactory,
    OfficeFactory,
    SchoolFactory,
)

pytestmark = pytest.mark.django_db

DIRECTORY = reverse("members:directory")
SCHOOLS = reverse("members:schools")


@pytest.fixture
def office():
    return OfficeFactory(phone="074 600 123")


def person(role, unit, name, **more):
    return HoldingFactory(role=role, unit=unit, member__first_name=name, **more)


def text(client, url, **asked):
    answer = client.get(url, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_visitor_reads_who_speaks_for_a_unit_and_no_more(client, office):
    group = GroupFactory(office=office, name="กลุ่มนโยบายและแผน")
    person(Role.DIRECTOR, office, "ประเสริฐ")
    person(Role.GROUP_HEAD, group, "วิไล")
    officer = person(Role.OFFICER, group, "สมใจ", member__phone="081 111 1111")

    seen = text(client, DIRECTORY)
    assert all(word in seen for word in ("ประเสริฐ", "วิไล", "กลุ่มนโยบายและแผน", "074"))
    assert "สมใจ" not in seen
    assert reverse("members:person", args=[officer.member_id]) not in seen

    client.force_login(officer.member)
    assert "สมใจ" in text(client, DIRECTORY)
    assert "081 111 1111" not in text(client, DIRECTORY)


def test_a_member_of_another_office_reads_what_their_own_office_has(client, office):
    stranger = person(Role.OFFICER, GroupFactory(), "ต่างเขต")
    person(Role.OFFICER, GroupFactory(office=office), "สมใจ")
    client.force_login(stranger.member)

    seen = text(client, DIRECTORY)
    assert "ต่างเขต" in seen
    assert "สมใจ" not in seen


def test_with_several_offices_none_stands_on_the_door(client, office):
    OfficeFactory()
    person(Role.DIRECTOR, office, "ประเสริฐ")

    assert "ยังไม่มีสำนักงานให้แสดง" in text(client, DIRECTORY)
    assert "ไม่พบโรงเรียน" in text(client, SCHOOLS)


def test_the_head_of_a_group_comes_first_and_who_left_is_gone(client, office):
    group = GroupFactory(office=office)
    person(Role.OFFICER, group, "กมล")
    head = person(Role.GROUP_HEAD, group, "วิไล", post__sort_order=9)
    gone = person(Role.DEPUTY_DIRECTOR, office, "ลาออก")
    Member.objects.filter(pk=gone.member_id).update(is_active=False)
    client.force_login(head.member)

    seen = text(client, DIRECTORY)
    assert seen.index("วิไล", seen.index("chart")) < seen.index("กมล")
    assert "ลาออก" not in seen


def test_schools_are_found_by_name_place_and_code(client, office):
    district = DistrictFactory(office=office, name="กงหรา")
    here = SchoolFactory(office=office, name="โรงเรียนบ้านนา", district=district, code8="93020001")
    SchoolFactory(office=office, name="โรงเรียนวัดทุ่ง")
    person(Role.SCHOOL_DIRECTOR, here, "สายฝน")
    person(Role.SCHOOL_CLERK, here, "ธุรการ")

    for asked in ({"q": "บ้านนา"}, {"q": "93020001"}, {"district": district.pk}):
        seen = text(client, SCHOOLS, **asked)
        assert "โรงเรียนบ้านนา" in seen
        assert "สายฝน" in seen
        assert "โรงเรียนวัดทุ่ง" not in seen
        assert "ธุรการ" not in seen
    assert "โรงเรียนวัดทุ่ง" in text(client, SCHOOLS, district="กก")
    assert "ไม่พบโรงเรียนที่ค้น" in text(client, SCHOOLS, q="ไม่มีจริง\x00")


def test_a_long_list_goes_on(client, office):
    for number in range(45):
        SchoolFactory(office=office, name=f"โรงเรียนที่ {number:02}")

    page = client.get(SCHOOLS)
    assert len(page.context["schools"]) == 40
    rest = client.get(page.context["next_url"])
    assert [school.name for school, _ in rest.context["schools"]] == [
        f"โรงเรียนที่ {number:02}" for number in range(40, 45)
    ]


@pytest.mark.parametrize("url", [DIRECTORY, SCHOOLS])
def test_more_people_ask_no_more_questions(client, office, url, django_assert_max_num_queries):
    def furnish():
        group = GroupFactory(office=office)
        person(Role.OFFICER, group, "ก")
        person(Role.SCHOOL_DIRECTOR, SchoolFactory(office=office), "ข")

    furnish()
    client.force_login(person(Role.OFFICER, office, "ค").member)
    client.get(url)
    for _ in range(2):
        with django_assert_max_num_queries(5):
            client.get(url)
        furnish()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_chart_of_seventy_people_is_one_wide_sheet(desktop, live_server, sign_in, axe, office):
    person(Role.DIRECTOR, office, "ประเสริฐ", member__username="director")
    for _ in range(3):
        person(Role.DEPUTY_DIRECTOR, office, "รอง", post__title="รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา")
    for number in range(10):
        group = GroupFactory(office=office, name=f"กลุ่มส่งเสริมการจัดการศึกษาที่ {number}")
        person(Role.GROUP_HEAD, group, "หัวหน้า")
        for _ in range(6):
            person(Role.OFFICER, group, "สมหมาย", post__title="นักวิชาการศึกษาชำนาญการพิเศษ")
    sign_in(desktop, "director")
    desktop.goto(live_server.url + DIRECTORY)
    axe(desktop)

    drawn = desktop.pdf(prefer_css_page_size=True)
    paper = pikepdf.open(io.BytesIO(drawn))

    assert len(paper.pages) == 1
    box = [float(side) for side in paper.pages[0].MediaBox]
    assert box[2] - box[0] > box[3] - box[1]
