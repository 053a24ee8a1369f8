"""Live, ready, degraded: what the probes are told."""

from collections import namedtuple

import pytest
from django.db import OperationalError, connections

from members.tests.factories import MemberFactory
from portal.core import health, triggers

pytestmark = pytest.mark.django_db

Usage = namedtuple("Usage", "total used free")
GIB = 1024**3


def answer(client):
    response = client.get("/readyz")
    return response.status_code, response.json()


@pytest.fixture(autouse=True)
def _roomy_disk(monkeypatch):
    set_disk(monkeypatch, total=100, free=50)


def set_disk(monkeypatch, *, total, free):
    usage = Usage(total * GIB, (total - free) * GIB, free * GIB)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: usage)


def test_alive_means_only_that_the_process_answers(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/livez")

    assert (response.status_code, response.content) == (200, b"ok")


def test_alive_asks_nothing_of_a_browser_that_is_signed_in_either(
    client, django_assert_num_queries
):
    client.force_login(MemberFactory())

    with django_assert_num_queries(0):
        response = client.get("/livez")

    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.engine
def test_ready_means_that_nothing_is_missing(client, settings):
    settings.REDIS_URL = ""

    assert answer(client) == (200, {"status": "ready", "failing": [], "degraded": []})


def test_an_answer_about_health_is_kept_nowhere(client):
    assert "no-store" in client.get("/readyz")["Cache-Control"]


def test_a_database_that_is_away_is_named(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(connections["default"], "cursor", refuse)

    status, body = answer(client)

    assert (status, body["failing"]) == (503, ["database"])


def test_a_missing_migration_is_named(client, monkeypatch):
    newest = health.last_migrations()
    monkeypatch.setattr(health, "last_migrations", lambda: newest | {("documents", "9999_new")})

    status, body = answer(client)

    assert (status, body["failing"]) == (503, ["migrations"])


def test_a_missing_trigger_is_named(client, monkeypatch):
    guard = triggers.Guard("outbox_outboxmessage", triggers.DELETE)
    monkeypatch.setattr(triggers, "TRIGGERS", triggers.TRIGGERS | {guard})

    status, body = answer(client)

    assert (status, body["failing"]) == (503, ["triggers"])


@pytest.mark.parametrize(
    ("total", "free", "status"), [(30, 2, 200), (30, 1, 503), (400, 19, 503), (400, 21, 200)]
)
def test_a_disk_needs_two_gibibytes_or_five_percent(client, monkeypatch, total, free, status):
    set_disk(monkeypatch, total=total, free=free)

    assert client.get("/readyz").status_code == status


def test_without_redis_the_house_goes_on(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert answer(client) == (200, {"status": "degraded", "failing": [], "degraded": ["redis"]})


@pytest.mark.redis
def test_with_redis_it_is_ready(client):
    assert answer(client)[1]["degraded"] == []


def test_a_clock_that_is_off_is_said(client, settings, monkeypatch):
    settings.REDIS_URL = ""
    right = health.db_now
    monkeypatch.setattr(health, "db_now", lambda: right() + 2 * health.CLOCK_SKEW)

    assert answer(client) == (200, {"status": "degraded", "failing": [], "degraded": ["clock"]})


def test_a_shifted_clock_is_not_off(client, settings):
    settings.REDIS_URL = ""
    settings.CLOCK_SHIFT_SECONDS = 3600

    assert answer(client)[1]["degraded"] == []
