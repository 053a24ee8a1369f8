"""The map of the portal's addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from portal.core import views as core
from portal.home.views import founding, office
from portal.home.views import pages as home

handler400 = "portal.core.views.bad_request"
handler500 = "portal.core.views.server_error"

urlpatterns = [
    path("", home.home, name="home"),
    path("letters/", include("documents.urls")),
    path("setup/", founding.setup, name="setup"),
    path("office/", office.office_setup, name="office-setup"),
    path("office/garuda/", office.office_garuda, name="office-garuda"),
    path("office/mail/", office.office_mail, name="office-mail"),
    path("office/schools/", office.office_schools, name="office-schools"),
    path("help/", home.manual, name="help"),
    path("help/<slug:slug>/", home.manual_page, name="help-page"),
    path("livez", core.livez, name="livez"),
    path("readyz", core.readyz, name="readyz"),
    path("design/", core.design_page, name="design"),
    path("notifications/", include("portal.notifications.urls")),
    path("members/", include("members.urls")),
    path("knowledge/", include("knowledge.urls")),
    path("meetings/", include("meetings.urls")),
    path("surveys/", include("research.urls")),
    path("announcements/", include("portal.announcements.urls")),
    path("problems/", include("portal.problems.urls")),
    path("search/", include("portal.search.urls")),
    path("files/", include("portal.files.urls")),
    path("richtext/", include("portal.richtext.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
