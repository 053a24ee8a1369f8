"""Every address of the portal, asked by every role."""

from __future__ import annotations

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.csrf import csrf_exempt

from members.models import Holiday
from tests.access_matrix import (
    PUBLIC,
    Access,
    addresses,
    all_rows,
    complaints_about,
    everyone,
    table_prints,
)
from tests.world import ANONYMOUS, ROLES

ROWS = all_rows()


# Views that do what no view may; the matrix must notice each of them (`test_the_matrix_notices…`).


def writes_on_get(request):
    Holiday.objects.update(name="เปลี่ยน")
    return HttpResponse("ok")


@csrf_exempt
def takes_any_post(request):
    return HttpResponse("ok")


@login_not_required
def open_to_all(request):
    return HttpResponse("ok")


def falls_over(request):
    raise ValueError("ล้ม")


def refuse(request, reason=""):
    return HttpResponse(status=403)


urlpatterns = [
    path("writes/", writes_on_get, name="writes"),
    path("takes/", takes_any_post, name="takes"),
    path("open/", open_to_all, name="open"),
    path("falls/", falls_over, name="falls"),
    path("accounts/login/", open_to_all, name="account_login"),
]


def test_every_address_has_a_row_and_every_row_an_address():
    ours = {address.name for address in addresses() if not address.owner}

    assert {row.url_name for row in ROWS} == ours


def test_every_row_names_every_role():
    assert [str(row) for row in ROWS if set(row.answers) != set(ROLES)] == []


def test_views_without_sign_in_are_a_closed_list():
    public = {address.name for address in addresses() if address.is_public and not address.owner}

    assert public <= PUBLIC


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_address_answers_every_role_as_its_row_says(row, world):
    complaints = complaints_about(row, world)

    assert not complaints, "\n".join(complaints)


def plain_addresses(owner):
    """Return the addresses of a library that need no argument."""
    for address in addresses():
        if address.owner == owner:
            try:
                yield reverse(address.name)
            except NoReverseMatch:
                continue


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_the_back_office_is_shut_for_everybody_but_the_administrator(role, world, client):
    urls = [url for url in plain_addresses("admin") if not url.endswith(("/login/", "/logout/"))]
    if role != ANONYMOUS:
        client.force_login(world.members[role])

    answers = {url: client.get(url).status_code for url in urls}

    assert reverse("admin:index") in answers
    assert {url: code for url, code in answers.items() if code not in {302, 403, 404}} == {}


def test_the_back_office_opens_for_the_administrator(world, client):
    client.force_login(world.members["admin"])

    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("role", [ANONYMOUS, "teacher", "outsider"])
def test_the_pages_of_signing_in_answer_without_changing_anything(role, world, client):
    if role != ANONYMOUS:
        client.force_login(world.members[role])
    own_copy = frozenset({"account.emailaddress"})  # allauth's copy of the address
    before = table_prints(own_copy)

    answers = {url: client.get(url).status_code for url in plain_addresses("allauth")}

    assert reverse("account_login") in answers
    assert {url: code for url, code in answers.items() if code >= 500} == {}
    assert table_prints(own_copy) == before


@pytest.fixture
def bare_refusal(settings):
    """Refuse lost tokens with a bare page: ours links to addresses this URLconf lacks."""
    settings.CSRF_FAILURE_VIEW = f"{__name__}.refuse"


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("name", "answers", "complaint"),
    [
        ("writes", everyone(200, 200), "GET: GetWrote: members.holiday"),
        ("takes", everyone(200, 200), "POST without token: 200 instead of 403"),
        ("open", everyone(200, 200), "anonymous GET: 200 instead of 302"),
        ("falls", everyone(200, 200), "ValueError: ล้ม"),
    ],
)
def test_the_matrix_notices_what_no_view_may_do(name, answers, complaint, world, bare_refusal):
    Holiday.objects.create(office=world.office, on="2026-12-31", name="วันสิ้นปี")

    found = complaints_about(Access(name, None, answers), world)

    assert [line for line in found if complaint in line]


@pytest.mark.urls(__name__)
def test_a_named_write_is_no_complaint(world, bare_refusal):
    Holiday.objects.create(office=world.office, on="2026-12-31", name="วันสิ้นปี")
    row = Access("writes", None, everyone(200, 200), get_writes=frozenset({"members.holiday.name"}))

    assert complaints_about(row, world) == []
