"""Wake a worker after the transaction; the row is the work, this is only a hint."""

from __future__ import annotations

import logging

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger("portal.waking")


def later(task: str) -> None:
    """Wake `task` once when this transaction commits; do nothing without a broker.

    Carries no ids and never raises: a lost hint costs two seconds, until the next sweep.
    """
    if not settings.REDIS_URL:
        return
    hints: set[str] = connection.__dict__.setdefault("_portal_hints", set())
    if connection.in_atomic_block:
        if task in hints:
            return
        hints.add(task)

    def wake() -> None:
        hints.discard(task)
        try:
            current_app.send_task(task)
        except (OperationalError, RedisError, OSError):
            logger.warning("waking.lost task=%s", task)

    transaction.on_commit(wake)
