"""What of the office is set up, and what is still missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from documents.models import RegisterBook
from members.models import Holding, Holiday, Role, Unit
from members.services import garuda_of
from portal.core.clock import BE_OFFSET, be_year, db_now, today
from portal.core.thaidates import short_date
from portal.home.services.mailing import last_test, mail_settings

AHEAD_FROM_MONTH = 11  # in November the next year's holidays are known


@dataclass(frozen=True)
class Step:
    """One part of setting up: whether it is done, in words, and the page that does it."""

    key: str
    title: str
    is_done: bool
    words: str
    url: str = ""
    link: str = ""
    is_needed: bool = True


def checklist(office: Unit) -> list[Step]:
    """Return every part of setting up the office, in the order in which one does them."""
    counts = _count_holders(office)
    return [
        _letterhead(office),
        _address(office),
        _groups(office),
        _garuda(office),
        _schools(office),
        _people(office, counts),
        _desks(office, counts),
        _mail(office),
        _helpers(),
        _numbers(office),
        _holidays(office),
    ]


def _change(unit: Unit) -> str:
    return reverse("admin:members_unit_change", args=[unit.pk])


def _letterhead(office: Unit) -> Step:
    wanted = {
        "ชื่อย่อ": office.short_name,
        "รหัสหนังสือ": office.letter_code,
        "ที่อยู่": office.address,
        "โทรศัพท์": office.phone,
    }
    missing = [name for name, value in wanted.items() if not value]
    words = f"ยังไม่มี {' '.join(missing)}" if missing else f"รหัสหนังสือ {office.letter_code}"
    return Step("office", "หัวหนังสือ", not missing, words, _change(office), "แก้ข้อมูลสำนักงาน")


def _address(office: Unit) -> Step:
    words = office.email or "ยังไม่มี ใช้พิมพ์ท้ายหนังสือและรับหนังสือทางอีเมล"
    return Step("email", "อีเมลสารบรรณกลาง", bool(office.email), words, _change(office), "ใส่อีเมล")


def _groups(office: Unit) -> Step:
    count = Unit.objects.open().groups().filter(office=office).count()
    words = f"{count:,} กลุ่ม" if count else "ยังไม่มีกลุ่ม"
    url = reverse("admin:members_unit_changelist") + "?kind__exact=group"
    return Step("groups", "กลุ่มในสำนักงาน", bool(count), words, url, "ดูกลุ่ม")


def _garuda(office: Unit) -> Step:
    use = garuda_of(office)
    words = use.name if use else "ยังไม่มี หนังสือที่พิมพ์ในระบบมีวงกลมเส้นประแทน"
    return Step("garuda", "ภาพตราครุฑ", use is not None, words, "#garuda", "ใส่ภาพ")


def _schools(office: Unit) -> Step:
    count = Unit.objects.open().schools().filter(office=office).count()
    words = f"{count:,} โรงเรียน" if count else "ยังไม่มีโรงเรียน"
    url = reverse("office-schools")
    return Step("schools", "โรงเรียนในสังกัด", bool(count), words, url, "นำเข้ารายชื่อ")


def _count_holders(office: Unit) -> Counter[str]:
    """Count today's holdings of the office, its groups and its schools by role."""
    held = Holding.objects.current().filter(post__unit__office=office)
    return Counter(held.values_list("post__role", flat=True))


def _people(office: Unit, counts: Counter[str]) -> Step:
    missing = [
        str(role.label) for role in (Role.CENTRAL_REGISTRAR, Role.DIRECTOR) if not counts[role]
    ]
    words = f"มีผู้ครองตำแหน่ง {counts.total():,} รายการ"
    if missing:
        words += f" ยังไม่มี{' และ'.join(missing)}"
    url = reverse("admin:members_member_changelist")
    return Step("people", "คนและตำแหน่ง", not missing, words, url, "เพิ่มคน")


def _desks(office: Unit, counts: Counter[str]) -> Step:
    """Say how many schools nobody can receive letters for."""
    schools = Unit.objects.open().schools().filter(office=office)
    desks = Holding.objects.current().filter(
        post__unit__office=office, post__role__in=[Role.SCHOOL_CLERK, Role.SCHOOL_DIRECTOR]
    )
    total = schools.count()
    without = schools.exclude(pk__in=desks.values("post__unit")).count()
    words = "ทุกโรงเรียนมีธุรการหรือผู้อำนวยการ" if total else "ทำหลังนำเข้าโรงเรียน"
    if without:
        words = f"{without:,} จาก {total:,} โรงเรียน ยังไม่มีธุรการหรือผู้อำนวยการ จึงลงรับไม่ได้"
    url = reverse("admin:members_holding_changelist")
    return Step(
        "desks", "ผู้ลงรับของโรงเรียน", bool(total) and not without, words, url, "ดูการครองตำแหน่ง"
    )


def _mail(office: Unit) -> Step:
    found = mail_settings()
    test = last_test(office) if found.leaves_the_house else None
    words = f"{found.server}:{found.port} ยังไม่ได้ทดสอบ"
    if not found.leaves_the_house:
        words = "ยังไม่ได้ตั้ง EMAIL_URL อีเมลทุกฉบับยังเป็นไฟล์ในเครื่องแม่ข่าย"
    elif test:
        words = f"{found.server}:{found.port} ทดสอบแล้ว {short_date(test.at)}"
    return Step("mail", "อีเมล", test is not None, words, "#mail", "ทดสอบ")


def helpers() -> str:
    """Return whom the environment names for a page that can look nobody up (HELP_PHONE, …)."""
    return " · ".join(filter(None, (settings.HELP_PHONE, settings.HELP_EMAIL)))


def _helpers() -> Step:
    found = helpers()
    words = found or "ยังไม่ได้ตั้ง HELP_PHONE หรือ HELP_EMAIL ในไฟล์ .env หน้าที่ขัดข้องจึงไม่บอกว่าถามใคร"
    return Step("helpers", "ผู้ให้ถามเมื่อระบบขัดข้อง", bool(found), words)


def _numbers(office: Unit) -> Step:
    year = be_year(db_now())
    books = RegisterBook.objects.filter(unit=office, be_year=year)
    begun = [
        f"{book.get_series_display()} {max(book.start_number, book.last_number + 1):,}"
        for book in books.order_by("series")
    ]
    words = f"เริ่มที่เลข 1 ถ้าย้ายมากลางปี {year} ให้สารบรรณกลางตั้งก่อนออกเลขแรก"
    if begun:
        words = f"เลขต่อไป: {' · '.join(begun)}"
    url = reverse("documents:registers")
    return Step("numbers", "เลขทะเบียน", bool(begun), words, url, "ดูทะเบียน", is_needed=False)


def _holidays(office: Unit) -> Step:
    day = today()
    last = day.year + (day.month >= AHEAD_FROM_MONTH)
    days = Holiday.objects.filter(office=office, on__gte=date(day.year, 1, 1))
    known = {on.year for on in days.values_list("on", flat=True)}
    missing = [str(be_year_of(year)) for year in range(day.year, last + 1) if year not in known]
    words = f"ยังไม่มีวันหยุดของปี {' และ '.join(missing)}" if missing else f"มีแล้วถึงปี {be_year_of(last)}"
    url = reverse("admin:members_holiday_changelist")
    return Step("holidays", "วันหยุด", not missing, words, url, "ใส่วันหยุด")


def be_year_of(year: int) -> int:
    """Return the Buddhist year of a Christian one."""
    return year + BE_OFFSET
