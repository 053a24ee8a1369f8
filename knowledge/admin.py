"""The back office for the shelves of an office; every change goes through the service."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from knowledge.models import Category
from knowledge.services.sorting import save_category
from members.admin import OFFICE_PATHS, OfficeAdmin

OFFICE_PATHS[Category] = "office"


@admin.register(Category)
class CategoryAdmin(OfficeAdmin):
    keep = staticmethod(save_category)
    list_display = ["name", "office", "sort_order"]
    list_select_related = ["office"]
    search_fields = ["name"]
    fields = ["office", "name", "sort_order"]

    def get_readonly_fields(self, request: Any, obj: Category | None = None) -> list[str]:
        return ["office"] if obj else []
