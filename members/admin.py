"""The back office for people, units and days: every change goes through the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from members.forms.keeping import MemberForm, NewMemberForm
from members.forms.meanwhile import SeenForm, SeenHoldings
from members.models import Audience, Holding, Holiday, Member, Post, Unit, UnitKind
from members.services import (
    Actor,
    act_for_office,
    change_audience,
    describe_audience,
    end_holding,
    remove_audience,
    remove_holiday,
    save_holding,
    save_holiday,
    save_member,
    save_post,
    save_unit,
)
from portal.core.clock import today
from portal.core.errors import DomainError
from portal.core.formfields import ThaiDateField, ThaiDateInput
from portal.core.thaidates import short_date

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline

ModelT = TypeVar("ModelT", bound=models.Model)

# Where the rows of each table have their office; every list and every choice ends there.
OFFICE_PATHS: dict[type[models.Model], str] = {
    Unit: "office",
    Member: "office",
    Post: "unit__office",
    Holding: "post__unit__office",
    Holiday: "office",
    Audience: "owner_unit__office",
}
THAI_DATES: Mapping[type[models.Field[Any, Any]], Mapping[str, Any]] = {
    models.DateField: {"form_class": ThaiDateField, "widget": ThaiDateInput}
}


def of_own_offices(queryset: QuerySet[ModelT], request: HttpRequest) -> QuerySet[ModelT]:
    """Return the rows of the offices the signed-in person administers; all for the owner."""
    member = request.user
    assert isinstance(member, Member)
    if member.is_superuser:
        return queryset
    offices = Unit.objects.administered_by(member)
    return queryset.filter(**{f"{OFFICE_PATHS[queryset.model]}__in": offices})


def actor_for(request: HttpRequest, office: Unit | None) -> Actor:
    """Return the signed-in person as the administrator of the office."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return act_for_office(actor, office)


