"""The back office for posts, and who holds which from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from members.admin.offices import OfficeAdmin, actor_for
from members.models import Holding, Post
from members.services import end_holding, save_holding, save_post
from portal.core.clock import today
from portal.core.errors import DomainError
from portal.core.thaidates import short_date


@admin.register(Post)
class PostAdmin(OfficeAdmin):
    keep = staticmethod(save_post)
    list_display = ["title", "level", "unit", "role"]
    list_filter = ["role"]
    list_select_related = ["unit"]
    search_fields = ["title", "unit__name", "unit__short_name"]
    autocomplete_fields = ["unit"]
    fields = ["unit", "title", "level", "role", "sort_order"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request).select_related("unit")


class CurrentFilter(admin.SimpleListFilter):
    title = "ช่วงเวลา"
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "ครองอยู่วันนี้"), ("no", "พ้นแล้วหรือยังไม่เริ่ม")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Holding]) -> QuerySet[Holding]:
        current = Holding.objects.current().values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=current)
        return queryset.exclude(pk__in=current) if self.value() == "no" else queryset


class StandInFilter(admin.SimpleListFilter):
    title = "การครอง"
    parameter_name = "stead"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "ตำแหน่งของตน"), ("yes", "ทำแทนผู้อื่น")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Holding]) -> QuerySet[Holding]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(acting_for__isnull=self.value() == "no")


@admin.register(Holding)
class HoldingAdmin(OfficeAdmin):
    keep = staticmethod(save_holding)
    list_display = ["member", "post", "stead", "begins", "ends"]
    list_filter = [CurrentFilter, StandInFilter, "post__role"]
    list_select_related = ["member", "post__unit", "acting_for__member"]
    search_fields = ["member__first_name", "member__last_name", "post__title", "post__unit__name"]
    autocomplete_fields = ["member", "post"]
    fields = ["member", "post", "from_on", "to_on"]
    actions = ["end_today", "end_now"]

    def get_readonly_fields(self, request: HttpRequest, obj: Holding | None = None) -> list[str]:
        """An order stands as it was written; it is taken back, or another one is given."""
        is_over = obj is not None and obj.ended_at is not None
        stands = obj is not None and obj.acting_for_id is not None
        return ["member", "post", "from_on", "to_on"] if stands or is_over else []

    @admin.display(description="แทน")
    def stead(self, holding: Holding) -> str:
        if holding.acting_for is None:
            return "–"
        return f"{holding.get_phrase_display()} {holding.acting_for.member}"

    @admin.display(description="ตั้งแต่", ordering="from_on")
    def begins(self, holding: Holding) -> str:
        return short_date(holding.from_on)

    @admin.display(description="ถึง", ordering="to_on")
    def ends(self, holding: Holding) -> str:
        return short_date(holding.to_on) if holding.to_on else "–"

    @admin.action(description="ให้พ้นตำแหน่ง วันนี้เป็นวันสุดท้าย", permissions=["change"])
    def end_today(self, request: HttpRequest, queryset: QuerySet[Holding]) -> None:
        self._end(request, queryset, on=today(), words="สิ้นวันนี้")

    @admin.action(description="ให้พ้นตำแหน่ง เดี๋ยวนี้", permissions=["change"])
    def end_now(self, request: HttpRequest, queryset: QuerySet[Holding]) -> None:
        self._end(request, queryset, on=None, words="แล้ว")

    def _end(
        self, request: HttpRequest, queryset: QuerySet[Holding], *, on: date | None, words: str
    ) -> None:
        for holding in queryset.select_related("post__unit__office").order_by("pk"):
            try:
                by = actor_for(request, holding.post.unit.office)
                end_holding(holding, on=on, by=by)
            except DomainError as error:
                self.message_user(request, f"{holding}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{holding.member} พ้น{holding} {words}")
