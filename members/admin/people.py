"""The back office for people."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from members.admin.offices import THAI_DATES, OfficeAdmin, OwnOffice, TabularInline, actor_for
from members.forms.keeping import MemberForm, NewMemberForm
from members.forms.meanwhile import SeenHoldings
from members.models import Holding, Member
from members.services import save_holding, save_member


class HoldingInline(OwnOffice, TabularInline):
    model = Holding
    formset = SeenHoldings
    fields = ["post", "from_on", "to_on"]
    autocomplete_fields = ["post"]
    formfield_overrides = THAI_DATES
    extra = 0
    can_delete = False
    verbose_name_plural = "ตำแหน่งที่ครอง"


@admin.register(Member)
class MemberAdmin(OfficeAdmin):
    keep = staticmethod(save_member)
    form = MemberForm
    list_display = ["username", "full_name", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["username", "first_name", "last_name", "email"]
    autocomplete_fields = ["office"]
    inlines = [HoldingInline]
    ordering = ["username"]
    fieldsets = [
        (None, {"fields": ["username", "new_password"]}),
        ("บุคคล", {"fields": ["title", "first_name", "last_name", "email", "phone"]}),
        ("บัญชี", {"fields": ["office", "is_active", "is_staff", "is_superuser"]}),
    ]

    @admin.display(description="ชื่อ")
    def full_name(self, member: Member) -> str:
        return member.get_full_name()

    def has_change_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        is_owners = obj is not None and obj.is_superuser
        is_allowed = super().has_change_permission(request, obj)
        return is_allowed and (not is_owners or bool(request.user.is_superuser))

    def get_form(
        self, request: HttpRequest, obj: Member | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewMemberForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Member | None = None) -> Any:
        hidden = set() if request.user.is_superuser else {"is_superuser"}
        return [
            (title, options | {"fields": [f for f in options["fields"] if f not in hidden]})
            for title, options in self.fieldsets
        ]

    @method_decorator(sensitive_post_parameters())
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    def given_besides(self, form: Any) -> dict[str, Any]:
        return {"password": form.cleaned_data.get("new_password") or None}

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Store the holdings typed beside the person, each as a deed of its own."""
        formset.save(commit=False)
        changed = [*formset.changed_objects, *((holding, []) for holding in formset.new_objects)]
        for holding, names in changed:
            by = actor_for(request, holding.post.unit.office)
            save_holding(holding, changes=names, by=by)
        formset.save_m2m()
