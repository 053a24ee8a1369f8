"""What is typed when a meeting is called, changed, cancelled or closed."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict

from meetings.forms.fields import TimeField
from meetings.models import Meeting, Series
from meetings.services.standing import staff_of
from members.forms import AudienceForm
from members.models import OFFICE_ROLES, Member, Unit, UnitKind
from portal.core.clock import BANGKOK, bangkok
from portal.core.formfields import (
    KeyField,
    LimitedText,
    RowField,
    RowsField,
    ThaiDateField,
    offer,
    rows_field,
)

MORNING, NOON = time(9), time(12)


def keepers_for(units: list[Unit]) -> QuerySet[Member]:
    """Return who may chair or write the minutes: the units' people, of an office all of its own."""
    offices = {unit.office_id for unit in units if unit.kind != UnitKind.SCHOOL}
    found: Any = Member.objects.active()
    people = found.none()
    for unit in units:
        people |= found.filter(pk__in=staff_of(unit).values("pk"))
    for office in offices:
        own = Unit.objects.filter(office=office).exclude(kind=UnitKind.SCHOOL)
        staff = Member.objects.holding(units=own.values("pk"), roles=OFFICE_ROLES)
        people |= found.filter(pk__in=staff.values("pk"))
    rows: QuerySet[Member] = people.order_by("first_name", "last_name", "pk")
    return rows


class KeptForm(forms.Form):
    """What a meeting and a series have in common: unit, title, place and who keeps it."""

    unit = forms.ModelChoiceField(
        label="หน่วยงานที่จัด",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"required": "เลือกหน่วยงาน", "invalid_choice": "เลือกหน่วยงานของท่าน"},
    )
    title = LimitedText("ชื่อการประชุม", 200, ask="ใส่ชื่อการประชุม")
    place = LimitedText("สถานที่", 200)
    online_url = forms.URLField(
        label="ลิงก์ประชุมออนไลน์",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={
            "invalid": "ใส่ที่อยู่เว็บ เช่น https://meet.example.org/abc",
            "max_length": "ลิงก์ยาวเกิน 500 ตัวอักษร",
        },
    )
    chair = RowField("ประธาน", ask="เลือกประธาน")
    secretary = RowField("ผู้จดรายงาน")
    key = KeyField()

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        self.only_unit = units[0] if len(units) == 1 else None
        for name in ("chair", "secretary"):
            rows_field(self, name).queryset = keepers_for(units)

    def clean_unit(self) -> Any:
        unit = self.cleaned_data["unit"]
        if unit is None:
            raise ValidationError("เลือกหน่วยงาน")
        return unit


class MeetingForm(KeptForm):
    """One meeting: what, when, where, who keeps it."""

    on = ThaiDateField(label="วันที่", help_text="เช่น 20 พ.ย. 2569")
    starts = TimeField(label="เริ่มเวลา", initial=MORNING)
    ends = TimeField(label="ถึงเวลา", initial=NOON)

    field_order = ["unit", "title", "on", "starts", "ends", "place", "online_url", "chair"]

    @classmethod
    def initial_of(cls, meeting: Meeting) -> dict[str, Any]:
        """Return the meeting as the form shows it."""
        return {
            "unit": meeting.unit_id,
            "title": meeting.title,
            "on": meeting.on,
            "starts": bangkok(meeting.starts_at).time(),
            "ends": bangkok(meeting.ends_at).time(),
            "place": meeting.place,
            "online_url": meeting.online_url,
            "chair": meeting.chair_id,
            "secretary": meeting.secretary_id,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", "เวลาเลิกต้องหลังเวลาเริ่ม")
        return cleaned

    def details(self) -> dict[str, Any]:
        """Return the keywords of the services."""
        said = {
            name: self.cleaned_data[name]
            for name in ("title", "place", "online_url", "chair", "secretary")
        }
        day: date = self.cleaned_data["on"]
        said["starts_at"] = datetime.combine(day, self.cleaned_data["starts"], tzinfo=BANGKOK)
        said["ends_at"] = datetime.combine(day, self.cleaned_data["ends"], tzinfo=BANGKOK)
        return said


class PeopleForm(forms.Form):
    """Whom a meeting or a series is for: the unit's own people, all or by name.

    For a unit of the office the one picker of the house stands beside it (`audience`).
    """

    everybody = forms.BooleanField(label="ทุกคนในหน่วยงาน", required=False)
    people = RowsField("เลือกทีละคน")

    def __init__(
        self, data: QueryDict | None = None, *, thing: Meeting | Series, may_address: bool
    ) -> None:
        rule = dict(thing.rule)
        unit = thing.unit
        own = staff_of(unit).order_by("first_name", "last_name", "pk")
        own_ids = set(own.values_list("pk", flat=True))
        named = [pk for pk in rule.get("members", []) if pk in own_ids]
        everybody = unit.pk in {*rule.get("groups", []), *rule.get("units", [])}
        super().__init__(data, initial={"everybody": everybody, "people": named})
        self.fields["everybody"].label = f"ทุกคนใน{unit.name}"
        rows_field(self, "people").queryset = own
        self.unit = unit
        self.audience: AudienceForm | None = None
        if may_address:
            beyond = {
                **rule,
                "groups": [pk for pk in rule.get("groups", []) if pk != unit.pk],
                "members": [pk for pk in rule.get("members", []) if pk not in own_ids],
            }
            assert unit.office is not None
            self.audience = AudienceForm(data, office=unit.office, rule=beyond, is_required=False)

    def is_valid(self) -> bool:
        is_good = super().is_valid()
        return is_good and (self.audience is None or self.audience.is_valid())

    @property
    def is_looking(self) -> bool:
        return self.audience is not None and self.audience.is_looking

    @property
    def rule(self) -> dict[str, Any]:
        """Return the rule that was chosen, once the form is valid."""
        rule = dict(self.audience.rule) if self.audience else {}
        groups, members = list(rule.get("groups", [])), list(rule.get("members", []))
        if self.cleaned_data["everybody"]:
            groups.append(self.unit.pk)
        members += [member.pk for member in self.cleaned_data["people"]]
        return {**rule, "groups": groups, "members": members}


class InviteForm(forms.Form):
    """The persons who were shown before “เชิญ N คน”."""

    expected = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20_000)

    def ids(self) -> list[int]:
        text = self.cleaned_data["expected"]
        return [int(part) for part in text.split(",") if part.isascii() and part.isdecimal()]


class CancelForm(forms.Form):
    """Why a meeting does not take place."""

    reason = LimitedText(
        "เหตุผลที่งด",
        300,
        ask="บอกเหตุผลที่งดประชุม",
        rows=2,
        help_text="ผู้ได้รับเชิญเห็นข้อความนี้",
    )


class CloseForm(forms.Form):
    """When the meeting was over."""

    ends = TimeField(label="เลิกประชุมเวลา")
