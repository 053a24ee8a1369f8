"""Sessions as Django keeps them in the database, which bring their member along."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from members.models import WORKING_DAY, Session
from members.services import forget_recognised, is_noted, session_by_key
from portal.core.clock import now_here

BEGAN = "began_at"


class SessionStore(db.SessionStore):
    """The session of one request; it ends a working day after the sign-in."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        forget_recognised()

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @property
    def began_at(self) -> datetime | None:
        """When the member signed in; None of a visitor."""
        began = self.get(BEGAN)
        return datetime.fromisoformat(began) if began else None

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return when the session ends: as it was asked for, but never after its working day."""
        asked = super().get_expiry_date(**{"modification": now_here()} | kwargs)
        return min(asked, self.began_at + WORKING_DAY) if self.began_at else asked

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Return for how many seconds the session lasts, for its cookie."""
        now = kwargs.pop("modification", None) or now_here()
        return int((self.get_expiry_date(modification=now, **kwargs) - now).total_seconds())

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = now_here()
        if SESSION_KEY in data:
            data.setdefault(BEGAN, now.isoformat())
        found = super().create_model_instance(data)
        is_noted(found.session_key, now)
        return Session(
            session_key=found.session_key,
            session_data=found.session_data,
            expire_date=found.expire_date,
            member_id=data.get(SESSION_KEY),
            began_at=self.began_at,
            last_seen_at=now,
        )

    def _get_session_from_db(self) -> Session | None:
        found = session_by_key(self.session_key or "")
        if found is None:
            self._session_key = None
        return found
