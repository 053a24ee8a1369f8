"""Addresses of people, posts and audiences."""

from __future__ import annotations

from django.urls import path

from members.views import audiences, codes, delegations, devices, directory, people, posts, renaming

app_name = "members"

urlpatterns = [
    path("directory/", directory.directory, name="directory"),
    path("directory/schools/", directory.schools, name="schools"),
    path("person/<int:pk>/", people.person, name="person"),
    path("person/<int:pk>/code/", codes.code_give, name="code-give"),
    path("use-code/", codes.use_code, name="use-code"),
    path("unit/<int:pk>/", people.unit, name="unit"),
    path("unit/<int:pk>/rename/", renaming.unit_rename, name="unit-rename"),
    path("post/", posts.choose_post, name="choose-post"),
    path("devices/", devices.devices, name="devices"),
    path("devices/end-others/", devices.devices_end_others, name="devices-end-others"),
    path("devices/<slug:name>/end/", devices.device_end, name="device-end"),
    path("stand-ins/", delegations.delegations, name="delegations"),
    path("stand-ins/new/", delegations.delegation_new, name="delegation-new"),
    path(
        "stand-ins/<int:pk>/withdraw/", delegations.delegation_withdraw, name="delegation-withdraw"
    ),
    path("audience/count/", audiences.audience_count, name="audience-count"),
    path("audience/find/<slug:name>/", audiences.audience_find, name="audience-find"),
    path("audience/save/", audiences.audience_save, name="save-audience"),
]