class OwnOffice:
    """Rights and choices of an administrator: the role in the post, not rows of permissions."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        member = request.user
        return (
            isinstance(member, Member)
            and member.is_active
            and member.is_staff
            and (member.is_superuser or Unit.objects.administered_by(member).exists())
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return of_own_offices(super().get_queryset(request), request)  # type: ignore[misc]  # a mixin before ModelAdmin

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        model = db_field.related_model
        kwargs["queryset"] = of_own_offices(model._default_manager.all(), request)
        if db_field.name == "office" and not request.user.is_superuser:
            kwargs["required"] = True
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc,no-any-return]  # as above


class OfficeAdmin(OwnOffice, ModelAdmin):
    """One table of an office; `keep` is the service that stores a row."""

    keep: ClassVar[Callable[..., object]]
    form = SeenForm
    change_form_template = "admin/seen_form.html"
    formfield_overrides = THAI_DATES
    list_per_page = 50
    show_full_result_count = False

    def office_of(self, obj: Any) -> Unit | None:
        """Return the office whose business a change of this row is."""
        office: Unit | None = reduce(getattr, OFFICE_PATHS[self.model].split("__"), obj)
        return office

    def given_besides(self, form: Any) -> dict[str, Any]:
        """Return what the service is given of the form beside the columns of the row."""
        return {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        columns = {field.name for field in obj._meta.concrete_fields}
        self.keep(
            obj,
            changes=[name for name in form.changed_data if name in columns],
            by=actor_for(request, self.office_of(obj)),
            **self.given_besides(form),
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().render_change_form(request, context, *args, **kwargs)
        beside = [inline.formset for inline in context["inline_admin_formsets"]]
        if any(typed.theirs for typed in [context["adminform"].form, *beside]):
            response.status_code = 409
        return response

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        offices = list(Unit.objects.administered_by(request.user)[:2])  # type: ignore[arg-type]  # signed in
        if len(offices) == 1:
            initial.setdefault("office", offices[0].pk)
        return initial


class RemovableAdmin(OfficeAdmin):
    """A table whose rows may go; `remove` is the service that takes one away."""

    remove: ClassVar[Callable[..., object]]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj, by=actor_for(request, self.office_of(obj)))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(Unit)
class UnitAdmin(OfficeAdmin):
    keep = staticmethod(save_unit)
    list_display = ["name", "kind", "subdistrict", "district", "cluster", "pupils", "is_open"]
    list_filter = [
        "kind",
        ("district", admin.RelatedOnlyFieldListFilter),
        ("cluster", admin.RelatedOnlyFieldListFilter),
        ("closed_on", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["district", "cluster"]
    search_fields = ["name", "short_name", "subdistrict", "code8", "code10", "letter_code"]
    autocomplete_fields = ["parent", "district", "cluster"]
    fieldsets = [
        (None, {"fields": ["kind", "office", "name", "short_name", "sort_order"]}),
        ("หนังสือ", {"fields": ["letter_code", "can_issue_numbers", "circular_series"]}),
        ("รหัส", {"fields": ["code8", "code10"]}),
        ("ที่ตั้ง", {"fields": ["parent", "district", "cluster", "subdistrict", "province"]}),
        ("ติดต่อ", {"fields": ["phone", "email", "address"]}),
        ("โรงเรียน", {"fields": ["pupils", "levels"]}),
        ("ตั้งและยุบเลิก", {"fields": ["opened_on", "closed_on"]}),
    ]

    @admin.display(description="เปิดอยู่", boolean=True)
    def is_open(self, unit: Unit) -> bool:
        day = today()
        return not (unit.closed_on and unit.closed_on <= day) and not (
            unit.opened_on and unit.opened_on > day
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> list[str]:
        return ["kind", "office"] if obj else []

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind" and not request.user.is_superuser:
            kwargs["choices"] = [
                choice for choice in UnitKind.choices if choice[0] != UnitKind.OFFICE
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


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


@admin.register(Post)
class PostAdmin(OfficeAdmin):
    keep = staticmethod(save_post)
    list_display = ["title", "unit", "role"]
    list_filter = ["role"]
    list_select_related = ["unit"]
    search_fields = ["title", "unit__name", "unit__short_name"]
    autocomplete_fields = ["unit"]
    fields = ["unit", "title", "role", "sort_order"]

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


@admin.register(Holding)
class HoldingAdmin(OfficeAdmin):
    keep = staticmethod(save_holding)
    list_display = ["member", "post", "begins", "ends"]
    list_filter = [CurrentFilter, "post__role"]
    list_select_related = ["member", "post__unit"]
    search_fields = ["member__first_name", "member__last_name", "post__title", "post__unit__name"]
    autocomplete_fields = ["member", "post"]
    fields = ["member", "post", "from_on", "to_on"]
    actions = ["end_today"]

    @admin.display(description="ตั้งแต่", ordering="from_on")
    def begins(self, holding: Holding) -> str:
        return short_date(holding.from_on)

    @admin.display(description="ถึง", ordering="to_on")
    def ends(self, holding: Holding) -> str:
        return short_date(holding.to_on) if holding.to_on else "–"

    @admin.action(description="ให้พ้นตำแหน่ง วันนี้เป็นวันสุดท้าย", permissions=["change"])
    def end_today(self, request: HttpRequest, queryset: QuerySet[Holding]) -> None:
        for holding in queryset.select_related("post__unit__office").order_by("pk"):
            try:
                by = actor_for(request, holding.post.unit.office)
                end_holding(holding, on=today(), by=by)
            except DomainError as error:
                self.message_user(request, f"{holding}: {error}", messages.ERROR)
            else:
                self.message_user(request, f"{holding.member} พ้น{holding} สิ้นวันนี้")


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


# One way in, with its limits and its history; and no table that would change without either.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth documents it so
admin.site.site_header = "หลังบ้าน"
admin.site.site_title = "หลังบ้าน"
admin.site.index_title = "บุคคล หน่วยงาน และข้อมูลตั้งต้น"
admin.site.unregister([Group, EmailAddress, Authenticator])
