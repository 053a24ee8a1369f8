"""The one address of the editor: its empty frame."""

from __future__ import annotations

from django.urls import path

from portal.richtext import views

app_name = "richtext"
urlpatterns = [
    path("frame/", views.frame, name="frame"),
]
