"""What the office says about itself on its first day, its picture, and its list of schools."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.forms import BoundField

from documents.models import Series
from documents.services.registering import MAX_START_NUMBER
from members.models import CircularSeries, Member, Unit
from portal.core.formfields import LimitedText
from portal.core.thaidates import arabic_digits
from portal.home.domain import STANDARD_GROUPS, tidy_letter_code
from portal.home.services import FirstDay

NAME, SHORT, LINE = 200, 100, 60
MOST_MORE_GROUPS = 30
NUMBERS = {"start_in": Series.IN, "start_out": Series.OUT, "start_circular": Series.CIRCULAR}
GARUDA_HINT = "PNG หรือ JPG ไม่เกิน 4 MB ใส่ภายหลังได้ ก่อนมีภาพ หนังสือที่พิมพ์มีวงกลมเส้นประแทน"
MOST_GARUDA = 4 * 1024 * 1024
PICTURE = {"accept": "image/png,image/jpeg"}


class CodeForm(forms.Form):
    """The code that whoever keeps the server reads there."""

    code = forms.CharField(
        label="รหัสติดตั้ง",
        help_text="สิบสองตัวอักษรที่เครื่องแม่ข่ายแสดง ตัวใหญ่ตัวเล็กไม่ต่างกัน",
        error_messages={"required": "ใส่รหัสติดตั้งที่เครื่องแม่ข่ายแสดง"},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class NumberField(forms.CharField):
    """A first number of a register, in Thai or Arabic digits; an empty one is None."""

    def __init__(self, label: str, help_text: str) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label=label, help_text=help_text, required=False, widget=widget)

    def clean(self, value: Any) -> int | None:
        digits = arabic_digits(str(super().clean(value))).replace(",", "").strip()
        if not digits:
            return None
        if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(MAX_START_NUMBER)):
            raise ValidationError("ใส่ตัวเลข เช่น 612 หรือเว้นว่าง")
        if not int(digits):
            raise ValidationError("เลขเริ่มต้นตั้งแต่ 1 ขึ้นไป หรือเว้นว่าง")
        return int(digits)


def _password(label: str, ask: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    errors = {"required": ask}
    return forms.CharField(
        label=label, help_text=help_text, strip=False, widget=widget, error_messages=errors
    )


class FirstDayForm(forms.Form):
    """The office, its groups, its first administrator, its numbers and its garuda."""

    name = LimitedText("ชื่อเต็มของสำนักงาน", NAME, "อย่างที่พิมพ์บนหัวหนังสือ", ask="ใส่ชื่อเต็มของสำนักงาน")
    short_name = LimitedText("ชื่อย่อ", SHORT, "เช่น สพป.… เขต … แสดงบนแถบบนของทุกหน้า", ask="ใส่ชื่อย่อ")
    letter_code = LimitedText(
        "รหัสหนังสือ",
        40,
        "พยัญชนะของกระทรวงและเลขประจำของเจ้าของเรื่อง ตามที่สำนักงานได้รับ เช่น ศธ 04999",
        ask="ใส่รหัสหนังสือของสำนักงาน เช่น ศธ 04999",
    )
    code8 = LimitedText("รหัสเขตพื้นที่", 8, "ตัวเลขสี่ถึงแปดตัว ถ้าไม่ทราบเว้นว่างไว้ก่อน")
    province = LimitedText("จังหวัด", SHORT)
    address = LimitedText("ที่อยู่", 500, "บรรทัดละบรรทัด อย่างที่พิมพ์บนหัวหนังสือ", ask="ใส่ที่อยู่", rows=3)
    phone = LimitedText("โทรศัพท์", LINE, "เบอร์ที่โรงเรียนโทรถามได้", ask="ใส่โทรศัพท์")
    email = forms.EmailField(
        label="อีเมลสารบรรณกลาง",
        help_text="พิมพ์ท้ายหนังสือ และใช้รับหนังสือทางอีเมล",
        required=False,
        error_messages={"invalid": "ใส่อีเมล เช่น saraban@example.go.th"},
    )
    circular_series = forms.ChoiceField(
        label="เลขหนังสือเวียน",
        help_text="ระเบียบข้อ 32 ให้เลือกแบบเดียว",
        choices=CircularSeries.choices,
        initial=CircularSeries.SEPARATE,
        widget=forms.RadioSelect,
        error_messages={
            "required": "เลือกแบบของเลขหนังสือเวียน",
            "invalid_choice": "เลขหนังสือเวียนเลือกได้ separate หรือ shared",
        },
    )
    more_groups = LimitedText("กลุ่มอื่น", 3_000, "บรรทัดละกลุ่ม", rows=2)

    username = forms.CharField(
        label="ชื่อผู้ใช้",
        max_length=150,
        help_text="ตัวอักษรอังกฤษหรือตัวเลข ไม่มีช่องว่าง",
        validators=Member._meta.get_field("username").validators,
        error_messages={
            "required": "ใส่ชื่อผู้ใช้ของผู้ดูแลระบบ",
            "invalid": "ชื่อผู้ใช้มีได้เฉพาะตัวอักษร ตัวเลข และ @ . + - _",
        },
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    title = LimitedText("คำนำหน้า", 40)
    first_name = LimitedText("ชื่อ", SHORT, ask="ใส่ชื่อของผู้ดูแลระบบ")
    last_name = LimitedText("นามสกุล", SHORT, ask="ใส่นามสกุลของผู้ดูแลระบบ")
    admin_email = forms.EmailField(
        label="อีเมลของผู้ดูแลระบบ",
        help_text="ใช้ตั้งรหัสผ่านใหม่เมื่อลืม และรับอีเมลทดสอบ",
        error_messages={"required": "ใส่อีเมลของผู้ดูแลระบบ", "invalid": "ใส่อีเมลของผู้ดูแลระบบให้ถูกต้อง"},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = _password("รหัสผ่าน", "ใส่รหัสผ่านของผู้ดูแลระบบ", "อย่างน้อยแปดตัว ไม่ใช่คำที่เดาง่าย")
    password_again = _password("รหัสผ่านอีกครั้ง", "ใส่รหัสผ่านอีกครั้ง")
    is_registrar = forms.BooleanField(
        label="คนนี้เป็นสารบรรณกลางด้วย",
        help_text="ผู้ดูแลระบบเปิดอ่านหนังสือไม่ได้ สารบรรณกลางออกเลข ส่ง และลงรับของสำนักงาน",
        required=False,
    )

    start_in = NumberField("เลขรับ เริ่มที่", "เลขสุดท้ายในทะเบียนเดิมบวกหนึ่ง")
    start_out = NumberField("เลขส่ง เริ่มที่", "เลขสุดท้ายในทะเบียนเดิมบวกหนึ่ง")
    start_circular = NumberField("เลขหนังสือเวียน เริ่มที่", "เฉพาะเมื่อใช้ชุดเลขแยก")
    garuda = forms.FileField(
        label="ภาพตราครุฑ",
        help_text=GARUDA_HINT,
        required=False,
        error_messages={"empty": "ไฟล์นี้ว่าง เลือกไฟล์ใหม่"},
        widget=forms.FileInput(attrs=PICTURE),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group in STANDARD_GROUPS:
            self.fields[f"has_{group.key}"] = forms.BooleanField(
                label=f"มี{group.name}", required=False, initial=True
            )
            self.fields[f"group_{group.key}"] = LimitedText(
                f"ชื่อของ{group.name}", NAME, initial=group.name
            )

    @property
    def group_rows(self) -> list[tuple[BoundField, BoundField]]:
        """The box and the name of every usual group, for the page."""
        return [(self[f"has_{one.key}"], self[f"group_{one.key}"]) for one in STANDARD_GROUPS]

    def clean_letter_code(self) -> str:
        code = tidy_letter_code(arabic_digits(self.cleaned_data["letter_code"]))
        if not code:
            raise ValidationError("รหัสหนังสือเป็นพยัญชนะของกระทรวงและตัวเลข เช่น ศธ 04999")
        return code

    def clean_code8(self) -> str:
        code = arabic_digits(self.cleaned_data["code8"]).replace(" ", "")
        if code and not (code.isascii() and code.isdigit() and len(code) >= 4):
            raise ValidationError("รหัสเขตพื้นที่เป็นตัวเลขสี่ถึงแปดตัว หรือเว้นว่าง")
        return code

    def clean_more_groups(self) -> list[str]:
        names = [" ".join(line.split()) for line in self.cleaned_data["more_groups"].splitlines()]
        names = [name for name in names if name]
        if len(names) > MOST_MORE_GROUPS or any(len(name) > NAME for name in names):
            raise ValidationError(f"เพิ่มได้ไม่เกิน {MOST_MORE_GROUPS} กลุ่ม ชื่อละไม่เกิน {NAME} ตัวอักษร")
        return names

    def clean_garuda(self) -> Any:
        picture = self.cleaned_data["garuda"]
        if picture and picture.size > MOST_GARUDA:
            raise ValidationError("ภาพใหญ่เกิน 4 MB ย่อภาพแล้วเลือกใหม่")
        return picture

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"password", "password_again"} <= cleaned.keys():
            self._check_password(cleaned["password"], cleaned["password_again"])
        for group in STANDARD_GROUPS:
            if cleaned.get(f"has_{group.key}") and not cleaned.get(f"group_{group.key}", "-"):
                self.add_error(f"group_{group.key}", "ใส่ชื่อกลุ่ม หรือเอาเครื่องหมายหน้ากลุ่มออก")
        if cleaned.get("start_circular") and cleaned.get("circular_series") == "shared":
            self.add_error("start_circular", "หนังสือเวียนใช้ชุดเลขเดียวกับหนังสือส่ง ใส่ที่ “เลขส่ง เริ่มที่” แทน")
        return cleaned

    def _check_password(self, password: str, again: str) -> None:
        if password != again:
            self.add_error("password_again", "รหัสผ่านสองช่องไม่เหมือนกัน พิมพ์ใหม่ทั้งสองช่อง")
            return
        try:
            validate_password(password, self._admin())
        except ValidationError as error:
            self.add_error("password", error)

    def _admin(self) -> Member:
        said = self.cleaned_data
        return Member(
            username=Member.normalize_username(said.get("username", "")),
            title=said.get("title", ""),
            first_name=said.get("first_name", ""),
            last_name=said.get("last_name", ""),
            email=Member.objects.normalize_email(said.get("admin_email")),
        )

    def first_day(self) -> FirstDay:
        """Return what the form says, once it is valid; nothing of it is stored."""
        said = self.cleaned_data
        columns = ("name", "short_name", "letter_code", "code8", "province", "address", "phone")
        office = Unit(
            email=Member.objects.normalize_email(said["email"]),
            circular_series=said["circular_series"],
            **{name: said[name] for name in columns},
        )
        numbers = {str(series): said[name] for name, series in NUMBERS.items() if said[name]}
        return FirstDay(
            office=office,
            admin=self._admin(),
            password=said["password"],
            groups=self._groups(),
            is_registrar=said["is_registrar"],
            start_numbers=numbers,
            garuda=cast("Any", said["garuda"]) or None,
        )

    def _groups(self) -> list[Unit]:
        said = self.cleaned_data
        groups = []
        for one in STANDARD_GROUPS:
            if said[f"has_{one.key}"]:
                name = said[f"group_{one.key}"]
                groups.append(
                    Unit(name=name, short_name=one.short_name if name == one.name else "")
                )
        return groups + [Unit(name=name) for name in said["more_groups"]]


class GarudaForm(forms.Form):
    """The office's picture of the garuda."""

    picture = forms.FileField(
        label="ภาพตราครุฑ",
        help_text="PNG หรือ JPG ไม่เกิน 4 MB หนังสือที่พิมพ์ต่อจากนี้ใช้ภาพนี้ ฉบับที่ส่งแล้วไม่เปลี่ยน",
        error_messages={"required": "เลือกภาพ PNG หรือ JPG", "empty": "ไฟล์นี้ว่าง เลือกไฟล์ใหม่"},
        widget=forms.FileInput(attrs=PICTURE),
    )

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        if picture.size > MOST_GARUDA:
            raise ValidationError("ภาพใหญ่เกิน 4 MB ย่อภาพแล้วเลือกใหม่")
        return picture


class SchoolsForm(forms.Form):
    """A list of schools, to be looked at first or to be brought in."""

    file = forms.FileField(
        label="ไฟล์รายชื่อโรงเรียน",
        help_text=".csv หรือ .csv.gz ไม่เกิน 10 MB",
        error_messages={"required": "เลือกไฟล์ .csv หรือ .csv.gz", "empty": "ไฟล์นี้ว่าง เลือกไฟล์ใหม่"},
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > 10 * 1024 * 1024:
            raise ValidationError("ไฟล์ใหญ่เกิน 10 MB ใช้คำสั่ง import_schools ที่เครื่องแม่ข่ายแทน")
        return file
