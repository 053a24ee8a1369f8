"""Set an office up from the command line: with options, by questions, or by the page."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.errors import DomainError
from portal.home.domain import STANDARD_GROUPS
from portal.home.forms import FirstDayForm
from portal.home.management.commands.setup_code import is_over
from portal.home.services import found_office, mail_settings

ASKED = (
    *("name", "short_name", "letter_code", "code8", "province", "address", "phone", "email"),
    *("circular_series", "more_groups"),
    *("username", "title", "first_name", "last_name", "admin_email", "password", "is_registrar"),
    *("start_in", "start_out", "start_circular", "garuda"),
)
WITH_OWN_OPTION = {"password", "is_registrar", "garuda"}
CHOICES = {
    "circular_series": "separate แยกชุด, shared ชุดเดียวกับหนังสือส่ง, เว้นว่าง separate",
    "is_registrar": "ใช่ หรือเว้นว่าง",
    "garuda": "ไฟล์ PNG หรือ JPG หรือเว้นว่าง",
    "address": r"ขึ้นบรรทัดใหม่ด้วย \n",
}
YES = {"y", "yes", "ใช่", "1"}
KEYS = {group.key for group in STANDARD_GROUPS}


class Command(BaseCommand):
    """An office, its groups and its first administrator; with an office there, nothing changes."""

    help = "ตั้งสำนักงานครั้งแรก: สำนักงาน กลุ่ม ผู้ดูแลระบบคนแรก เลขเริ่มต้น และตราครุฑ"

    def add_arguments(self, parser: CommandParser) -> None:
        for name in ASKED:
            if name not in WITH_OWN_OPTION:
                label = str(FirstDayForm.base_fields[name].label)
                parser.add_argument(f"--{name.replace('_', '-')}", help=label)
        parser.add_argument("--garuda", help="ไฟล์ภาพตราครุฑ PNG หรือ JPG")
        parser.add_argument("--password-file", help="ไฟล์ที่บรรทัดแรกเป็นรหัสผ่าน หรือ - คืออินพุต")
        parser.add_argument("--registrar", action="store_true", help="ผู้ดูแลระบบเป็นสารบรรณกลางด้วย")
        keys = " ".join(group.key for group in STANDARD_GROUPS)
        parser.add_argument(
            "--without-group", action="append", default=[], help=f"กลุ่มที่ไม่มี ใช้ซ้ำได้: {keys}"
        )
        parser.add_argument(
            "--rename-group", action="append", default=[], help="เช่น law=กลุ่มนิติการ ใช้ซ้ำได้"
        )
        parser.add_argument("--page", action="store_true", help="ตั้งในเบราว์เซอร์: แสดงรหัสติดตั้ง")
        parser.add_argument("--no-input", action="store_true", help="ไม่ถาม ใช้แต่ตัวเลือกที่ให้")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_over():
            self.stdout.write("ตั้งสำนักงานไว้แล้ว ไม่มีอะไรเปลี่ยน")
            return
        if options["page"]:
            call_command("setup_code", stdout=self.stdout)
            return
        said = _said(options)
        asks = not options["no_input"] and sys.stdin.isatty()
        form = self.ask(said) if asks else _form(said)
        if not form.is_valid():
            raise CommandError(_words(form))
        try:
            office = found_office(form.first_day(), way="command")
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"ตั้ง{office.name}แล้ว รหัสหนังสือ {office.letter_code}")
        self.stdout.write(f"ผู้ดูแลระบบ: {form.cleaned_data['username']}")
        if not mail_settings().leaves_the_house:
            self.stdout.write("ยังไม่ได้ตั้ง EMAIL_URL อีเมลทุกฉบับยังเป็นไฟล์ในเครื่องแม่ข่าย")

    def ask(self, said: dict[str, str]) -> FirstDayForm:
        """Ask for what no option said, and again for what is wrong, until the form is sound."""
        wanted = [name for name in ASKED if name not in said]
        while True:
            said |= {name: question(name) for name in wanted}
            said["circular_series"] = said["circular_series"] or "separate"
            try:
                form = _form(said)
            except CommandError as error:
                self.stderr.write(str(error))
                wanted = ["garuda"]
                continue
            wanted = [name for name in ASKED if name in form.errors]
            if not wanted:
                return form
            self.stderr.write(_words(form))


def question(name: str) -> str:
    """Ask one thing in Thai and return the answer; a password is typed unseen."""
    field = FirstDayForm.base_fields[name]
    hint = CHOICES.get(name) or str(field.help_text)
    label = f"{field.label} ({hint}): " if hint else f"{field.label}: "
    return getpass(label) if name == "password" else input(label).strip()


def _said(options: dict[str, Any]) -> dict[str, str]:
    """Return what the options say, by the names of the form's fields."""
    names = [name for name in ASKED if name not in {"password", "is_registrar"}]
    said = {name: str(options[name]) for name in names if options[name] is not None}
    if options["registrar"]:
        said["is_registrar"] = "ใช่"
    if options["password_file"]:
        said["password"] = _password(options["password_file"])
    for key in options["without_group"]:
        said[f"has_{_known(key)}"] = ""
    for text in options["rename_group"]:
        key, _, name = text.partition("=")
        said[f"group_{_known(key)}"] = name
    return said


def _known(key: str) -> str:
    if key not in KEYS:
        raise CommandError(f"ไม่รู้จักกลุ่ม “{key}” ใช้ได้: {' '.join(sorted(KEYS))}")
    return key


def _password(name: str) -> str:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"อ่านรหัสผ่านจาก {name} ไม่ได้") from error
    return text.partition("\n")[0].rstrip("\r")


def _form(said: dict[str, str]) -> FirstDayForm:
    """Return the page's own form with these answers, so that both doors judge alike."""
    data = {"circular_series": "separate"}
    for group in STANDARD_GROUPS:
        data |= {f"has_{group.key}": "on", f"group_{group.key}": group.name}
    data |= said
    for name in ("address", "more_groups"):
        data[name] = data.get(name, "").replace("\\n", "\n")
    data["is_registrar"] = "on" if data.get("is_registrar", "").lower() in YES else ""
    data["password_again"] = data.get("password", "")
    picture = data.pop("garuda", "")
    files = {"garuda": _upload(Path(picture))} if picture else {}
    return FirstDayForm(data, files)


def _upload(path: Path) -> SimpleUploadedFile:
    try:
        return SimpleUploadedFile(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"เปิดไฟล์ {path} ไม่ได้ ตรวจชื่อไฟล์และสิทธิ์อ่าน") from error


def _words(form: FirstDayForm) -> str:
    """Return everything that is wrong as one line; a password is asked for once here."""
    said = [
        f"{form.fields[name].label}: {problems[0]}" if name in form.fields else str(problems[0])
        for name, problems in form.errors.items()
        if name != "password_again" or "password" not in form.errors
    ]
    return " · ".join(said)
