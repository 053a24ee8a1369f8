"""The back office for people, units and days: every change goes through the services."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group

from members.admin.audiences import AudienceAdmin
from members.admin.offices import OFFICE_PATHS, OfficeAdmin
from members.admin.people import MemberAdmin
from members.admin.posts import HoldingAdmin, PostAdmin
from members.admin.projects import ProjectAdmin, ProjectStayAdmin
from members.admin.units import HolidayAdmin, UnitAdmin

__all__ = [
    "OFFICE_PATHS",
    "AudienceAdmin",
    "HoldingAdmin",
    "HolidayAdmin",
    "MemberAdmin",
    "OfficeAdmin",
    "PostAdmin",
    "ProjectAdmin",
    "ProjectStayAdmin",
    "UnitAdmin",
]

# One way in, with its limits and its history; and no table that would change without either.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth documents it so
admin.site.site_header = "หลังบ้าน"
admin.site.site_title = "หลังบ้าน"
admin.site.index_title = "บุคคล หน่วยงาน และข้อมูลตั้งต้น"
admin.site.unregister([Group, EmailAddress, Authenticator])
