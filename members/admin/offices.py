"""What every table of an office shares: its rows, its rights, and the service that stores a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from members.forms.meanwhile import SeenForm
from members.models import Audience, Holding, Holiday, Member, Post, Project, ProjectStay, Unit
from members.services import Actor, act_for_office
from portal.core.formfields import ThaiDateField, ThaiDateInput

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
    Project: "office",
    ProjectStay: "project__office",
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
