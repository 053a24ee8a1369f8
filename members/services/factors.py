"""The second step of signing in: who needs one, and who has one."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings

from members.models import Member
from members.querysets import holdings_today

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def needs_second_factor(member: Member) -> bool:
    """Answer whether a post of today, or owning the installation, asks the member for one."""
    roles = settings.SECOND_FACTOR_ROLES
    if not roles:
        return False
    return member.is_superuser or any(held.post.role in roles for held in holdings_today(member))


def has_second_factor(member: Member) -> bool:
    """Answer whether the member has an app or a passkey; recovery codes alone are none."""
    found: bool = Authenticator.objects.filter(user=member.pk, type__in=SECOND).exists()
    return found
