"""Signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from django.http import HttpRequest, HttpResponse

REMEMBERED = timedelta(days=14)


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # allauth is not typed
    """Name or address, password, and whether this is a machine of one's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = "ชื่อผู้ใช้หรืออีเมล"
        password.label = "รหัสผ่าน"
        password.help_text = ""
        self.fields["remember"].label = f"เครื่องนี้ฉันใช้คนเดียว ไม่ต้องถามอีก {REMEMBERED.days} วัน"
        login.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}
        login.error_messages["required"] = "ใส่ชื่อผู้ใช้หรืออีเมล"
        password.error_messages["required"] = "ใส่รหัสผ่าน"
        for field in (login, password):
            # A label stands above; a placeholder would only repeat it.
            field.widget.attrs.pop("placeholder", None)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in; on a machine of one's own for as long as the box says, else till it closes."""
        response: HttpResponse = super().login(request, redirect_url)
        if self.cleaned_data["remember"]:
            request.session.set_expiry(int(REMEMBERED.total_seconds()))
        return response
