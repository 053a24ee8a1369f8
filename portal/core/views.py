"""Health, the living page of components, and the page for a lost form token."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; touch nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in Thai that the form's token is gone, and what to do."""
    return render(request, "403_csrf.html", status=403)
