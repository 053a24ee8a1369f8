"""Sessions as Django keeps them in the database, which bring their member along."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from members.models import Session
from members.services import forget_recognised, session_by_key


class SessionStore(db.SessionStore):
    """The session of one request."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        forget_recognised()

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        found = super().create_model_instance(data)
        return Session(
            session_key=found.session_key,
            session_data=found.session_data,
            expire_date=found.expire_date,
            member_id=data.get(SESSION_KEY),
        )

    def _get_session_from_db(self) -> Session | None:
        found = session_by_key(self.session_key or "")
        if found is None:
            self._session_key = None
        return found
