"""The back office for saved groups of recipients."""

from __future__ import annotations

from django.contrib import admin

from members.admin.offices import RemovableAdmin
from members.models import Audience
from members.services import change_audience, describe_audience, remove_audience


@admin.register(Audience)
class AudienceAdmin(RemovableAdmin):
    keep = staticmethod(change_audience)
    remove = staticmethod(remove_audience)
    list_display = ["name", "owner_unit"]
    list_select_related = ["owner_unit"]
    search_fields = ["name", "owner_unit__name"]
    autocomplete_fields = ["owner_unit"]
    fields = ["owner_unit", "name", "rule", "words"]
    readonly_fields = ["words"]

    @admin.display(description="หมายถึง")
    def words(self, audience: Audience) -> str:
        office = audience.owner_unit.office if audience.pk else None
        return describe_audience(audience.rule, office) if office else "–"
