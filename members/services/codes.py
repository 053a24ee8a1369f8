"""A forgotten password without e-mail: a code from somebody who knows the person."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import get_random_string, salted_hmac

from members.models import Member, OneTimeCode
from members.policies import can_give_code
from members.services.acting import Actor
from members.services.devices import end_sessions
from members.services.failures import count_failure, forgive_names, is_refused
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import DomainError, require

LASTS = timedelta(minutes=30)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
LENGTH = 10
TOO_OFTEN = "ลองหลายครั้งเกินไป รอ 15 นาทีแล้วลองใหม่ หรือขอรหัสใหม่"
WRONG = "ชื่อผู้ใช้หรือรหัสไม่ตรงกัน หรือรหัสหมดอายุแล้ว ตรวจแล้วลองใหม่ หรือขอรหัสใหม่"


@transaction.atomic
def give_code(member: Member, *, by: Actor) -> str:
    """The member may set a new password with this code, once, within half an hour.

    Codes that were given before count no longer. Only its hash is kept: nobody reads it again.
    """
    member = Member.objects.lock(member.pk)
    require(can_give_code(by, member))
    if not member.is_active:
        raise DomainError("บัญชีนี้ปิดใช้งานแล้ว ถามผู้ดูแลระบบของสำนักงาน")
    now = db_now()
    member.one_time_codes.filter(used_at__isnull=True, ends_at__gt=now).update(ends_at=now)
    code = get_random_string(LENGTH, LETTERS)
    OneTimeCode.objects.create(
        member=member,
        code_hash=_hash(code),
        given_by=by.member,
        given_at=now,
        ends_at=now + LASTS,
    )
    record("auth.code_given", member, by=by)
    return f"{code[:5]}-{code[5:]}"


def use_code(*, name: str, code: str, password: str, address: str) -> Member:
    """The member has the new password, and is signed out everywhere; the code is used.

    DomainError with the same words whether the name, the code or its time is wrong; each counts as
    a failed sign-in under the name and from the address.
    """
    if is_refused(name, address):
        raise DomainError(TOO_OFTEN)
    member = _set_password(name, code, password)
    if member is None:
        count_failure(name, address)
        raise DomainError(WRONG)
    return member


@transaction.atomic
def _set_password(name: str, code: str, password: str) -> Member | None:
    found = _valid(name, code)
    if found is None:
        return None
    member = Member.objects.lock(found.member_id)
    # Whoever used it or was given another one meanwhile had the member's row first.
    given = _valid(name, code)
    if given is None:
        return None
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise DomainError(" · ".join(error.messages)) from error
    member.set_password(password)
    member.save(update_fields=["password"])
    given.used_at = db_now()
    given.save(update_fields=["used_at"])
    end_sessions(member, why="new password", by=Actor(member=member))
    forgive_names(member.username, member.email)
    record("auth.password_set", member, by=Actor(member=member), given_by=given.given_by_id)
    return member


def _valid(name: str, code: str) -> OneTimeCode | None:
    """Return the code if it may be used now by whoever has this name or address."""
    wanted = name.strip().lower()
    whose = Q(member__username=wanted) | Q(member__email=wanted)
    rows = OneTimeCode.objects.filter(
        whose,
        code_hash=_hash(code),
        used_at__isnull=True,
        ends_at__gt=db_now(),
        member__is_active=True,
    )
    return rows.first()


def _hash(code: str) -> str:
    bare = "".join(letter for letter in code.lower() if letter.isalnum())
    return salted_hmac("members.codes", bare, algorithm="sha256").hexdigest()
