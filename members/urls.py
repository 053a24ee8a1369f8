"""Addresses of people, posts and audiences."""

from __future__ import annotations

from django.urls import path

from members import views

app_name = "members"

urlpatterns = [
    path("person/<int:pk>/", views.person, name="person"),
    path("unit/<int:pk>/", views.unit, name="unit"),
    path("post/", views.choose_post, name="choose-post"),
    path("audience/count/", views.audience_count, name="audience-count"),
    path("audience/find/<slug:name>/", views.audience_find, name="audience-find"),
    path("audience/save/", views.audience_save, name="save-audience"),
]
