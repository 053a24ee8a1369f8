"""What the living page of components shows: a form in every state, and rows like real ones."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.core.drafts import Difference
from portal.core.formfields import ThaiDateTimeField

DAMAGE = [
    ("none", "ไม่เสียหาย"),
    ("little", "เล็กน้อย ใช้สอนได้"),
    ("some", "ปานกลาง ใช้ได้บางห้อง"),
    ("much", "มาก ใช้สอนไม่ได้"),
]
DISTRICTS = [
    ("kongra", "กงหรา"),
    ("tamot", "ตะโหมด"),
    ("bangkaeo", "บางแก้ว"),
    ("pakphayun", "ปากพะยูน"),
]
KINDS = [("circular", "หนังสือเวียน (ว)"), ("external", "หนังสือภายนอก"), ("sealed", "หนังสือประทับตรา")]


class SampleForm(forms.Form):
    """One field of every kind that the portal uses."""

    subject = forms.CharField(
        label="เรื่อง", help_text="ไม่เกิน 500 ตัวอักษร", max_length=500, widget=forms.TextInput
    )
    kind = forms.ChoiceField(label="ชนิดหนังสือ", choices=KINDS)
    due_at = ThaiDateTimeField(label="ตอบภายใน", help_text="เช่น 20 พ.ย. 2569 16.30 น.")
    buildings = forms.IntegerField(
        label="จำนวนอาคารที่เสียหาย",
        help_text="ไม่มีให้ใส่ 0",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    damage = forms.ChoiceField(
        label="ระดับความเสียหายที่หนักที่สุด", choices=DAMAGE, widget=forms.RadioSelect
    )
    districts = forms.MultipleChoiceField(
        label="ส่งถึงอำเภอ", choices=DISTRICTS, widget=forms.CheckboxSelectMultiple
    )
    body = forms.CharField(label="ข้อความ", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    photos = forms.FileField(
        label="ภาพถ่าย",
        help_text="อย่างน้อย 1 ภาพ ไม่เกิน 5 ภาพ",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    password = forms.CharField(
        label="รหัสผ่าน",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    is_sure = forms.BooleanField(label="ตรวจรายชื่อโรงเรียนครบแล้ว", required=False)


FILLED = {
    "ok-subject": "สำรวจความเสียหายของอาคารเรียนจากอุทกภัย",
    "ok-kind": "circular",
    "ok-due_at": "20 พ.ย. 2569 16.30 น.",
    "ok-buildings": "2",
    "ok-damage": "little",
    "ok-districts": ["kongra", "tamot"],
    "ok-body": "",
    "ok-is_sure": "on",
}
WRONG = {
    "wrong-subject": "",
    "wrong-kind": "circular",
    "wrong-due_at": "เมื่อเสร็จ",
    "wrong-buildings": "สอง",
    "wrong-damage": "",
}
FILTERS = [
    {"url": "#", "label": "ต้องทำ", "count": 7, "current": True},
    {"url": "#", "label": "ยังไม่ลงรับ", "count": 5, "current": False},
    {"url": "#", "label": "รอตอบ", "count": 2, "current": False},
    {"url": "#", "label": "ทั้งหมด", "count": 214, "current": False},
]
CATEGORIES = [
    {"url": "#", "label": "หนังสือที่ส่ง", "count": 64, "current": True},
    {"url": "#", "label": "ร่าง", "count": 3, "current": False},
    {"url": "#", "label": "ทะเบียนส่ง", "count": 1482, "current": False},
]
SCHOOLS = [
    ("บ้านคลองใหญ่", "ตะโหมด", "unopened", "ทวงแล้ว 1 ครั้ง", None, "–", None),
    ("บ้านนาบอน (อิสลามศึกษา)", "กงหรา", "returned", "18 พ.ย. 12.20 น. เลขรับ 420", 1, "มาก", 144000),
    ("วิทยปัญญา", "กงหรา", "none", "18 พ.ย. 14.22 น. เลขรับ 482", None, "–", None),
    ("บ้านน้ำตก", "ป่าบอน", "answered", "18 พ.ย. 15.51 น. เลขรับ 631", 2, "เล็กน้อย", 43000),
]  # fmt: skip
PARTS = [
    ("กงหรา", 16, 18),
    ("ตะโหมด", 12, 17),
    ("บางแก้ว", 14, 16),
    ("ปากพะยูน", 21, 34),
    ("ป่าบอน", 15, 21),
    ("เขาชัยสน", 20, 25),
]
COLOURS = [
    ("ink", "ข้อความ"),
    ("ink-2", "ข้อความรอง"),
    ("lake", "กดได้"),
    ("deep", "แถบบน แถบงาน"),
    ("lake-mid", "แท่งที่ไม่ตัดสิน"),
    ("lotus", "ยังไม่เห็น"),
    ("vermilion", "ด่วน เกินกำหนด ผิด"),
    ("turmeric", "ใกล้ครบ ส่งกลับ"),
    ("leaf", "เสร็จ"),
    ("manila", "คำสั้นของเจ้าของเรื่อง"),
    ("sky", "เลือกอยู่"),
    ("mist", "พื้นหน้า"),
]
STATES = [
    "unopened", "opened", "received", "none", "answered", "accepted", "returned", "overdue", "late",
    "refused", "recalled", "superseded", "extended", "draft", "sending", "sent",
]  # fmt: skip


def samples() -> dict[str, Any]:
    """Return the context of design/index.html."""
    return {
        "form": SampleForm(prefix="new"),
        "filled": SampleForm(FILLED, prefix="ok"),
        "wrong": SampleForm(WRONG, prefix="wrong"),
        "filters": FILTERS,
        "categories": CATEGORIES,
        "schools": SCHOOLS,
        "parts": PARTS,
        "colours": COLOURS,
        "states": STATES,
        "differs": [Difference("subject", "เรื่อง", "การอบรมครูผู้สอน", "การอบรมครูผู้สอนภาษาไทย")],
    }
