"""Numbers taken by hand: orders, announcements, certificates, awards, and reservations."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from documents.domain import MAX_NAMES, clean_names
from documents.forms.registers import NumberField
from documents.models import Series
from documents.services.issuing import ISSUED, Issue
from documents.services.reserving import RESERVABLE
from members.models import Unit
from portal.core.clock import today
from portal.core.formfields import KeyForm, LimitedText, ThaiDateField, offer
from portal.core.thaitext import one_line
from portal.files.services import PDF_ONLY

NAMES_LENGTH = 300_000
DAYS_AWAY = 366


def labelled(series: tuple[Series, ...]) -> list[tuple[str, str]]:
    return [(one.value, str(one.label).removeprefix("ทะเบียน")) for one in series]


class UnitForm(KeyForm):
    """In whose register the number is taken."""

    unit = forms.ModelChoiceField(
        label="ทะเบียนของ",
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"required": "เลือกหน่วยงาน", "invalid_choice": "เลือกหน่วยงานของท่าน"},
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)


class PaperFields(UnitForm):
    """What stands on every paper that takes a number by hand."""

    dated_on = ThaiDateField(label="ลงวันที่", initial=today)
    signer = LimitedText("ผู้ลงนาม", 300)
    remarks = LimitedText("หมายเหตุ", 300)
    paper = forms.FileField(
        label="ไฟล์ PDF ที่ลงนามแล้ว",
        required=False,
        help_text="ยังไม่มีให้เว้นไว้ แนบภายหลังได้",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PDF_ONLY.accept}),
    )

    def clean_dated_on(self) -> date:
        """Refuse a date more than a year away: its year slipped, and the line keeps it."""
        day: date = self.cleaned_data["dated_on"]
        if abs((day - today()).days) > DAYS_AWAY:
            raise ValidationError("ห่างจากวันนี้เกินหนึ่งปี ตรวจวันและปี พ.ศ. อีกครั้ง")
        return day

    def issue(self) -> Issue:
        """Return what stands on the paper."""
        given: dict[str, Any] = self.cleaned_data
        day: date = given["dated_on"]
        return Issue(
            subject=one_line(given["subject"]),
            dated_on=day,
            signer=one_line(given["signer"]),
            to=one_line(given.get("to", "")),
            remarks=one_line(given["remarks"]),
        )


class IssueForm(PaperFields):
    """One order, announcement or certificate."""

    series = forms.ChoiceField(label="ออกเลข", choices=labelled(ISSUED), initial=Series.ORDER)
    subject = LimitedText("เรื่อง", 500, ask="ใส่เรื่อง")
    to = LimitedText("ออกให้แก่", 300, "เฉพาะหนังสือรับรอง")


class AwardForm(PaperFields):
    """A run of certificates of one event: a pasted list of names, or only how many."""

    subject = LimitedText("งานหรือกิจกรรม", 500, ask="ใส่ชื่องานหรือกิจกรรม")
    names = forms.CharField(
        label="รายชื่อ",
        required=False,
        max_length=NAMES_LENGTH,
        help_text=f"บรรทัดละหนึ่งชื่อ วางจาก Excel ได้ ไม่เกิน {MAX_NAMES:,} ชื่อ",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    count = NumberField(
        label="หรือจำนวนใบ",
        required=False,
        help_text="ใช้เมื่อยังไม่มีรายชื่อ",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_names(self) -> list[str]:
        names = clean_names(self.cleaned_data["names"])
        if len(names) > MAX_NAMES:
            raise ValidationError(f"มี {len(names):,} ชื่อ แบ่งครั้งละไม่เกิน {MAX_NAMES:,} ชื่อ")
        return names

    def clean_count(self) -> int | None:
        count: int | None = self.cleaned_data["count"]
        if count is not None and not 1 <= count <= MAX_NAMES:
            raise ValidationError(f"ใส่ 1 ถึง {MAX_NAMES:,}")
        return count

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "names" in cleaned and "count" in cleaned and not (cleaned["names"] or cleaned["count"]):
            self.add_error("names", "ใส่รายชื่อ หรือจำนวนใบ")
        return cleaned


class ReserveForm(UnitForm):
    """A number for a letter that is still to come."""

    series = forms.ChoiceField(label="ทะเบียน", choices=labelled(RESERVABLE), initial=Series.OUT)
    purpose = LimitedText("จองไว้สำหรับ", 300, ask="บอกว่าจองไว้สำหรับอะไร")
    expires_on = ThaiDateField(
        label="ใช้ภายใน", help_text="พ้นวันนี้แล้วไม่ใช้ เลขจะถูกยกเลิกเอง ไม่เกิน 31 ธันวาคม"
    )

    def __init__(self, *args: Any, units: list[Unit], issuing: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, units=units, **kwargs)
        self.issuing = {unit.pk for unit in issuing}
        if not issuing:  # a group's writers keep numbers of their memos only
            cast("forms.ChoiceField", self.fields["series"]).choices = labelled((Series.MEMO,))
            self.initial.setdefault("series", Series.MEMO)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        unit, series = cleaned.get("unit"), cleaned.get("series")
        if unit and series and series != Series.MEMO and unit.pk not in self.issuing:
            self.add_error("series", "กลุ่มนี้จองได้เฉพาะเลขบันทึกข้อความ")
        return cleaned

    def clean_expires_on(self) -> date:
        day: date = self.cleaned_data["expires_on"]
        if day < today():
            raise ValidationError("วันนี้ผ่านไปแล้ว ใส่วันนี้หรือวันข้างหน้า")
        if day.year != today().year:
            raise ValidationError("จองได้ถึง 31 ธันวาคมของปีนี้ เลขของปีใหม่เริ่มที่ 1")
        return day
