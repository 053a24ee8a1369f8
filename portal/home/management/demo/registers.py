"""The demo's registers beside letters: orders, certificates, awards, a slip put right."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random

from documents.domain import numbers_text
from documents.models import RegisterBook, RegisterEntry, Series
from documents.services.correcting import correct_entry
from documents.services.issuing import Issue, issue_awards, issue_number
from documents.services.registering import void_entry
from documents.services.reserving import reserve_number
from members.models import Holding
from members.services import Actor
from portal.core.clock import today
from portal.core.thaidates import BE_OFFSET
from portal.core.thaitext import normalise
from portal.home.management.demo.people import CLERKS_SCHOOLS, Cast
from portal.home.management.demo.plans import at_hour, registering, write_history

ORDERS = (
    "แต่งตั้งคณะกรรมการตรวจรับพัสดุ",
    "มอบหมายให้ข้าราชการปฏิบัติหน้าที่เวรรักษาการณ์สถานที่ราชการ ประจำเดือนธันวาคม",
    "แต่งตั้งคณะทำงานพัฒนาระบบสารบรรณอิเล็กทรอนิกส์",
    "ให้ข้าราชการเดินทางไปราชการ",
    "แต่งตั้งคณะกรรมการคัดเลือกสถานศึกษาพอเพียง",
    "มอบอำนาจการอนุญาตใช้รถส่วนกลาง",
)
ANNOUNCEMENTS = (
    "ประกวดราคาจ้างปรับปรุงอาคารสำนักงาน",
    "รายชื่อผู้มีสิทธิสอบคัดเลือกเป็นพนักงานราชการ",
    "กำหนดวันหยุดทำการชดเชย",
)
CERTIFICATES = (
    ("รับรองการเป็นข้าราชการครูและบุคลากรทางการศึกษา", "นางสาวจันทร์ ตัวอย่าง"),
    ("รับรองเงินเดือน", "นายดิน สมมติ"),
    ("รับรองประสบการณ์การสอน", "นางน้ำ สาธิต"),
)
SCHOOL_ORDERS = (
    "แต่งตั้งครูเวรประจำวัน",
    "แต่งตั้งคณะกรรมการวัดผลปลายภาค",
    "มอบหมายงานสอนภาคเรียนที่ 2",
    "แต่งตั้งครูที่ปรึกษา",
)
LAST_YEARS_LINES = 24
FIRST_NAMES = ("มานี", "ปิติ", "ชูใจ", "วีระ", "สมคิด", "ดวงแก้ว", "จันทร์", "เพชร", "นภา", "ธารา")
LAST_NAMES = ("ใจดี", "รักเรียน", "ตัวอย่าง", "สมมติ", "สาธิต", "ทดลอง", "ทะเลสาบ")


def make_registers(cast: Cast, *, rng: Random) -> None:
    """The office and a school issued numbers by hand this year, and one mended a slip."""
    office = Actor(member=cast.registrar.member, holding=cast.registrar)
    _office_numbers(cast, office, rng)
    school = next(one for one in cast.schools if one.name == CLERKS_SCHOOLS[0])
    holding = cast.clerks[cast.schools.index(school) + 1]
    clerk = Actor(member=holding.member, holding=holding)
    for subject in SCHOOL_ORDERS:
        issue = Issue(subject=subject, dated_on=today(), signer=f"ผู้อำนวยการ{school.name}")
        issue_number(school, Series.ORDER, issue=issue, key=None, by=clerk)
    _mend_a_slip(clerk, school.pk)
    _last_year(school.pk, holding)


def _office_numbers(cast: Cast, by: Actor, rng: Random) -> None:
    office, signer = cast.office, str(cast.signer)
    for series, subjects in ((Series.ORDER, ORDERS), (Series.ANNOUNCEMENT, ANNOUNCEMENTS)):
        for subject in subjects:
            issue = Issue(subject=subject, dated_on=today(), signer=signer)
            issue_number(office, series, issue=issue, key=None, by=by)
    for subject, to in CERTIFICATES:
        issue = Issue(subject=subject, dated_on=today(), signer=signer, to=to)
        issue_number(office, Series.CERTIFICATE, issue=issue, key=None, by=by)
    twice = RegisterEntry.objects.get(book__unit=office, book__series=Series.ORDER, number=4)
    void_entry(twice, reason="ออกเลขซ้ำกับคำสั่งที่ 3", by=by)
    names = [f"ครู{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}" for _ in range(64)]
    issue_awards(
        office,
        issue=Issue(subject="อบรมการอ่านออกเขียนได้ด้วยวิธีสุ จิ ปุ ลิ", dated_on=today(), signer=signer),
        names=names,
        key=None,
        by=by,
    )
    issue_awards(
        office,
        issue=Issue(subject="แข่งขันทักษะวิชาการระดับเขต", dated_on=today(), signer=signer),
        names=names[:12],
        key=None,
        by=by,
    )
    last_day = date(today().year, 12, 31)
    reserve_number(
        office,
        Series.OUT,
        purpose="หนังสือเชิญประชุมผู้บริหารสถานศึกษา รอลายมือชื่อ",
        expires_on=min(today() + timedelta(days=14), last_day),
        key=None,
        by=by,
    )


def _mend_a_slip(clerk: Actor, school_id: int) -> None:
    """The clerk put a slip of the pen right, the way red ink does it on paper."""
    entry = (
        RegisterEntry.objects.filter(book__unit=school_id, book__series=Series.IN)
        .order_by("-number")
        .first()
    )
    if entry is None:
        return
    correct_entry(entry, column="remarks", value="แฟ้ม 3/2", reason="จดแฟ้มไว้ภายหลัง", by=clerk)
    correct_entry(entry, column="remarks", value="แฟ้ม 3/3", reason="จดเลขแฟ้มผิด", by=clerk)


def _last_year(school_id: int, holding: Holding) -> None:
    """A register of last year that nobody has signed off yet."""
    year = today().year - 1
    book = RegisterBook.objects.create(
        unit_id=school_id,
        series=Series.ORDER,
        be_year=year + BE_OFFSET,
        last_number=LAST_YEARS_LINES,
    )
    entries = []
    for number in range(1, LAST_YEARS_LINES + 1):
        at: datetime = at_hour(date(year, 1, 5) + timedelta(days=14 * (number - 1)), time(10, 0))
        subject = SCHOOL_ORDERS[number % len(SCHOOL_ORDERS)]
        entries.append(
            RegisterEntry(
                book=book,
                number=number,
                registered_at=at,
                registered_by=holding.member,
                holding=holding,
                letter_number=numbers_text(number, number, book.be_year),
                letter_dated_on=at.date(),
                from_text=f"ผู้อำนวยการ{CLERKS_SCHOOLS[0]}",
                subject=subject,
                subject_search=normalise(subject),
            )
        )
    RegisterEntry.objects.bulk_create(entries)
    write_history(registering(entry, holding) for entry in entries)
