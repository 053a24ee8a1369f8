"""The guards: what the database refuses, whoever asks."""

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from members.models import AudienceMove
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.core import triggers
from portal.core.actors import SYSTEM
from portal.core.clock import db_now
from portal.outbox.models import OutboxMessage

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


def publish_row():
    now = db_now()
    return OutboxMessage.objects.create(topic="test.guarded", created_at=now, due_at=now)


@pytest.fixture
def guarded_outbox(monkeypatch):
    """For this test the rows of the outbox keep their topic, are not deleted, and only rise."""
    monkeypatch.setattr(triggers, "TRIGGERS", set(triggers.TRIGGERS))
    triggers.frozen_fields(OutboxMessage, ["topic", "data"], never_lower=["attempts"])
    triggers.install()


def refused(work):
    """Answer whether the database refuses; what it refused is undone."""
    try:
        with transaction.atomic():
            work()
    except IntegrityError:
        return True
    return False


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_history_is_only_added_to():
    entry = record("test.done", publish_row(), by=SYSTEM)
    rows = AuditEntry.objects.filter(pk=entry.pk)

    assert refused(lambda: rows.update(action="test.forged"))
    assert refused(lambda: rows.delete())
    assert refused(lambda: execute("DELETE FROM audit_auditentry"))
    assert refused(lambda: execute("UPDATE audit_auditentry SET action = action"))
    assert rows.get().action == "test.done"


def test_without_a_guard_the_same_deeds_are_possible():
    row = publish_row()
    rows = OutboxMessage.objects.filter(pk=row.pk)

    assert not refused(lambda: rows.update(topic="test.other", attempts=3))
    assert not refused(lambda: rows.update(attempts=2))
    assert not refused(lambda: rows.delete())


def test_frozen_fields_keep_their_value_and_the_others_may_change(guarded_outbox):
    row = publish_row()
    rows = OutboxMessage.objects.filter(pk=row.pk)

    assert refused(lambda: rows.update(topic="test.other"))
    assert refused(lambda: rows.update(data={"a": 1}))
    assert refused(lambda: rows.update(id=row.pk + 1))
    assert refused(lambda: rows.delete())
    assert not refused(lambda: rows.update(topic="test.guarded", error="Late", attempts=2))
    assert not refused(lambda: rows.update(attempts=2))
    assert refused(lambda: rows.update(attempts=1))
    assert rows.values_list("topic", "error", "attempts").get() == ("test.guarded", "Late", 2)


@pytest.mark.postgres
def test_a_table_of_the_history_cannot_be_emptied_outside_the_test_runner():
    record("test.done", publish_row(), by=SYSTEM)

    def truncate():
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("SET LOCAL portal.flush = 'off'")
        execute("TRUNCATE audit_auditentry")

    assert refused(truncate)
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_guards_stand_again_after_the_test_runner_emptied_the_tables():
    entry = record("test.done", publish_row(), by=SYSTEM)

    call_command("flush", interactive=False, verbosity=0)

    assert AuditEntry.objects.filter(pk=entry.pk).count() == 0
    assert triggers.missing() == []


def lose_a_guard():
    (name,) = [guard.name for guard in triggers.TRIGGERS if guard.table == "audit_auditentry"
               and guard.event == triggers.DELETE]  # fmt: skip
    table = " ON audit_auditentry" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER {name}{table}")
    return name


def test_a_lost_guard_is_named_by_the_check_and_put_back_by_migrate():
    assert run_checks(tags=[Tags.database], databases=["default"]) == []
    name = lose_a_guard()

    (warning,) = run_checks(tags=[Tags.database], databases=["default"])
    call_command("migrate", verbosity=0)

    assert (warning.id, name in warning.msg) == ("core.W001", True)
    assert triggers.missing() == []


def test_looking_at_the_plan_changes_nothing():
    name = lose_a_guard()

    call_command("migrate", plan=True, verbosity=0)

    assert triggers.missing() == [name]


def test_a_guard_that_says_something_else_replaces_the_old_one(guarded_outbox):
    triggers.TRIGGERS.difference_update(
        [guard for guard in triggers.TRIGGERS if guard.table == "outbox_outboxmessage"]
    )
    triggers.frozen_fields(OutboxMessage, ["topic"], no_delete=False)
    triggers.install()
    rows = OutboxMessage.objects.filter(pk=publish_row().pk)

    assert refused(lambda: rows.update(topic="test.other"))
    assert not refused(lambda: rows.update(data={"a": 1}, attempts=0))
    assert not refused(lambda: rows.delete())


@pytest.mark.postgres
def test_a_disabled_guard_counts_as_missing():
    guard = next(guard for guard in triggers.TRIGGERS if guard.table == "audit_auditentry")

    execute(f"ALTER TABLE audit_auditentry DISABLE TRIGGER {guard.name}")

    assert triggers.missing() == [guard.name]


@pytest.mark.postgres
def test_a_guarded_column_can_still_get_another_type(guarded_outbox):
    execute("ALTER TABLE outbox_outboxmessage ALTER COLUMN topic TYPE varchar(90)")

    assert triggers.missing() == []


@pytest.mark.postgres
def test_what_changes_a_table_is_noted_in_its_transaction(monkeypatch):
    monkeypatch.setattr(triggers, "TRIGGERS", set(triggers.TRIGGERS))
    triggers.note_changes(OutboxMessage, into=AudienceMove, fields=["attempts"])
    triggers.install()
    noted = []

    def note(work):
        before = AudienceMove.objects.count()
        with transaction.atomic():
            work()
        noted.append(AudienceMove.objects.count() - before)

    note(publish_row)
    note(lambda: OutboxMessage.objects.update(attempts=3))
    note(lambda: OutboxMessage.objects.update(error="Late"))
    note(lambda: (publish_row(), transaction.set_rollback(True)))
    note(lambda: execute("DELETE FROM outbox_outboxmessage"))

    assert noted == [1, 1, 0, 0, 1]


def test_names_fit_into_postgresql():
    assert max(len(guard.name) for guard in triggers.TRIGGERS) <= 63
