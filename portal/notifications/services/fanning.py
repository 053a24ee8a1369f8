"""From one outbox row to a notification for everybody it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import EmptyResultSet, ObjectDoesNotExist
from django.db import connection, models, transaction

from portal.core.clock import db_now
from portal.core.waking import later
from portal.notifications.domain import next_digest
from portal.notifications.kinds import Kind, kind_of
from portal.notifications.models import (
    MAX_OFFICE_TEXT,
    MAX_TITLE,
    MAX_UNIT_TEXT,
    Channel,
    Delivery,
    DeliveryState,
    Digest,
    Notice,
    Notification,
    UnreadCounter,
)
from portal.notifications.services.gate import who_may_open
from portal.outbox.models import OutboxMessage
from portal.outbox.services import checkpoint

CHUNK = 10_000
LAST_ID = 2**63 - 1
MAX_LINES = 3


@dataclass(frozen=True)
class Sql:
    """A piece of SQL with its values."""

    text: str
    params: tuple[Any, ...] = ()


def fan_out(message: OutboxMessage, *, chunk: int = CHUNK) -> None:
    """Every recipient has the notice in the bell once, its counter is right, and mail is due.

    Done again, or by two workers at once, it changes nothing. Large audiences go in chunks by
    member id, each in its own transaction, and only as long as the message is this worker's. A
    chunk begins with the message's row, which `withdraw_notices` waits for.
    """
    kind = kind_of(message.topic)
    if kind is None or not kind.is_still_true(message):
        return
    people = _people(kind, message)
    if people is None:
        return
    notice = _notice_of(message, kind)
    due_at = _due_at(notice, kind, message)
    lower = 0
    for upper in _bounds(people, chunk):
        with transaction.atomic():
            checkpoint(message)
            _tell(notice, people, lower, upper, due_at)
        lower = upper
    if notice.is_urgent:
        later("notifications.deliver")


def _people(kind: Kind, message: OutboxMessage) -> Sql | None:
    """Return the recipients as SQL that yields `id`; None when there can be nobody.

    Whoever may not open the subject is none of them, nor is anybody when it is gone.
    """
    try:
        people = who_may_open(kind.recipients(message), message.subject_type, message.subject_id)
        people = people.order_by().values("id")
        text, params = people.query.sql_with_params()
    except (EmptyResultSet, ObjectDoesNotExist):
        return None
    return Sql(text, params)


def _notice_of(message: OutboxMessage, kind: Kind) -> Notice:
    """Return the notice of this message, rendered when the first worker comes by.

    A text too long for its column is cut: a title without its end still tells.
    """
    known = Notice.objects.filter(message=message).first()
    if known:
        return known
    text, office = kind.text(message), kind.office(message)
    notice = Notice(
        message_id=message.pk,
        kind=kind.key,
        subject_type=message.subject_type,
        subject_id=message.subject_id,
        title=text.title[:MAX_TITLE],
        lines=[str(line) for line in text.lines][:MAX_LINES],
        url=text.url,
        unit_text=text.unit_text[:MAX_UNIT_TEXT],
        office_text=office.name[:MAX_OFFICE_TEXT],
        is_urgent=kind.is_urgent(message),
        created_at=db_now(),
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    return Notice.objects.get(message=message)


def _due_at(notice: Notice, kind: Kind, message: OutboxMessage) -> datetime:
    if notice.is_urgent:
        return notice.created_at
    return next_digest(notice.created_at, kind.office(message).holidays)


def _bounds(people: Sql, chunk: int) -> list[int]:
    """Return the last id of every chunk; behind the last one there is nobody."""
    sql = f"""
        SELECT id FROM (
            SELECT r.id AS id, row_number() OVER (ORDER BY r.id) AS place
            FROM (SELECT DISTINCT id FROM ({people.text}) q) r
        ) n WHERE place %% %s = 0 ORDER BY id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [*people.params, chunk])
        return [*(pk for (pk,) in cursor.fetchall()), LAST_ID]


