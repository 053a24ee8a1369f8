"""Addresses of announcements."""

from __future__ import annotations

from django.urls import path

from portal.announcements.views import publishing, reading, writing

app_name = "announcements"

urlpatterns = [
    path("", reading.index, name="index"),
    path("new/", writing.new, name="new"),
    path("<int:pk>/", reading.announcement, name="announcement"),
    path("<int:pk>/acknowledge/", reading.acknowledge_one, name="acknowledge"),
    path("<int:pk>/acknowledgements/", reading.acknowledgements, name="acknowledgements"),
    path("<int:pk>/edit/", writing.edit, name="edit"),
    path("<int:pk>/audience/", writing.audience, name="audience"),
    path("<int:pk>/files/", writing.upload, name="upload"),
    path("<int:pk>/files/<uuid:public_id>/remove/", writing.remove, name="file-remove"),
    path("<int:pk>/discard/", writing.discard, name="discard"),
    path("<int:pk>/restore/", writing.restore, name="restore"),
    path("<int:pk>/confirm/", publishing.confirm, name="confirm"),
    path("<int:pk>/publish/", publishing.publish, name="publish"),
    path("<int:pk>/withdraw/", publishing.withdraw, name="withdraw"),
]
