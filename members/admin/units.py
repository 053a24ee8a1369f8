"""The back office for units, and the days on which an office is closed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from members.admin.offices import OfficeAdmin, RemovableAdmin
from members.admin.projects import ProjectFilter
from members.models import Holiday, Unit, UnitKind
from members.services import remove_holiday, save_holiday, save_unit
from portal.core.clock import today
from portal.core.thaidates import short_date


@admin.register(Unit)
class UnitAdmin(OfficeAdmin):
    keep = staticmethod(save_unit)
    list_display = ["name", "kind", "subdistrict", "district", "cluster", "pupils", "is_open"]
    list_filter = [
        "kind",
        ("district", admin.RelatedOnlyFieldListFilter),
        ("cluster", admin.RelatedOnlyFieldListFilter),
        ProjectFilter,
        "is_private",
        "by_temple",
        "is_remote",
        ("closed_on", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["district", "cluster"]
    search_fields = ["name", "short_name", "subdistrict", "code8", "code10", "letter_code"]
    autocomplete_fields = ["parent", "district", "cluster"]
    fieldsets = [
        (None, {"fields": ["kind", "office", "name", "renaming", "short_name", "sort_order"]}),
        ("หนังสือ", {"fields": ["letter_code", "can_issue_numbers", "circular_series"]}),
        ("รหัส", {"fields": ["code8", "code10"]}),
        ("ที่ตั้ง", {"fields": ["parent", "district", "cluster", "subdistrict", "province"]}),
        ("ติดต่อ", {"fields": ["phone", "email", "address"]}),
        ("โรงเรียน", {"fields": ["pupils", "levels"]}),
        ("ลักษณะโรงเรียน", {"fields": ["is_private", "by_temple", "is_remote"]}),
        ("ตั้งและยุบเลิก", {"fields": ["opened_on", "closed_on"]}),
    ]

    @admin.display(description="เปิดอยู่", boolean=True)
    def is_open(self, unit: Unit) -> bool:
        day = today()
        return not (unit.closed_on and unit.closed_on <= day) and not (
            unit.opened_on and unit.opened_on > day
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> list[str]:
        """What a unit is and whose stays; its name is changed on a page of its own."""
        return ["renaming", *(["kind", "office", "name"] if obj else [])]

    @admin.display(description="เปลี่ยนชื่อ")
    def renaming(self, unit: Unit) -> str:
        if not unit.pk:
            return "–"
        return format_html(
            '<a href="{}">เปลี่ยนชื่อ ตั้งแต่วันที่กำหนด</a>', reverse("members:unit-rename", args=[unit.pk])
        )

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind" and not request.user.is_superuser:
            kwargs["choices"] = [
                choice for choice in UnitKind.choices if choice[0] != UnitKind.OFFICE
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(Holiday)
class HolidayAdmin(RemovableAdmin):
    keep = staticmethod(save_holiday)
    remove = staticmethod(remove_holiday)
    list_display = ["day", "name", "office"]
    list_select_related = ["office"]
    search_fields = ["name"]
    fields = ["office", "on", "name"]

    @admin.display(description="วันที่", ordering="on")
    def day(self, holiday: Holiday) -> str:
        return short_date(holiday.on)
