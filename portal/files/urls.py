"""Addresses of files; all of them behind the gate of what the file hangs on."""

from __future__ import annotations

from django.urls import path

from portal.files import views

app_name = "files"
urlpatterns = [
    path("incoming/", views.incoming_files, name="incoming-files"),
    path("incoming/<uuid:public_id>/", views.incoming_file, name="incoming"),
    path("<uuid:public_id>/", views.download, name="download"),
    path("<uuid:public_id>/pages/", views.pages, name="pages"),
    path("<uuid:public_id>/pages/more/", views.more_pages, name="more-pages"),
    path("<uuid:public_id>/pages/<int:number>.png", views.page, name="page"),
]
