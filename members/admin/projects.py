"""The back office for projects, and which unit is in one from when to when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from members.admin.offices import OfficeAdmin, actor_for, of_own_offices
from members.models import Project, ProjectStay, Unit
from members.services import join_project, leave_project, save_project
from portal.core.clock import today
from portal.core.errors import DomainError
from portal.core.formfields import is_id
from portal.core.thaidates import short_date


@admin.register(Project)
class ProjectAdmin(OfficeAdmin):
    keep = staticmethod(save_project)
    list_display = ["name", "office", "begins", "ends"]
    list_filter = [("closed_on", admin.EmptyFieldListFilter)]
    list_select_related = ["office"]
    search_fields = ["name"]
    fields = ["office", "name", "opened_on", "closed_on"]

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> list[str]:
        return ["office"] if obj else []

    @admin.display(description="เริ่มเมื่อ", ordering="opened_on")
    def begins(self, project: Project) -> str:
        return short_date(project.opened_on) if project.opened_on else "–"

    @admin.display(description="ปิดเมื่อ", ordering="closed_on")
    def ends(self, project: Project) -> str:
        return short_date(project.closed_on) if project.closed_on else "–"


class ProjectFilter(admin.SimpleListFilter):
    """Units that are in the project today."""

    title = "โครงการ"
    parameter_name = "project"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        projects = of_own_offices(Project.objects.running(), request)
        return [(str(project.pk), project.name) for project in projects]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Unit]) -> QuerySet[Unit]:
        chosen = self.value()
        if not (chosen and is_id(chosen)):
            return queryset
        return queryset.filter(pk__in=Unit.objects.in_projects([int(chosen)]).values("pk"))


@admin.register(ProjectStay)
class ProjectStayAdmin(OfficeAdmin):
    keep = staticmethod(join_project)
    list_display = ["unit", "project", "begins", "ends"]
    list_filter = [("project", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["unit", "project"]
    search_fields = ["unit__name", "unit__short_name", "project__name"]
    autocomplete_fields = ["project", "unit"]
    fields = ["project", "unit", "from_on", "to_on"]
    actions = ["end_today"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProjectStay]:
        return super().get_queryset(request).select_related("project__office", "unit")

    def get_readonly_fields(
        self, request: HttpRequest, obj: ProjectStay | None = None
    ) -> list[str]:
        return ["project", "unit"] if obj else []

    @admin.display(description="ตั้งแต่", ordering="from_on")
    def begins(self, stay: ProjectStay) -> str:
        return short_date(stay.from_on)

    @admin.display(description="ถึง", ordering="to_on")
    def ends(self, stay: ProjectStay) -> str:
        return short_date(stay.to_on) if stay.to_on else "–"

    @admin.action(description="ให้ออกจากโครงการ วันนี้เป็นวันสุดท้าย", permissions=["change"])
    def end_today(self, request: HttpRequest, queryset: QuerySet[ProjectStay]) -> None:
        for stay in queryset.order_by("pk"):
            try:
                leave_project(stay, on=today(), by=actor_for(request, stay.project.office))
            except DomainError as error:
                self.message_user(request, f"{stay}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{stay} ถึงสิ้นวันนี้")