# The same statements for both engines -------------------------------------------------------------


def _tell(notice: Notice, people: Sql, lower: int, upper: int, due_at: datetime) -> None:
    """Write one chunk: bells, counters and mail, only for those who did not have the notice.

    `fresh` are the rows really inserted: on PostgreSQL what the INSERT returns, in one statement
    with all that follows from it; on SQLite, alone in its transaction, every row of the notice
    that is younger than the youngest before.
    """
    bells = _bells(notice, people, lower, upper)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            first, second, last = _consequences(notice, Sql("fresh"), due_at)
            cursor.execute(
                f"WITH fresh AS ({bells.text} RETURNING id, recipient_id), "
                f"counted AS ({first.text}), mailed AS ({second.text}) {last.text}",
                [*bells.params, *first.params, *second.params, *last.params],
            )
            return
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {_table(Notification)}")
        (before,) = cursor.fetchone()
        cursor.execute(bells.text, bells.params)
        fresh = Sql(
            f"(SELECT id, recipient_id FROM {_table(Notification)} "
            "WHERE id > %s AND notice_id = %s) fresh",
            (before, notice.pk),
        )
        for consequence in _consequences(notice, fresh, due_at):
            cursor.execute(consequence.text, consequence.params)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _here(moment: datetime) -> Any:
    """Return a time as this engine takes it."""
    return connection.ops.adapt_datetimefield_value(moment)


def _bells(notice: Notice, people: Sql, lower: int, upper: int) -> Sql:
    return Sql(
        f"""
        INSERT INTO {_table(Notification)} (notice_id, recipient_id, created_at)
        SELECT %s, r.id, %s FROM ({people.text}) r WHERE r.id > %s AND r.id <= %s ORDER BY r.id
        ON CONFLICT DO NOTHING
        """,
        (notice.pk, _here(notice.created_at), *people.params, lower, upper),
    )


def _consequences(notice: Notice, fresh: Sql, due_at: datetime) -> tuple[Sql, Sql, Sql]:
    """Return what follows from new bells: counters, mail, and the morning that mail waits for.

    Rows are locked in the order of member ids, so that two workers never wait crosswise.
    """
    counter, digest = _table(UnreadCounter), _table(Digest)
    reachable = f"""
        FROM {fresh.text} JOIN {_table(get_user_model())} m ON m.id = fresh.recipient_id
        WHERE m.is_active AND m.email <> ''
    """
    counters = Sql(
        f"""
        INSERT INTO {counter} (member_id, n)
        SELECT recipient_id, 1 FROM {fresh.text} WHERE true ORDER BY recipient_id
        ON CONFLICT (member_id) DO UPDATE SET n = {counter}.n + 1
        """,
        fresh.params,
    )
    mail = Sql(
        f"""
        INSERT INTO {_table(Delivery)} (notification_id, recipient_id, channel, state, is_digest,
            due_at, claimed_by, attempts, provider_ref, error)
        SELECT fresh.id, fresh.recipient_id, %s, %s, %s, %s, '', 0, '', ''
        {reachable}
        ON CONFLICT DO NOTHING
        """,
        (Channel.EMAIL, DeliveryState.PENDING, not notice.is_urgent, _here(due_at), *fresh.params),
    )
    mornings = Sql(
        f"""
        INSERT INTO {digest} (member_id, channel, due_at, claimed_by, attempts, error)
        SELECT fresh.recipient_id, %s, %s, '', 0, ''
        {reachable} AND %s ORDER BY fresh.recipient_id
        ON CONFLICT (member_id, channel) DO UPDATE SET due_at = excluded.due_at
        WHERE {digest}.due_at IS NULL OR {digest}.due_at > excluded.due_at
        """,
        (Channel.EMAIL, _here(due_at), *fresh.params, not notice.is_urgent),
    )
    return counters, mail, mornings
