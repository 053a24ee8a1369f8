"""How allauth treats our members."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest, HttpResponse

from members.models import AGENT
from members.services import (
    Actor,
    count_failure,
    end_sessions,
    forgive_names,
    is_refused,
    member_of_session,
    record_new_password,
    record_sign_in,
)

LONGEST_AGENT = 300
MISMATCH = "ชื่อผู้ใช้หรือรหัสผ่านไม่ตรงกัน ตรวจแล้วลองใหม่ รหัสผ่านแยกตัวพิมพ์เล็กใหญ่"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Nobody signs up by themselves; the office brings its people in."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "account_inactive": "บัญชีนี้ปิดใช้งานแล้ว ถามผู้ดูแลระบบของสำนักงาน",
        "email_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "enter_current_password": "ใส่รหัสผ่านเดิม",
        "incorrect_password": "รหัสผ่านไม่ถูกต้อง",
        "too_many_login_attempts": "ลองหลายครั้งเกินไป รอ 15 นาทีแล้วลองใหม่ หรือตั้งรหัสผ่านใหม่ทางอีเมล",
        "rate_limited": "ลองหลายครั้งเกินไป รอสักครู่แล้วลองใหม่",
        "unknown_email": "ไม่พบอีเมลนี้",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse, before the password is looked at, where it was wrong too often."""
        super().pre_authenticate(request, **credentials)
        if is_refused(_name_in(credentials), self.get_client_ip(request)):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return whose name and password these are, if anybody's; their failures are forgiven."""
        member = super().authenticate(request, **credentials)
        if member:
            forgive_names(_name_in(credentials))
        return member

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        count_failure(_name_in(credentials), self.get_client_ip(request))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Put the sign-in into the history, after everything it asked for was given."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        request.session[AGENT] = self.get_http_user_agent(request)[:LONGEST_AGENT]
        record_sign_in(user)
        return response

    def set_password(self, user: Any, password: str) -> None:
        """Store a password that the member chose, by the old one or by a letter to the address.

        Everywhere else they are signed out; here allauth does it.
        """
        super().set_password(user, password)
        here = self.request.session.session_key if self.request else None
        end_sessions(user, keep=here, why="new password", by=Actor(member=user))
        forgive_names(user.username, user.email)
        record_new_password(user)


class SignedIn(AuthenticationBackend):  # type: ignore[misc]  # allauth is not typed
    """Names and passwords as allauth reads them; a session's member keeps their posts."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """Ask once for what may be a name or an address.

        allauth looks for an address twice, and hashes the password of one that somebody has twice:
        the time would tell.
        """
        if credentials.get("email") == credentials.get("username"):
            credentials.pop("email", None)
        return super().authenticate(request, **credentials)

    def get_user(self, user_id: Any) -> Any:
        """Return the member of a session, with their current holdings."""
        member = member_of_session(user_id)
        return member if member is not None and self.user_can_authenticate(member) else None


def _name_in(credentials: dict[str, Any]) -> str:
    """Return under which name somebody tries: the account's, or what was typed for one."""
    return str(credentials.get("username") or credentials.get("email") or "")
