"""The tests' own tools: the network is shut, races are real, windows are watched."""

from __future__ import annotations

import socket

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path
from pytest_socket import SocketConnectBlockedError

from members.models import Unit
from tests.browser import Watch
from tests.world import ANONYMOUS, ROLES

PAGES = {
    "quiet": "<!doctype html><title>x</title><link rel=icon href=data:,><p>เงียบ",
    "inline": "<!doctype html><link rel=icon href=data:,><script>1</script>",
    "abroad": "<!doctype html><link rel=icon href=data:,><form action=http://example.org/></form>"
    "<img src=http://example.org/picture.png>",
    "broken": "<!doctype html><link rel=icon href=data:,><img src=/static/no-such-file.png>",
}
urlpatterns = [
    path(f"{name}/", login_not_required(lambda request, text=text: HttpResponse(text)))
    for name, text in PAGES.items()
]


def test_no_test_reaches_another_machine():
    with pytest.raises((SocketConnectBlockedError, UserWarning), match=r"host \"192.0.2.1\""):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_the_world_has_a_member_for_every_role(world):
    assert set(world.members) == set(ROLES) - {ANONYMOUS}
    assert world.actor("school-clerk").holding.post.unit == world.school


@pytest.mark.engine
@pytest.mark.django_db(transaction=True)
def test_threads_of_a_race_share_the_tables(race):
    units = race(4, lambda number: Unit.objects.create(kind="office", name=f"หน่วย {number}"))

    assert {unit.name for unit in units} == {f"หน่วย {number}" for number in range(4)}
    assert Unit.objects.count() == 4


def test_a_loser_of_a_race_comes_back_as_its_exception(race):
    results = race(2, lambda number: 1 / number)

    assert [type(result) for result in results] == [ZeroDivisionError, float]


@pytest.mark.browser
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("name", "incident"),
    [("inline", "CSP: script-src"), ("abroad", "another host"), ("broken", "no-such-file.png")],
)
def test_a_window_notes_what_no_page_may_do(open_window, live_server, name, incident):
    window = open_window()
    quiet = open_window()
    watch: Watch = window.watch

    quiet.goto(f"{live_server}/quiet/")
    window.goto(f"{live_server}/{name}/")
    window.wait_for_load_state("networkidle")

    assert [found for found in watch.unexpected() if incident in found]
    assert quiet.watch.incidents == []
    watch.incidents.clear()
