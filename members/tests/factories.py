"""People and units for tests: explicit by name, one office unless another is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.db.models import Model
from django.urls import reverse
from factory.django import DjangoModelFactory, Password

from members.models import (
    OFFICE_ROLES,
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
from members.services import Actor, actor_of

PASSWORD = "lotus-pond-2569"

# Lines of a list of schools.
HEAD = "name,subdistrict,district,province,levels"
NA = "โรงเรียนบ้านนา,กงหรา,กงหรา,พัทลุง,อนุบาล–ประถมศึกษา"
THUNG = "โรงเรียนวัดทุ่ง,คลองเฉลิม,กงหรา,พัทลุง,"
CODED = f"{HEAD},code8,code10,pupils,cluster,phone,email"


class OfficeFactory(DjangoModelFactory[Unit]):
    """A service area office; `office` is the unit itself."""

    class Meta:
        model = Unit

    kind = UnitKind.OFFICE
    name = factory.Sequence(lambda n: f"สำนักงานเขตพื้นที่การศึกษาประถมศึกษาสาธิต เขต {n + 1}")
    short_name = factory.Sequence(lambda n: f"สพป.สาธิต เขต {n + 1}")
    letter_code = factory.Sequence(lambda n: f"ศธ {4900 + n:05d}")
    can_issue_numbers = True

    @classmethod
    def _create(cls, model_class: type[Unit], *args: Any, **kwargs: Any) -> Unit:
        office = super()._create(model_class, *args, **kwargs)
        office.office = office
        office.save(update_fields=["office"])
        return office


class PartFactory(DjangoModelFactory[Unit]):
    """Whatever belongs to an office."""

    class Meta:
        model = Unit
        abstract = True

    office = factory.SubFactory(OfficeFactory)
    parent = factory.SelfAttribute("office")


class GroupFactory(PartFactory):
    kind = UnitKind.GROUP
    name = factory.Sequence(lambda n: f"กลุ่มงานที่ {n + 1}")


class DistrictFactory(PartFactory):
    kind = UnitKind.DISTRICT
    name = factory.Sequence(lambda n: f"อำเภอที่ {n + 1}")
    province = "สาธิต"


class ClusterFactory(PartFactory):
    kind = UnitKind.CLUSTER
    name = factory.Sequence(lambda n: f"เครือข่ายที่ {n + 1}")


class SchoolFactory(PartFactory):
    """A school; `district=` and `cluster=` take units of the same office."""

    kind = UnitKind.SCHOOL
    name = factory.Sequence(lambda n: f"โรงเรียนบ้านทดลอง {n + 1}")
    code8 = factory.Sequence(lambda n: f"{99_000_001 + n}")
    subdistrict = "สาธิต"
    province = "สาธิต"
    pupils = 100


class MemberFactory(DjangoModelFactory[Member]):
    """A person without any post; every member's password is PASSWORD."""

    class Meta:
        model = Member

    username = factory.Sequence(lambda n: f"member{n + 1}")
    title = "นาย"
    first_name = factory.Sequence(lambda n: f"สมาชิก{n + 1}")
    last_name = "ใจดี"
    email = factory.LazyAttribute(lambda member: f"{member.username}@example.org")
    password = Password(PASSWORD)


def usual_unit(role: str) -> Unit:
    """Return a new unit in which such a post is found."""
    if role in {Role.OFFICER, Role.GROUP_CLERK, Role.GROUP_HEAD}:
        return GroupFactory()
    if role in OFFICE_ROLES or role == Role.ADMINISTRATOR:
        return OfficeFactory()
    return SchoolFactory()


class PostFactory(DjangoModelFactory[Post]):
    """A post named after its role, in a new usual unit unless `unit=` is given."""

    class Meta:
        model = Post

    role = Role.OFFICER
    unit = factory.LazyAttribute(lambda post: usual_unit(post.role))
    title = factory.LazyAttribute(lambda post: Role(post.role).label)


