"""A connection that was closed by the server is noticed without asking the server."""

from __future__ import annotations

import pytest
from django.db import connection, connections

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

GONE = "SELECT pg_terminate_backend(%s, 10000)"  # true when it is gone, within ten seconds
ASKED = "SELECT query FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def own():
    """Return a connection of this test alone, which may be cut."""
    copied = connections["default"].copy()
    copied.ensure_connection()
    yield copied
    copied.close()


def ask(wrapper, question, *values):
    with wrapper.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()[0]


def test_a_living_connection_is_usable_and_is_asked_nothing(own):
    process = own.connection.info.backend_pid
    ask(own, "SELECT 20701")

    assert own.is_usable()
    assert "20701" in ask(connection, ASKED, process)


def test_a_connection_that_the_server_closed_is_not_usable(own):
    assert ask(connection, GONE, own.connection.info.backend_pid)

    assert not own.is_usable()
    own.close()
    assert ask(own, "SELECT 1") == 1


def test_no_connection_is_not_usable(own):
    own.close()

    assert not own.is_usable()
