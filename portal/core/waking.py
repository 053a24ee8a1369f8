"""Wake a worker after the transaction; the row is the work, this is only a hint."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from portal.celery import app

logger = logging.getLogger("portal.waking")


@dataclass(frozen=True)
class Wake:
    """One hint to the workers, sent after the commit."""

    task: str

    def __call__(self) -> None:
        try:
            app.send_task(self.task)
        except (OperationalError, RedisError, OSError):
            logger.warning("waking.lost task=%s", self.task)


def later(task: str) -> None:
    """Wake `task` once when this transaction commits; do nothing without a broker.

    Carries no ids and never raises: a lost hint costs two seconds, until the next sweep.
    """
    if not settings.REDIS_URL:
        return
    wake = Wake(task)
    # The connection's own list, not one of ours: Django empties it with a rollback, too.
    if not any(planned[1] == wake for planned in connection.run_on_commit):
        transaction.on_commit(wake)
