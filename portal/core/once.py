"""The same form, sent twice, is one deed: idempotency keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from portal.core.actors import Actor
from portal.core.errors import Conflict
from portal.core.locks import lock_on
from portal.core.models import OnceKey
from portal.core.prepared import prepared


@dataclass
class Done:
    """What came of a keyed deed: `result` is set when it was done before."""

    result: dict[str, Any] | None = None
    is_repeat: bool = False
    row: OnceKey | None = None  # of a deed that is being done, until it is stored

    def keep(self, result: dict[str, Any]) -> None:
        """Store now what will come of the deed, which knows it and has yet to do the rest.

        For a deed that takes a number: while it holds it, others wait.
        """
        self.result = result
        if self.row is not None:
            self.row.result = result
            self.row.save(force_insert=True)
            self.row = None


def fresh_key() -> UUID:
    """Return a key for one rendered form."""
    return uuid4()


def body_hash(body: Any) -> str:
    """Return a fingerprint of what the form said, equal for equal content."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def once(by: Actor, key: UUID | None, body: Any) -> Iterator[Done]:
    """Do the block once per member and key, inside the caller's transaction.

    The block reads `done.is_repeat`: when true, `done.result` is what the first run left and
    nothing is done again. Otherwise the block sets `done.result` (JSON), which is stored with the
    deed. A deed that fails stores nothing. The same key with another body raises Conflict. With
    no key (a command, the worker) nothing is remembered.
    """
    if key is None:
        yield Done()
        return
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("once() needs a transaction to live in")
    lock_on(f"once:{by.member.pk}:{key}")
    fingerprint = body_hash(body)
    earlier = next(iter(_earlier(by.member.pk, key)), None)
    if earlier:
        if earlier.body_hash != fingerprint:
            raise Conflict("แบบฟอร์มนี้ส่งไปแล้วด้วยข้อมูลอื่น เปิดหน้านี้ใหม่แล้วลองอีกครั้ง")
        yield Done(result=earlier.result, is_repeat=True)
        return
    done = Done(row=OnceKey(member=by.member, key=key, body_hash=fingerprint))
    yield done
    if done.row is not None:
        done.keep(done.result or {})


@prepared
def _earlier(member: int, key: UUID) -> QuerySet[OnceKey]:
    return OnceKey.objects.filter(member=member, key=key)
