"""A small world for tests: one office with two schools, a stranger's office, and everybody's post.

The names of `ROLES` are those of the access matrix: the demo's sign-in names, two neighbours
(`other-…`: the same role in a unit that has nothing to do with the matter) and `anonymous`.
"""

from __future__ import annotations

from dataclasses import dataclass

from members.models import Member, Role, Unit
from members.services import Actor, actor_of
from members.tests.factories import (
    GroupFactory,
    HoldingFactory,
    MemberFactory,
    OfficeFactory,
    SchoolFactory,
)

ANONYMOUS = "anonymous"
OUTSIDER = "outsider"


@dataclass(frozen=True)
class World:
    """Units by what they are, members by the name of their role."""

    office: Unit
    group: Unit
    school: Unit
    other_school: Unit
    other_office: Unit
    members: dict[str, Member]

    def actor(self, role: str) -> Actor:
        """Return the member of this role, acting in their first post."""
        actor = actor_of(self.members[role])
        assert actor is not None
        return actor


def make_world() -> World:
    """Make the units and members; user names equal the names of the roles."""
    office = OfficeFactory()
    group = GroupFactory(office=office)
    school, other_school = SchoolFactory(office=office), SchoolFactory(office=office)
    other_office = OfficeFactory()
    posts = {
        "admin": (Role.ADMINISTRATOR, office),
        "director": (Role.DIRECTOR, office),
        "deputy": (Role.DEPUTY_DIRECTOR, office),
        "registrar": (Role.CENTRAL_REGISTRAR, office),
        "officer": (Role.OFFICER, group),
        "school-clerk": (Role.SCHOOL_CLERK, school),
        "school-director": (Role.SCHOOL_DIRECTOR, school),
        "teacher": (Role.TEACHER, school),
        "other-clerk": (Role.SCHOOL_CLERK, other_school),
        "other-registrar": (Role.CENTRAL_REGISTRAR, other_office),
    }
    members = {
        name: HoldingFactory(role=role, unit=unit, member__username=name).member
        for name, (role, unit) in posts.items()
    }
    admin = members["admin"]
    admin.is_staff = admin.is_superuser = True
    admin.save(update_fields=["is_staff", "is_superuser"])
    members[OUTSIDER] = MemberFactory(username=OUTSIDER)
    return World(office, group, school, other_school, other_office, members)


ROLES = (
    "admin",
    "director",
    "deputy",
    "registrar",
    "officer",
    "school-clerk",
    "school-director",
    "teacher",
    "other-clerk",
    "other-registrar",
    OUTSIDER,
    ANONYMOUS,
)
