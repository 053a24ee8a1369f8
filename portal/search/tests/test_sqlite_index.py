"""The index on SQLite: a table beside the table, kept in step by triggers."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection, models

from portal.core import triggers
from portal.search.models import SearchDoc
from portal.search.tests.test_indexing import proposed

pytestmark = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="these ways are SQLite's")


@pytest.mark.django_db(transaction=True)
def test_a_remade_table_is_followed_again(shelf):
    paper = shelf.put("ประชุมครู")
    field = models.TextField(default="")
    field.set_attributes_from_name("text")
    with connection.schema_editor() as editor:
        editor.alter_field(SearchDoc, SearchDoc._meta.get_field("text"), field)
    assert [name for name in triggers.missing() if name.startswith("follow_")]

    call_command("migrate", verbosity=0)
    shelf.change(paper, title="อบรมครู")

    assert triggers.missing() == []
    assert proposed("ประชุม") == []
    assert len(proposed("อบรม")) == 1


@pytest.mark.django_db
def test_fts5_finds_itself_in_order(shelf):
    paper = shelf.put("ประชุมครู", number="ศธ 1/12")
    shelf.change(paper, title="อบรมครู")

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_fts (search_fts, rank) VALUES ('integrity-check', 1)")
