"""Who gets what at the addresses of posts and recipients."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from members.models import ActingPhrase, Holding, Member
from members.services import device_name
from portal.core.clock import today
from portal.core.thaidates import short_date
from tests.access_matrix import Access, everyone, those
from tests.world import World

SCHOOL_DESK = ("school-clerk", "school-director")
WORKING_IN_AN_OFFICE = ("admin", "director", "deputy", "registrar", "officer", "other-registrar")


def addressing(answer: int) -> dict[str, tuple[int, int]]:
    """Return what those get who choose recipients; everybody else sees no picker at all."""
    return dict.fromkeys(WORKING_IN_AN_OFFICE, (405, answer))


def in_the_schools(world: World) -> dict[str, Any]:
    return {"name": "units"}


def in_the_people(world: World) -> dict[str, Any]:
    return {"name": "members"}


def as_school(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"to-from": world.school.pk, "to-all_schools": "on"}


def of_the_clerk(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"holding": Holding.objects.get(member=world.members["school-clerk"]).pk}


def named_group(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"to-all_schools": "on", "to-name": "ทุกโรงเรียนในเขต"}


def the_clerk(world: World) -> dict[str, Any]:
    return {"pk": world.members["school-clerk"].pk}


def the_teacher(world: World) -> dict[str, Any]:
    """A teacher, whose account the office keeps."""
    teacher = world.members["teacher"]
    Member.objects.filter(pk=teacher.pk).update(office=world.office)
    return {"pk": teacher.pk}


def the_school(world: World) -> dict[str, Any]:
    return {"pk": world.school.pk}


def new_name(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"name": "โรงเรียนชื่อใหม่", "on": short_date(today())}


def given_away(world: World) -> dict[str, Any]:
    """The director of the school lets the teacher stand in."""
    own = Holding.objects.get(member=world.members["school-director"])
    stand_in = Holding.objects.create(
        member=world.members["teacher"],
        post=own.post,
        acting_for=own,
        phrase=ActingPhrase.IN_CHARGE,
        from_on=today(),
        to_on=today() + timedelta(days=3),
    )
    return {"pk": stand_in.pk}


def a_second_browser(world: World) -> dict[str, Any]:
    """The clerk of the school is signed in somewhere else, too."""
    browser = Client()
    browser.force_login(world.members["school-clerk"])
    return {"name": device_name(browser.cookies[settings.SESSION_COOKIE_NAME].value)}


def no_browser(world: World) -> dict[str, Any]:
    return {"name": device_name("")}


COLLEAGUES = everyone(200, 405) | {"other-registrar": (404, 405), "outsider": (404, 405)}

PUBLIC = everyone(200, 405) | {"anonymous": (200, 405)}

ROWS = [
    Access("members:directory", None, PUBLIC),
    Access("members:schools", None, PUBLIC),
    Access("members:person", the_clerk, COLLEAGUES),
    Access("members:unit", the_school, COLLEAGUES),
    Access(
        "members:unit-rename",
        the_school,
        everyone(403, 403)
        | {"admin": (200, 302), "other-registrar": (404, 404), "outsider": (404, 404)},
        post=new_name,
    ),
    Access(
        "members:choose-post",
        None,
        everyone(405, 404) | {"school-clerk": (405, 302)},
        post=of_the_clerk,
    ),
    Access(
        "members:code-give",
        the_teacher,
        everyone(403, 403)
        | those(("admin", *SCHOOL_DESK), 200, 200)
        | those(("other-registrar", "outsider"), 404, 404),
    ),
    Access("members:use-code", None, everyone(200, 422, anonymous=(200, 422))),
    Access("members:devices", None, everyone(200, 405)),
    Access("members:devices-end-others", None, everyone(405, 302)),
    Access("members:device-end", no_browser, everyone(405, 404)),
    Access(
        "members:device-end",
        a_second_browser,
        everyone(405, 404) | {"school-clerk": (405, 302)},
    ),
    Access("members:delegations", None, everyone(200, 405)),
    Access(
        "members:delegation-new",
        None,
        everyone(200, 422) | dict.fromkeys(("admin", "outsider"), (403, 403)),
    ),
    Access(
        "members:delegation-withdraw",
        given_away,
        everyone(404, 404) | {"school-director": (200, 302)},
    ),
    Access("members:audience-count", None, everyone(405, 403) | addressing(200)),
    Access("members:audience-find", in_the_schools, everyone(405, 403) | addressing(200)),
    # Of their own school's letter a school's desk chooses recipients, without anybody's name.
    *(
        Access(
            name,
            setup,
            everyone(405, 403) | addressing(200) | dict.fromkeys(SCHOOL_DESK, (405, 200)),
            post=as_school,
        )
        for name, setup in (
            ("members:audience-count", None),
            ("members:audience-find", in_the_schools),
        )
    ),
    Access(
        "members:audience-find",
        in_the_people,
        everyone(405, 403) | addressing(200) | dict.fromkeys(SCHOOL_DESK, (405, 404)),
        post=as_school,
    ),
    Access(
        "members:save-audience",
        None,
        everyone(405, 403) | addressing(200),
        post=named_group,
    ),
]
