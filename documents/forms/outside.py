"""A letter from outside the portal, as it lies on the registrar's table."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from documents.forms.answering import ManyFilesField, ManyFilesInput
from documents.forms.matters import DueDayField
from documents.models import Channel, Urgency
from documents.services.outside import Envelope
from portal.core.clock import today
from portal.core.formfields import KeyField, LimitedText, ThaiDateField
from portal.core.thaidates import short_date
from portal.core.thaitext import one_line
from portal.files.services import ENCLOSURES, PDF_ONLY, PICTURES

CHANNELS = [choice for choice in Channel.choices if choice[0] != Channel.PORTAL]


class OutsideForm(forms.Form):
    """Sender, number, date, subject and the scanned letter.

    `kept` holds the signed names of files that a refused form brought already.
    """

    key = KeyField()
    sender = LimitedText(
        "จาก",
        300,
        ask="ใส่ชื่อหน่วยงานหรือบุคคลที่ส่งมา",
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "senders"}),
    )
    number = LimitedText("ที่", 80, "เลขหนังสือของผู้ส่ง ไม่มีเลขให้เว้นว่าง")
    dated_on = ThaiDateField(label="ลงวันที่", help_text="เช่น 12 พ.ย. 2569 หรือ 12/11/2569")
    subject = LimitedText("เรื่อง", 500, ask="ใส่เรื่อง")
    addressee = LimitedText("ถึง", 300)
    urgency = forms.TypedChoiceField(
        label="ชั้นความเร็ว", choices=Urgency.choices, coerce=int, initial=Urgency.NORMAL
    )
    channel = forms.ChoiceField(label="มาทาง", choices=CHANNELS)
    due_on = DueDayField(label="ต้องเสร็จภายใน", required=False)
    main = forms.FileField(
        label="ไฟล์ PDF",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": PDF_ONLY.accept}),
    )
    photos = ManyFilesField(
        label="หรือภาพถ่ายทีละหน้า",
        required=False,
        widget=ManyFilesInput(attrs={"accept": PICTURES.accept}),
        help_text="ระบบรวมภาพตามลำดับที่เลือกเป็น PDF ฉบับเดียว",
    )
    enclosures = ManyFilesField(
        label="สิ่งที่ส่งมาด้วย",
        required=False,
        widget=ManyFilesInput(attrs={"accept": ENCLOSURES.accept}),
    )
    again = forms.BooleanField(label="ตรวจแล้ว เป็นคนละฉบับ ลงรับอีกเลข", required=False)

    def clean_dated_on(self) -> date:
        day: date = self.cleaned_data["dated_on"]
        if day > today():
            raise ValidationError(f"{short_date(day)} ยังมาไม่ถึง ตรวจวันที่บนหนังสือ")
        return day

    def envelope(self) -> Envelope:
        """Return what stands on the letter, in one spelling."""
        cleaned = self.cleaned_data
        return Envelope(
            sender=one_line(cleaned["sender"]),
            number=one_line(cleaned["number"]),
            dated_on=cleaned["dated_on"],
            subject=one_line(cleaned["subject"]),
            addressee=one_line(cleaned["addressee"]),
            urgency=cleaned["urgency"],
            channel=cleaned["channel"],
            due_at=cleaned["due_on"],
        )
