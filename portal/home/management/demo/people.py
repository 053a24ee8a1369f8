"""The demo's office, its schools and everybody in them; always the same for one seed."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from members.models import (
    Audience,
    Holding,
    Holiday,
    Member,
    Post,
    Project,
    ProjectStay,
    Role,
    Unit,
    UnitKind,
)
from portal.core.clock import today
from portal.home.management.demo.texts import GROUPS, MEN, SURNAMES, WOMEN

SCHOOLS_FILE = Path(__file__).parents[2] / "demo" / "schools_phatthalung_2.csv"
CLUSTER_SIZE = 13
TEACHERS_PER_SCHOOL = 3
CLERKS_SCHOOLS = ("โรงเรียนบ้านปากพล", "โรงเรียนวัดโตนด", "โรงเรียนบ้านหาดไข่เต่า")
ADDRESS = "อำเภอเขาชัยสน\nจังหวัดพัทลุง 93130"
OFFICE_NAME = "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาพัทลุง เขต 2"
HOLIDAYS = (
    ((1, 1), "วันขึ้นปีใหม่"),
    ((4, 6), "วันจักรี"),
    ((4, 13), "วันสงกรานต์"),
    ((4, 14), "วันสงกรานต์"),
    ((4, 15), "วันสงกรานต์"),
    ((5, 4), "วันฉัตรมงคล"),
    ((6, 3), "วันเฉลิมพระชนมพรรษาสมเด็จพระนางเจ้าฯ พระบรมราชินี"),
    ((7, 28), "วันเฉลิมพระชนมพรรษาพระบาทสมเด็จพระเจ้าอยู่หัว"),
    ((8, 12), "วันแม่แห่งชาติ"),
    ((10, 13), "วันนวมินทรมหาราช"),
    ((10, 23), "วันปิยมหาราช"),
    ((12, 5), "วันพ่อแห่งชาติ"),
    ((12, 10), "วันรัฐธรรมนูญ"),
    ((12, 31), "วันสิ้นปี"),
)


@dataclass
class Cast:
    """Everybody and everything the demo's letters need."""

    office: Unit
    groups: dict[str, Unit]
    schools: list[Unit]
    registrar: Holding
    drafters: dict[str, Member] = field(default_factory=dict)
    signer: Member | None = None
    clerks: dict[int, Holding] = field(default_factory=dict)
    directors: dict[int, Holding] = field(default_factory=dict)
    teachers: dict[int, list[Member]] = field(default_factory=lambda: defaultdict(list))


class Crowd:
    """Makes people and their posts in memory, to be written in a few statements."""

    def __init__(self, office: Unit, rng: Random, password: str) -> None:
        self.office = office
        self.rng = rng
        self.password = make_password(password)
        self.members: list[Member] = []
        self.posts: list[Post] = []
        self.holdings: list[Holding] = []
        self.began = today() - timedelta(days=900)

    def person(self, username: str, name: str = "", title: str = "") -> Member:
        """Return a new member, named by hand or by lot."""
        if name:
            first, last = name.split()
        else:
            is_man = self.rng.random() < 0.4
            first = self.rng.choice(MEN if is_man else WOMEN)
            last = self.rng.choice(SURNAMES)
            title = "นาย" if is_man else self.rng.choice(("นาง", "นางสาว"))
        member = Member(
            office=self.office,
            username=username,
            title=title,
            first_name=first,
            last_name=last,
            email=f"{username}@example.org",
            phone=f"08 {self.rng.randint(1000, 9999)} {self.rng.randint(1000, 9999)}",
            password=self.password,
        )
        self.members.append(member)
        return member

    def post(self, member: Member, unit: Unit, title: str, role: str, *, order: int = 0) -> Holding:
        """Return the member's holding of a new post."""
        post = Post(unit=unit, title=title, role=role, sort_order=order)
        holding = Holding(member=member, post=post, from_on=self.began)
        self.posts.append(post)
        self.holdings.append(holding)
        return holding

    def write(self) -> None:
        """Store everybody."""
        Member.objects.bulk_create(self.members, batch_size=2_000)
        Post.objects.bulk_create(self.posts, batch_size=2_000)
        Holding.objects.bulk_create(self.holdings, batch_size=2_000)


