"""What a unit is called, and since when."""

from __future__ import annotations

from django import forms

from portal.core.formfields import LimitedText, ThaiDateField


class RenamingForm(forms.Form):
    """The new names of a unit and the first day on which it has them."""

    name = LimitedText("ชื่อเต็มใหม่", 200, ask="ใส่ชื่อใหม่")
    short_name = LimitedText("ชื่อย่อใหม่", 100, "ถ้าไม่มีเว้นว่าง", required=False)
    on = ThaiDateField(
        label="ใช้ชื่อใหม่ตั้งแต่วันที่", help_text="วันนี้หรือก่อนหน้า ตามประกาศเปลี่ยนชื่อ เช่น 1 พ.ย. 2569"
    )
