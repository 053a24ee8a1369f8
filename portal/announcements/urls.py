"""Addresses of announcements."""

from __future__ import annotations

from django.urls import path

from portal.announcements import views

app_name = "announcements"

urlpatterns = [
    path("", views.index, name="index"),
]