def school_rows(limit: int) -> list[dict[str, str]]:
    """Return that many schools: the 131 real ones of the area, then made-up ones."""
    with SCHOOLS_FILE.open(encoding="utf-8-sig", newline="") as file:
        real = list(csv.DictReader(file))
    wanted = [row for row in real if row["name"] in CLERKS_SCHOOLS]
    others = [row for row in real if row["name"] not in CLERKS_SCHOOLS]
    rows = (wanted + others)[:limit]
    for number in range(len(rows), limit):
        twin = dict(real[number % len(real)])
        twin["name"] = f"{twin['name']} สมมติ {number}"
        rows.append(twin)
    return sorted(rows, key=lambda row: (row["district"], row["subdistrict"], row["name"]))


def _office() -> Unit:
    office = Unit.objects.create(
        kind=UnitKind.OFFICE,
        name=OFFICE_NAME,
        short_name="สพป.พัทลุง เขต 2",
        letter_code="ศธ 04225",
        code8="9302",
        phone="0 7469 1000",
        email="saraban@example.org",
        address=ADDRESS,
        province="พัทลุง",
    )
    office.office = office
    office.save(update_fields=["office"])
    return office


def _groups(office: Unit) -> dict[str, Unit]:
    units = [
        Unit(
            kind=UnitKind.GROUP,
            office=office,
            parent=office,
            name=name,
            short_name=short,
            phone=f"0 7469 1000 ต่อ {extension}",
            sort_order=position,
        )
        for position, (name, short, extension) in enumerate(GROUPS.values(), start=1)
    ]
    return dict(zip(GROUPS, Unit.objects.bulk_create(units), strict=True))


