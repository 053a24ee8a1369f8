"""The guards on SQLite, which drops them with remade tables and empties with DELETE."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models

from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.core import triggers
from portal.core.actors import SYSTEM
from portal.outbox.tests.factories import OutboxMessageFactory

pytestmark = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="these ways are SQLite's")


@pytest.mark.django_db(transaction=True)
def test_a_flush_of_a_real_database_is_refused(monkeypatch):
    record("test.done", OutboxMessageFactory(), by=SYSTEM)
    monkeypatch.delitem(connection.settings_dict["OPTIONS"], "flush_past_triggers")

    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0)

    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_remade_table_has_its_guards_again_after_migrate():
    field, longer = AuditEntry._meta.get_field("action"), models.CharField(max_length=81)
    longer.set_attributes_from_name("action")
    with connection.schema_editor() as editor:
        editor.alter_field(AuditEntry, field, longer)
        editor.alter_field(AuditEntry, longer, field)
    assert len(triggers.missing()) == 2

    call_command("migrate", verbosity=0)

    assert triggers.missing() == []
