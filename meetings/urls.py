"""Addresses of meetings."""

from __future__ import annotations

from django.urls import path

from meetings.views import listing

app_name = "meetings"

urlpatterns = [
    path("", listing.index, name="index"),
]