def _schools(office: Unit, limit: int, rng: Random) -> list[Unit]:
    rows = school_rows(limit)
    names = list(dict.fromkeys(row["district"] for row in rows))
    districts = {
        name: Unit(
            kind=UnitKind.DISTRICT,
            office=office,
            name=f"อำเภอ{name}",
            short_name=name,
            province="พัทลุง",
            sort_order=position,
        )
        for position, name in enumerate(names)
    }
    Unit.objects.bulk_create(districts.values())
    clusters: dict[tuple[str, int], Unit] = {}
    counted: dict[str, int] = defaultdict(int)
    schools = []
    for number, row in enumerate(rows, start=1):
        place = (row["district"], counted[row["district"]] // CLUSTER_SIZE)
        counted[row["district"]] += 1
        if place not in clusters:
            clusters[place] = Unit(
                kind=UnitKind.CLUSTER,
                office=office,
                name=f"กลุ่มเครือข่าย{place[0]} {place[1] + 1}",
                sort_order=len(clusters),
            )
        schools.append(
            Unit(
                kind=UnitKind.SCHOOL,
                office=office,
                parent=office,
                name=row["name"],
                district=districts[row["district"]],
                subdistrict=row["subdistrict"],
                province=row["province"],
                levels=row["levels"],
                cluster=clusters[place],
                pupils=min(900, max(18, int(rng.lognormvariate(4.6, 0.6)))),
                letter_code=f"ศธ 04225.{number:03d}",
                code8=f"{93020000 + number}",
                phone=f"0 7469 {2000 + number % 7999}",
            )
        )
    Unit.objects.bulk_create(clusters.values())
    Unit.objects.bulk_create(schools, batch_size=2_000)
    return schools


def _office_people(crowd: Crowd, cast: Cast) -> None:
    office = cast.office
    cast.signer = crowd.person("director", "ประเสริฐ ศรีทอง", "นาย")
    crowd.post(cast.signer, office, "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา", Role.DIRECTOR, order=1)
    deputy = crowd.person("deputy", "วิมล เกื้อสกุล", "นาง")
    crowd.post(deputy, office, "รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา", Role.DEPUTY_DIRECTOR, order=2)
    registrar = crowd.person("registrar", "จันทร์เพ็ญ นวลแก้ว", "นาง")
    cast.registrar = crowd.post(
        registrar, office, "เจ้าพนักงานธุรการ งานสารบรรณกลาง", Role.CENTRAL_REGISTRAR, order=3
    )
    admin = crowd.person("admin", "กิตติ ยอดแก้ว", "นาย")
    admin.is_staff = admin.is_superuser = True
    crowd.post(admin, office, "ผู้ดูแลระบบ", Role.ADMINISTRATOR, order=9)
    crowd.person("outsider", "สมหมาย ใจเย็น", "นาย")
    for code, unit in cast.groups.items():
        head = crowd.person(f"head-{code.lower()}")
        crowd.post(head, unit, "ผู้อำนวยการกลุ่ม", Role.GROUP_HEAD, order=1)
        clerk = crowd.person(f"clerk-{code.lower()}")
        crowd.post(clerk, unit, "ธุรการกลุ่ม", Role.GROUP_CLERK, order=2)
        if code == "PLN":
            officer = crowd.person("officer", "อนุชา ทองขาว", "นาย")
        else:
            officer = crowd.person(f"officer-{code.lower()}")
        crowd.post(officer, unit, "นักวิชาการศึกษา", Role.OFFICER, order=3)
        cast.drafters[code] = officer


def _school_people(crowd: Crowd, cast: Cast) -> None:
    suda = crowd.person("school-clerk", "สุดา ชูแก้ว", "นาง")
    shared: Member | None = None
    left = 0
    for number, school in enumerate(cast.schools, start=1):
        is_first = school.name == CLERKS_SCHOOLS[0]
        head = (
            crowd.person("school-director", "ธีระ คงทอง", "นาย")
            if is_first
            else crowd.person(f"school-director-{number}")
        )
        cast.directors[number] = crowd.post(
            head, school, "ผู้อำนวยการโรงเรียน", Role.SCHOOL_DIRECTOR, order=1
        )
        if school.name in CLERKS_SCHOOLS:
            clerk = suda
        else:
            if not left or shared is None:
                shared = crowd.person(f"school-clerk-{number}")
                left = crowd.rng.choice((1, 1, 1, 2, 2, 3))
            clerk, left = shared, left - 1
        cast.clerks[number] = crowd.post(clerk, school, "ธุรการโรงเรียน", Role.SCHOOL_CLERK, order=2)
        for position in range(TEACHERS_PER_SCHOOL):
            teacher = (
                crowd.person("teacher", "สมใจ รักนุ้ย", "นางสาว")
                if is_first and position == 0
                else crowd.person(f"teacher-{number}-{position + 1}")
            )
            crowd.post(teacher, school, "ครู", Role.TEACHER, order=5 + position)
            cast.teachers[number].append(teacher)


def _calendar(office: Unit) -> None:
    year = today().year
    Holiday.objects.bulk_create(
        Holiday(office=office, on=date(each, *day), name=name)
        for each in (year - 1, year, year + 1)
        for day, name in HOLIDAYS
    )


def _project(cast: Cast) -> None:
    """Every sixth school has been in the plant genetics project for three years."""
    began = date(today().year - 3, 5, 16)
    project = Project.objects.create(office=cast.office, name="โครงการ อพ.สธ.", opened_on=began)
    ProjectStay.objects.bulk_create(
        ProjectStay(project=project, unit=school, from_on=began) for school in cast.schools[::6]
    )


@transaction.atomic
def make_people(*, schools: int, password: str, rng: Random) -> Cast:
    """The demo's units and people stand in the tables; returned as the cast of its letters."""
    office = _office()
    groups = _groups(office)
    cast = Cast(
        office=office,
        groups=groups,
        schools=_schools(office, schools, rng),
        registrar=Holding(),
    )
    crowd = Crowd(office, rng, password)
    _office_people(crowd, cast)
    _school_people(crowd, cast)
    crowd.write()
    _calendar(office)
    _project(cast)
    districts = Unit.objects.filter(office=office, kind=UnitKind.DISTRICT).order_by("sort_order")
    Audience.objects.create(
        owner_unit=groups["PLN"],
        name="โรงเรียนริมทะเลสาบ",
        rule={
            "districts": [row.pk for row in districts if row.short_name in {"ปากพะยูน", "บางแก้ว"}]
        },
    )
    return cast
