"""What a first day says, for the tests of all its doors."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.home.domain import STANDARD_GROUPS
from portal.home.forms import FirstDayForm

PASSWORD = "water-stone-5521"


def said(**changes: str) -> dict[str, str]:
    """Return the answers of a whole first day; an answer of None is not given."""
    answers = {
        "name": "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาทดลอง เขต 9",
        "short_name": "สพป.ทดลอง เขต 9",
        "letter_code": "ศธ ๐๔๙๙๙",
        "code8": "9909",
        "province": "ทดลอง",
        "address": "อำเภอเมือง\nจังหวัดทดลอง 99000",
        "phone": "0 7400 0000",
        "email": "Saraban@Example.org",
        "circular_series": "separate",
        "more_groups": "",
        "username": "Chief",
        "title": "นาย",
        "first_name": "สมชาย",
        "last_name": "ใจดี",
        "admin_email": "chief@example.org",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "start_in": "",
        "start_out": "",
        "start_circular": "",
    }
    for group in STANDARD_GROUPS:
        answers |= {f"has_{group.key}": "on", f"group_{group.key}": group.name}
    return {name: text for name, text in (answers | changes).items() if text is not None}


def day(**changes: str):
    """Return the first day that a sound form makes of these answers."""
    form = FirstDayForm(said(**changes))
    assert form.is_valid(), form.errors
    return form.first_day()


def picture(name: str = "garuda.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (300, 330), "#AA2211").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")
