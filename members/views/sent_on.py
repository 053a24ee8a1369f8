"""What was posted and is sent on, and where to go afterwards."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

NEVER_KEPT = {"csrfmiddlewaretoken", "as_holding"}


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was posted, for hidden fields of a form that sends it again."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in NEVER_KEPT
        for value in values
    ]


def safe_address(request: HttpRequest, address: str) -> str:
    """Return an address of this house; anything else is the first page."""
    if url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return reverse("home")
