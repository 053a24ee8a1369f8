"""Addresses of reports."""

from __future__ import annotations

from django.urls import path

from portal.problems import views

app_name = "problems"

urlpatterns = [
    path("", views.index, name="index"),
    path("report/", views.report, name="report"),
    path("thanks/", views.thanks, name="thanks"),
    path("<int:pk>/", views.problem, name="problem"),
    path("<int:pk>/fix/", views.fix, name="fix"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
