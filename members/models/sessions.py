"""The browsers that are signed in."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.module_loading import import_string

from members.models.people import Member

AGENT = "agent"  # in a session's data: what its browser calls itself
WORKING_DAY = timedelta(seconds=settings.SESSION_COOKIE_AGE)


class Session(AbstractBaseSession):
    """A browser's session; it names its member, so that one question finds both.

    What counts is what the signed data says: a member named here alone is not signed in. It ends
    a working day after the sign-in, whatever is done with it meanwhile.
    """

    member = models.ForeignKey(
        Member, null=True, on_delete=models.CASCADE, related_name="sessions", editable=False
    )
    began_at = models.DateTimeField(null=True, editable=False)  # signed in; null of a visitor
    last_seen_at = models.DateTimeField(null=True, editable=False)  # to a minute; see `note_seen`

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "การเข้าใช้"
        verbose_name_plural = "การเข้าใช้"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store
