"""Choosing recipients: the one form for every room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.functional import cached_property

from members.domain import MAX_IDS, SCHOOL_SIZES, AudienceRule, Headcount, InvalidRule
from members.forms.boxes import GONE, Boxes, Facet, Option, Picker
from members.models import Audience, Holding, Member, Project, ProjectStay, Unit, UnitKind
from members.querysets import UnitQuerySet
from members.services import count_audience, describe_audience
from portal.core.formfields import is_id, rows_field

PREFIX = "to"
SHOWN_SCHOOLS = 200
SHOWN_PERSONS = 30
# What describes schools; the rest names somebody.
DESCRIBING = ("all_schools", "sizes", "districts", "clusters", "projects")
ROWS = ("districts", "clusters", "projects", "saved", "groups", "units", "except", "members")
NOBODY = "เลือกผู้รับอย่างน้อยหนึ่งรายการ"


class AudienceForm(forms.Form):
    """Whom a letter, a survey or a message is for, among the schools and people of one office.

    With a `sender` it offers what that unit may write to by itself: a school its office and the
    other schools, a group (or the office's own desk) the groups and the office; never persons.

    `rule` (JSON) is what it says once it is valid. A room shows it with
    `members/audience_picker.html`, and shows it again without saving while `is_looking`: somebody
    without JavaScript pressed the search or the count inside the picker.
    """

    LABELS: ClassVar[dict[str, str]] = {
        "units": "เลือกทีละโรงเรียน",
        "except": "ยกเว้นบางโรงเรียน",
        "members": "บุคคล",
    }

    all_schools = forms.BooleanField(label="ทุกโรงเรียน", required=False)
    sizes = forms.MultipleChoiceField(
        required=False,
        choices=[(size.key, size.label) for size in SCHOOL_SIZES],
        error_messages={"invalid_choice": GONE},
    )
    name = forms.CharField(label="ชื่อกลุ่ม", required=False, max_length=200)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        office: Unit,
        rule: dict[str, Any] | None = None,
        is_required: bool = True,
        sender: Unit | None = None,
        prefix: str = PREFIX,
    ) -> None:
        super().__init__(data, initial=rule or {}, prefix=prefix)
        self.office = office
        self.is_required = is_required
        self.sender = sender
        self.rule: dict[str, Any] = rule or {}
        units = Unit.objects.open().filter(office=office)
        self.schools: UnitQuerySet = units.schools()
        self.persons = Member.objects.of_office(office)
        if sender:
            units = units.exclude(pk=sender.pk)
            self.schools = units.schools() if self.offers_schools else Unit.objects.none()
            self.fields["with_office"] = forms.BooleanField(required=False)
        self.fields["districts"] = Boxes(units.filter(kind=UnitKind.DISTRICT))
        self.fields["clusters"] = Boxes(units.filter(kind=UnitKind.CLUSTER))
        self.fields["projects"] = Boxes(Project.objects.running().filter(office=office))
        saved = Audience.objects.none() if sender else Audience.objects.of_office(office)
        self.fields["saved"] = Boxes(saved)
        self.fields["groups"] = Boxes(units.groups() if self.offers_groups else Unit.objects.none())
        self.fields["units"] = Boxes(self.schools)
        self.fields["except"] = Boxes(self.schools)
        self.fields["members"] = Boxes(Member.objects.none() if sender else self.persons)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        said: dict[str, Any] = {"all_schools": cleaned["all_schools"], "sizes": cleaned["sizes"]}
        for name in ROWS:
            said[name] = [thing.pk for thing in cleaned[name]]
        if self.sender:
            self._say_for(self.sender, said, with_office=cleaned["with_office"])
        try:
            rule = AudienceRule.parse(said)
        except InvalidRule as error:
            raise ValidationError(GONE) from error
        if rule.is_empty and self.is_required:
            raise ValidationError(NOBODY)
        self.rule = rule.to_json()
        return cleaned

    def _say_for(self, sender: Unit, said: dict[str, Any], *, with_office: bool) -> None:
        """Add the office when it is ticked; take the writing school out of what is described."""
        if with_office and self.offers_office:
            said["units"].append(self.office.pk)
        if any(said[name] for name in DESCRIBING):
            said["except"].append(sender.pk)

    @property
    def offers_schools(self) -> bool:
        return self.sender is None or self.sender.kind == UnitKind.SCHOOL

    @property
    def offers_groups(self) -> bool:
        return self.sender is None or not self.offers_schools

    @property
    def offers_office(self) -> bool:
        return self.sender is not None and self.sender.pk != self.office.pk

    @property
    def is_office_chosen(self) -> bool:
        if self.is_bound:
            return self.add_prefix("with_office") in self.data
        return self.office.pk in self.initial.get("units", ())

    @property
    def is_looking(self) -> bool:
        """The picker's own button was pressed, for a search or a count; nothing is to be saved."""
        return self.is_bound and self.add_prefix("look") in self.data

    def words(self, name: str) -> str:
        """Return what is searched for in one of the long lists."""
        return str(self.data.get(self.add_prefix(f"{name}_q"), ""))[:100]

    def chosen(self, name: str) -> set[str]:
        """Return the values that are ticked, as they were sent or as the rule has them."""
        if self.is_bound:
            assert isinstance(self.data, QueryDict)
            return set(self.data.getlist(self.add_prefix(name)))
        return {str(value) for value in self.initial.get(name, ())}

    @property
    def is_all_chosen(self) -> bool:
        if self.is_bound:
            return self.add_prefix("all_schools") in self.data
        return bool(self.initial.get("all_schools"))

    @cached_property
    def shown_rule(self) -> dict[str, Any]:
        """What is chosen now, also when nobody is chosen yet; nothing when it cannot be read."""
        return self.rule if not self.is_bound or self.is_valid() else {}

    @cached_property
    def headcount(self) -> Headcount:
        return count_audience(self.shown_rule, office=self.office)

    @cached_property
    def description(self) -> str:
        return describe_audience(self.shown_rule, self.office)

    # What the picker shows -----------------------------------------------------------------

    @cached_property
    def total(self) -> int:
        return self.schools.order_by().count()

    @cached_property
    def facets(self) -> list[Facet]:
        """Return the short lists that have something to choose from: places, projects, sizes."""
        found = [
            self._places("districts", "อำเภอ", "district"),
            self._places("clusters", "กลุ่มเครือข่าย", "cluster"),
            self._projects(),
            self._sizes(),
        ]
        return [facet for facet in found if facet.options]

    @cached_property
    def saved_facet(self) -> Facet:
        options = self._options(
            "saved", self._queryset("saved").select_related("owner_unit"), _owner_label
        )
        return self._facet("saved", "กลุ่มที่บันทึกไว้", options)

    @cached_property
    def groups_facet(self) -> Facet:
        return self._facet(
            "groups", "กลุ่มในสำนักงาน", self._options("groups", self._queryset("groups"))
        )

    @cached_property
    def pickers(self) -> list[Picker]:
        return [self.picker(name) for name in self.offered]

    @property
    def offered(self) -> list[str]:
        if self.sender is None:
            return list(self.LABELS)
        return ["units", "except"] if self.offers_schools else []

    def picker(self, name: str) -> Picker:
        """Return one of the long lists: units, except or members."""
        return self._person_picker() if name == "members" else self._school_picker(name)

    def _places(self, name: str, legend: str, path: str) -> Facet:
        counted = self.schools.order_by().values_list(path).annotate(count=Count("pk"))
        counts = dict(counted)
        options = self._options(
            name, self._queryset(name), count=lambda place: counts.get(place.pk, 0)
        )
        return self._facet(name, legend, options)

    def _projects(self) -> Facet:
        here = Q(stays__in=ProjectStay.objects.running(), stays__unit__in=self.schools.order_by())
        counted = self._queryset("projects").annotate(
            schools=Count("stays__unit", filter=here, distinct=True)
        )
        options = self._options("projects", counted, count=lambda project: project.schools)
        return self._facet("projects", "โครงการ", options)

    def _sizes(self) -> Facet:
        counts = self.schools.order_by().aggregate(
            **{
                size.key: Count("pk", filter=_of_size(size.least, size.most))
                for size in SCHOOL_SIZES
            }
        )
        chosen = self.chosen("sizes")
        options = [
            Option(
                value=size.key,
                label=size.label,
                meta=_bounds(size.least, size.most),
                count=counts[size.key],
                is_chosen=size.key in chosen,
            )
            for size in SCHOOL_SIZES
        ]
        return self._facet("sizes", "ขนาดโรงเรียน", options if any(counts.values()) else [])

    def _facet(self, name: str, legend: str, options: list[Option]) -> Facet:
        return Facet(name=name, html_name=self.add_prefix(name), legend=legend, options=options)

    def _queryset(self, name: str) -> Any:
        return rows_field(self, name).queryset

    def _options(
        self,
        name: str,
        things: Iterable[Any],
        meta: Callable[[Any], str] = lambda thing: "",
        count: Callable[[Any], int | None] = lambda thing: None,
    ) -> list[Option]:
        chosen = self.chosen(name)
        return [
            Option(
                value=thing.pk,
                label=str(thing),
                meta=meta(thing),
                count=count(thing),
                is_chosen=str(thing.pk) in chosen,
            )
            for thing in things
        ]

    def _school_picker(self, name: str) -> Picker:
        schools = self.schools.select_related("district")
        picked = list(schools.filter(pk__in=self._chosen_ids(name)))
        words = self.words(name)
        rest = schools.exclude(pk__in=[school.pk for school in picked])
        found: list[Unit] = []
        if words:
            rest = rest.matching(words)
        if words or self.total <= SHOWN_SCHOOLS:
            found = list(rest[: SHOWN_SCHOOLS + 1])
        return Picker(
            name=name,
            html_name=self.add_prefix(name),
            legend=self.LABELS[name],
            label="ค้นชื่อโรงเรียน ตำบล หรือรหัส",
            hint="พิมพ์ค้นแล้วเลือก",
            words=words,
            options=self._options(name, [*picked, *found[:SHOWN_SCHOOLS]], _place),
            more=max(0, len(found) - SHOWN_SCHOOLS),
        )

    def _person_picker(self) -> Picker:
        picked = list(self.persons.filter(pk__in=self._chosen_ids("members")))
        words = self.words("members")
        found: list[Member] = []
        if words:
            rest = self.persons.matching(words).exclude(pk__in=[person.pk for person in picked])
            found = list(rest[: SHOWN_PERSONS + 1])
        shown = [*picked, *found[:SHOWN_PERSONS]]
        posts = self._posts_of(shown)
        return Picker(
            name="members",
            html_name=self.add_prefix("members"),
            legend=self.LABELS["members"],
            label="ค้นชื่อบุคคล",
            hint="พิมพ์ชื่อหรือนามสกุลแล้วเลือก",
            words=words,
            options=self._options("members", shown, lambda person: posts.get(person.pk, "")),
            more=max(0, len(found) - SHOWN_PERSONS),
        )

    def _posts_of(self, persons: list[Member]) -> dict[int, str]:
        held = (
            Holding.objects.current()
            .filter(member__in=persons, post__unit__office=self.office)
            .select_related("post__unit")
            .order_by("-post__sort_order", "-pk")
        )
        return {holding.member_id: str(holding.post) for holding in held} if persons else {}

    def _chosen_ids(self, name: str) -> list[int]:
        return [int(value) for value in self.chosen(name) if is_id(value)][:MAX_IDS]


def _owner_label(audience: Audience) -> str:
    return audience.owner_unit.label


def _place(school: Unit) -> str:
    district = school.district.name if school.district else ""
    subdistrict = f"ตำบล{school.subdistrict}" if school.subdistrict else ""
    return " ".join(part for part in (subdistrict, district) if part)


def _of_size(least: int, most: int | None) -> Q:
    at_least = Q(pupils__gte=least)
    return at_least if most is None else at_least & Q(pupils__lte=most)


def _bounds(least: int, most: int | None) -> str:
    if most is None:
        return f"นักเรียน {least:,} คนขึ้นไป"
    return f"นักเรียน {least:,}–{most:,} คน" if least else f"นักเรียนไม่เกิน {most:,} คน"