class HoldingFactory(DjangoModelFactory[Holding]):
    """A member in a post since 2020, without end; `role=` and `unit=` make the post."""

    class Meta:
        model = Holding

    class Params:
        role = Role.OFFICER
        unit = factory.LazyAttribute(lambda holding: usual_unit(holding.role))

    member = factory.SubFactory(MemberFactory)
    post = factory.SubFactory(
        PostFactory, role=factory.SelfAttribute("..role"), unit=factory.SelfAttribute("..unit")
    )
    from_on = date(2020, 10, 1)


class ActorFactory(factory.Factory[Actor]):
    """Whoever acts: `ActorFactory(role=…, unit=…)`, or `ActorFactory(holding=…)`."""

    class Meta:
        model = Actor

    class Params:
        role = Role.OFFICER
        unit = factory.LazyAttribute(lambda actor: usual_unit(actor.role))

    holding = factory.SubFactory(
        HoldingFactory, role=factory.SelfAttribute("..role"), unit=factory.SelfAttribute("..unit")
    )
    member = factory.SelfAttribute("holding.member")


class HolidayFactory(DjangoModelFactory[Holiday]):
    class Meta:
        model = Holiday

    office = factory.SubFactory(OfficeFactory)
    on = date(2026, 12, 7)
    name = "วันหยุดชดเชย"


class AudienceFactory(DjangoModelFactory[Audience]):
    """A saved group of recipients, owned by a group of an office."""

    class Meta:
        model = Audience

    owner_unit = factory.SubFactory(GroupFactory)
    name = factory.Sequence(lambda n: f"กลุ่มผู้รับที่ {n + 1}")
    rule = factory.LazyFunction(lambda: {"all_schools": True})


class ProjectFactory(DjangoModelFactory[Project]):
    class Meta:
        model = Project

    office = factory.SubFactory(OfficeFactory)
    name = factory.Sequence(lambda n: f"โครงการที่ {n + 1}")


class ProjectStayFactory(DjangoModelFactory[ProjectStay]):
    """A school of the project's office is in it since 2020, without end."""

    class Meta:
        model = ProjectStay

    project = factory.SubFactory(ProjectFactory)
    unit = factory.LazyAttribute(lambda stay: SchoolFactory(office=stay.project.office))
    from_on = date(2020, 10, 1)


def acting(member: Member) -> Actor:
    """Return the member acting in their first post."""
    actor = actor_of(member)
    assert actor is not None
    return actor


# One row of every table of the back office, in the office that is given.
KEPT = {
    Unit: lambda office: SchoolFactory(office=office, name="โรงเรียนบ้านนา"),
    Member: lambda office: MemberFactory(office=office),
    Post: lambda office: PostFactory(unit=office),
    Holding: lambda office: HoldingFactory(unit=office, member__office=office),
    Holiday: lambda office: HolidayFactory(office=office),
    Audience: lambda office: AudienceFactory(owner_unit=GroupFactory(office=office)),
    Project: lambda office: ProjectFactory(office=office),
    ProjectStay: lambda office: ProjectStayFactory(project__office=office),
}


# What somebody types into such a row.
EDITS = {
    Unit: {"phone": "0 7469 1000"},
    Member: {"phone": "08 1234 5678"},
    Post: {"title": "ตำแหน่งใหม่"},
    Holding: {"to_on": "30 ก.ย. 2570"},
    Holiday: {"name": "วันหยุดใหม่"},
    Audience: {"name": "ชื่อใหม่"},
    Project: {"name": "โครงการใหม่"},
    ProjectStay: {"to_on": "30 ก.ย. 2570"},
}


def admin_url(model: type[Model], page: str, *arguments: Any) -> str:
    """Return the address of a page of the back office: changelist, add, change or delete."""
    return reverse(f"admin:members_{model._meta.model_name}_{page}", args=arguments)
