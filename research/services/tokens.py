"""The token with which a member answers: derived, never stored.

The database keeps its hash alone. The token is computed anew from a secret outside the database
(SECRET_KEY, or one of SECRET_KEY_FALLBACKS after a change of it), so that a signed-in member finds
the way to the own sheet without a link in a mail.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings

from research.models import Invitation, Survey

PURPOSE = "portal.research.token.1"
TOKEN_LENGTH = 43


def token_for(survey: Survey, member_id: int) -> str:
    """Return the token of this member for this survey, 256 bits in 43 letters."""
    return _token(settings.SECRET_KEY, survey, member_id)


def token_of(invitation: Invitation) -> str | None:
    """Return the token of an invitation; None when its secret is no longer known."""
    for token in _candidates(invitation):
        if hash_of(token) == invitation.token_hash:
            return token
    return None


def hash_of(token: str) -> str:
    """Return what the database knows of a token. It is random, so a plain hash says nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


def _candidates(invitation: Invitation) -> Iterator[str]:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _token(secret, invitation.survey, invitation.member_id)


def _token(secret: str, survey: Survey, member_id: int) -> str:
    said = f"{PURPOSE}:{survey.public_id}:{member_id}"
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
