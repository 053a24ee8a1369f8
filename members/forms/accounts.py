"""Signing in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # allauth is not typed
    """Name or address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = "ชื่อผู้ใช้หรืออีเมล"
        password.label = "รหัสผ่าน"
        password.help_text = ""
        login.widget.attrs |= {"autocomplete": "username", "autocapitalize": "none"}
        login.error_messages["required"] = "ใส่ชื่อผู้ใช้หรืออีเมล"
        password.error_messages["required"] = "ใส่รหัสผ่าน"
        for field in (login, password):
            # A label stands above; a placeholder would only repeat it.
            field.widget.attrs.pop("placeholder", None)
