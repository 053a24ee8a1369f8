"""What a reader sees when something stands in the way, and what no browser may keep."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from members.tests.factories import MemberFactory
from portal import urls
from portal.core.errors import Conflict, DomainError
from portal.core.rendering import PLACE, render_page

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

AWAY = "server closed the connection unexpectedly"


@login_not_required
def forbidden_deed(request):
    raise DomainError("ส่งไม่ได้ ยังไม่มีผู้รับ")


@login_not_required
def late_deed(request):
    raise Conflict("ครูสมใจลงรับไปแล้ว")


@login_not_required
def without_database(request):
    raise OperationalError(AWAY)


@login_not_required
def public_page(request):
    return HttpResponse("ใครก็อ่านได้")


def page(request):
    return HttpResponse("ของคนนี้")


def cached_page(request):
    return HttpResponse("ของคนนี้", headers={"Cache-Control": "private, max-age=60"})


@login_not_required
def broken(request):
    return render(request, "does/not/exist.html")


@login_not_required
def board_like_page(request):
    """A page with a long piece in ready bytes, which its template shows twice."""
    context = {"kind": "done", "text": request.GET.get("text", "")}
    ready = {"text": "<b>หนึ่งร้อยแถว</b>".encode()} if "ready" in request.GET else {}
    return render_page(request, "components/state.html", context, ready=ready)


handler500 = urls.handler500
urlpatterns = [
    path("domain/", forbidden_deed),
    path("conflict/", late_deed),
    path("away/", without_database),
    path("public/", public_page),
    path("page/", page),
    path("cached/", cached_page),
    path("broken/", broken),
    path("long/", board_like_page),
    *urls.urlpatterns,
]


@pytest.mark.parametrize(
    ("address", "status", "text"),
    [("/domain/", 422, "ส่งไม่ได้ ยังไม่มีผู้รับ"), ("/conflict/", 409, "ครูสมใจลงรับไปแล้ว")],
)
def test_a_rule_of_the_office_is_said_on_a_page(client, address, status, text):
    response = client.post(address)

    assert response.status_code == status
    assert text in response.content.decode()
    assert "<h1>" in response.content.decode()


def test_htmx_gets_it_as_a_message_above_the_content(client):
    response = client.post("/conflict/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Retarget"]) == (422, "#messages")
    assert "ครูสมใจลงรับไปแล้ว" in response.content.decode()
    assert "<h1>" not in response.content.decode()


def test_a_database_that_is_away_asks_to_come_back(client):
    response = client.get("/away/?page=2")

    assert (response.status_code, response["Retry-After"]) == (503, "15")
    assert response["Cache-Control"] == "no-store"
    assert 'href="/away/?page=2"' in response.content.decode()
    assert AWAY not in response.content.decode()


def test_what_was_typed_can_be_sent_again_under_the_same_key(client):
    response = client.post(
        "/away/", {"key": "7f3e", "subject": 'ขอ "ข้อมูล" <b>', "unit": ["1", "2"]}
    )

    text = response.content.decode()
    assert '<form method="post" action="/away/">' in text
    assert '<input type="hidden" name="key" value="7f3e">' in text
    assert 'name="subject" value="ขอ &quot;ข้อมูล&quot; &lt;b&gt;"' in text
    assert text.count('name="unit"') == 2


def test_a_password_is_never_written_into_a_page(client):
    response = client.post("/away/", {"login": "registrar", "password": "lotus-pond"})

    assert response.status_code == 503
    assert "lotus-pond" not in response.content.decode()
    assert "<form" not in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_before_any_view_is_said_too(client, monkeypatch):
    client.force_login(MemberFactory())
    client.raise_request_exception = False

    def refuse(*args, **kwargs):
        raise OperationalError(AWAY)

    monkeypatch.setattr(connections["default"], "cursor", refuse)
    response = client.get("/page/")

    assert (response.status_code, response["Retry-After"]) == (503, "15")


def test_anything_else_is_a_bug_and_a_500(client):
    client.raise_request_exception = False

    response = client.get("/broken/")

    assert response.status_code == 500
    assert "ระบบขัดข้องชั่วคราว" in response.content.decode()


def test_pages_of_a_signed_in_member_are_kept_nowhere(client):
    client.force_login(MemberFactory())

    assert client.get("/page/")["Cache-Control"] == "no-store"


def test_a_view_may_say_itself_how_long_its_page_is_kept(client):
    client.force_login(MemberFactory())

    assert client.get("/cached/")["Cache-Control"] == "private, max-age=60"


def test_a_page_for_everybody_may_be_kept(client):
    assert not client.get("/public/").has_header("Cache-Control")


def test_a_lost_token_is_explained(client):
    client.handler.enforce_csrf_checks = True

    response = client.post("/public/", {"subject": "x"})

    assert response.status_code == 403
    assert "แบบฟอร์มหมดอายุ" in response.content.decode()


def test_what_is_ready_comes_into_the_page_as_it_is(client):
    typed = client.get("/long/", {"text": f"<b><!--{PLACE} text-->"}).content.decode()
    ready = client.get("/long/", {"ready": "1"})

    assert "&lt;b&gt;&lt;!--" in typed  # the control: a value is escaped, a place typed is none
    assert "<span><b>หนึ่งร้อยแถว</b></span>" in ready.content.decode()
    assert PLACE not in ready.content.decode()
