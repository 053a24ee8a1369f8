"""Who gets what at the addresses of meetings, their agenda, resolutions, tasks and series.

The meeting is of the world's group; its officer keeps it, the school's director is invited.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from meetings.models import CancelCause, Meeting, MeetingState, Series, SeriesState, TaskState
from meetings.services.agenda import attach_file
from meetings.tests.factories import (
    AgendaItemFactory,
    AttendanceFactory,
    MeetingFactory,
    ResolutionFactory,
    SeriesFactory,
    TaskFactory,
)
from members.tests.factories import acting
from portal.core.actors import SYSTEM
from portal.core.thaidates import short_date
from portal.files.domain.kinds import PDF
from portal.files.services import store_bytes
from portal.files.tests.factories import pdf_bytes
from tests.access_matrix import Access, everyone
from tests.world import World

KEEPERS = ("officer",)
ONLY_SEE = ("director", "deputy", "school-director")


def seen(get: int, post: int) -> dict[str, tuple[int, int]]:
    """What everybody who sees the meeting gets; to all others it does not exist."""
    others = everyone(404, 405 if post == 405 else 404)
    return {**others, **dict.fromkeys((*KEEPERS, *ONLY_SEE), (get, post))}


def kept(get: int, post: int, *, only_seen: tuple[int, int] = (403, 403)) -> dict[str, Any]:
    """What its keeper gets; who only sees it is refused."""
    others = everyone(405 if get == 405 else 404, 404)
    watching = (405 if get == 405 else only_seen[0], only_seen[1])
    return {**others, **dict.fromkeys(ONLY_SEE, watching), **dict.fromkeys(KEEPERS, (get, post))}


# What an address is about ------------------------------------------------------------------------


def meeting_of(world: World, **fields: Any) -> Meeting:
    officer = world.members["officer"]
    meeting = MeetingFactory(unit=world.group, chair=officer, **fields)
    for name in ("officer", "school-director"):
        AttendanceFactory(meeting=meeting, member=world.members[name])
    AgendaItemFactory(meeting=meeting)
    return meeting


def planned(world: World) -> dict[str, Any]:
    return {"pk": meeting_of(world, rule={"groups": [world.group.pk, world.office.pk]}).pk}


def held(world: World) -> dict[str, Any]:
    return {"pk": meeting_of(world, state=MeetingState.HELD, opened_at=timezone.now()).pk}


def ready(world: World) -> dict[str, Any]:
    meeting = meeting_of(
        world,
        state=MeetingState.HELD,
        starts_at=timezone.now().replace(hour=1, minute=0),
        opened_at=timezone.now().replace(hour=1, minute=0),
    )
    meeting.attendances.update(presence="came")
    return {"pk": meeting.pk}


def closed(world: World) -> dict[str, Any]:
    now = timezone.now()
    fields = {"opened_at": now, "ended_at": now + timedelta(hours=1), "closed_at": now}
    return {"pk": meeting_of(world, state=MeetingState.CLOSED, **fields).pk}


def cancelled(world: World) -> dict[str, Any]:
    meeting = meeting_of(
        world,
        state=MeetingState.CANCELLED,
        cancel_cause=CancelCause.PERSON,
        cancel_reason="ประธานติดราชการ",
        starts_at=timezone.now() + timedelta(days=2),
    )
    return {"pk": meeting.pk}


def at_the_school(world: World) -> dict[str, Any]:
    meeting = MeetingFactory(unit=world.school, chair=world.members["teacher"])
    return {"pk": meeting.pk}


def invitation(world: World) -> dict[str, Any]:
    meeting = meeting_of(world)
    return {"pk": meeting.attendances.get(member=world.members["school-director"]).pk}


def item(world: World) -> dict[str, Any]:
    return {"pk": meeting_of(world).agenda_items.get().pk}


def item_held(world: World) -> dict[str, Any]:
    return {"pk": Meeting.objects.get(**held(world)).agenda_items.get().pk}


def item_with_file(world: World) -> dict[str, Any]:
    row = meeting_of(world).agenda_items.get()
    stored = store_bytes(pdf_bytes(), by=SYSTEM, media_type=PDF)
    attach_file(row, stored=stored, name="แผน.pdf", by=acting(world.members["officer"]))
    return {"pk": row.pk}


def resolution(world: World) -> dict[str, Any]:
    return {"pk": ResolutionFactory(meeting=Meeting.objects.get(**held(world))).pk}


def resolution_closed(world: World) -> dict[str, Any]:
    return {"pk": ResolutionFactory(meeting=Meeting.objects.get(**closed(world))).pk}


def task(world: World) -> dict[str, Any]:
    row = ResolutionFactory(meeting=Meeting.objects.get(**held(world)))
    return {"pk": TaskFactory(resolution=row, assignee=world.members["school-director"]).pk}


def task_ended(world: World) -> dict[str, Any]:
    row = ResolutionFactory(meeting=Meeting.objects.get(**held(world)))
    made = TaskFactory(
        resolution=row,
        assignee=world.members["school-director"],
        state=TaskState.DONE,
        result="ทำแล้ว",
    )
    return {"pk": made.pk}


def series(world: World) -> dict[str, Any]:
    row = SeriesFactory(unit=world.group, chair=world.members["officer"])
    MeetingFactory(
        unit=world.group,
        series=row,
        slot="2026-W01",
        chair=world.members["officer"],
        people=[world.members["school-director"]],
    )
    return {"pk": row.pk}


def series_paused(world: World) -> dict[str, Any]:
    kwargs = series(world)
    Series.objects.filter(**kwargs).update(state=SeriesState.PAUSED)
    return kwargs


# What is sent ------------------------------------------------------------------------------------


def details(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "unit": world.group.pk,
        "title": "ประชุมกลุ่ม",
        "on": short_date(timezone.localdate() + timedelta(days=3)),
        "starts": "9.00",
        "ends": "12.00",
        "chair": world.members["officer"].pk,
        "key": uuid4(),
    }


def repeated(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    said = details(world, kwargs)
    said |= {"rhythm": "weekly", "weekday": 1, "starts_time": "9.00", "minutes": 120}
    return {**said, "from_on": short_date(timezone.localdate())}


def own_people(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"everybody": "on"}


def expected(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    office = ("director", "deputy", "registrar")
    return {"expected": ",".join(str(world.members[name].pk) for name in office)}


def reason(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"reason": "ประธานติดราชการ"}


def accepts(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"answer": "accepted"}


def ends(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"ends": "23.59"}


def item_words(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"heading": 4, "title": "ผลการนิเทศ", "key": uuid4()}


def up(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"to": "up"}


def resolved(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"text": "เห็นชอบ", "is_for_information": "on", "key": uuid4()}


def wording(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"text": "เห็นชอบตามเสนอ"}


def correction(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"new_text": "เห็นชอบตามที่เสนอ", "reason": "พิมพ์ตก"}


def given(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "แจ้งโรงเรียน",
        "assignee": world.members["school-director"].pk,
        "due_on": short_date(timezone.localdate() + timedelta(days=5)),
        "key": uuid4(),
    }


def result(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"state": "done", "result": "แจ้งครบทุกโรงเรียน"}


def redirected(world: World, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "assignee": world.members["officer"].pk,
        "due_on": short_date(timezone.localdate() + timedelta(days=5)),
        "reason": "ย้ายงาน",
    }


CALLERS = (
    "director",
    "deputy",
    "registrar",
    "officer",
    "school-clerk",
    "school-director",
    "teacher",
    "other-clerk",
    "other-registrar",
)
CALLING: dict[str, tuple[int, int]] = {**everyone(403, 403), **dict.fromkeys(CALLERS, (200, 422))}
DOER = {"school-director": (405, 302), "officer": (405, 302)}
ANSWERER = {"officer": (403, 403), "school-director": (200, 302)}

ROWS = [
    Access("meetings:index", None, everyone(200, 405)),
    Access("meetings:tasks", None, everyone(200, 405)),
    Access("meetings:series-list", None, everyone(200, 405)),
    Access("meetings:new", None, {**CALLING, "officer": (200, 302)}, post=details),
    Access("meetings:series-new", None, {**CALLING, "officer": (200, 302)}, post=repeated),
    # One meeting, by its state
    Access("meetings:meeting", planned, seen(200, 405)),
    Access("meetings:meeting", held, seen(200, 405)),
    Access("meetings:meeting", closed, seen(200, 405)),
    Access("meetings:meeting", cancelled, seen(200, 405)),
    Access(
        "meetings:meeting",
        at_the_school,
        everyone(404, 405)
        | dict.fromkeys(
            ("director", "deputy", "school-clerk", "school-director", "teacher"), (200, 405)
        ),
    ),
    Access("meetings:minutes", closed, seen(200, 405)),
    Access("meetings:minutes", planned, seen(200, 405)),
    Access("meetings:edit", planned, kept(200, 302), post=details),
    Access("meetings:people", planned, kept(200, 302), post=own_people),
    Access("meetings:invite", planned, kept(200, 302), post=expected),
    Access("meetings:cancel", planned, kept(200, 302), post=reason),
    Access("meetings:restore", cancelled, kept(405, 302)),
    Access("meetings:open", planned, kept(405, 302)),
    Access("meetings:close", held, kept(302, 422), post=ends),
    Access("meetings:close", ready, kept(302, 302), post=ends),
    Access("meetings:attendance", held, kept(200, 302)),
    Access("meetings:answer", invitation, kept(403, 403) | ANSWERER, post=accepts),
    Access(
        "meetings:check-in",
        invitation,
        kept(405, 403) | {"school-director": (405, 302)},
    ),
    Access("meetings:withdraw", invitation, kept(405, 302)),
    # The agenda
    Access("meetings:item-new", planned, kept(200, 302), post=item_words),
    Access("meetings:item", item, kept(200, 302), post=item_words),
    Access("meetings:item", item_with_file, kept(200, 302), post=item_words),
    Access("meetings:item-move", item, kept(405, 302), post=up),
    Access("meetings:item-remove", item, kept(405, 302)),
    Access("meetings:item-upload", item, kept(405, 422)),
    Access("meetings:item-file-remove", item_with_file, kept(405, 302)),
    # Resolutions and tasks
    Access("meetings:resolutions", held, seen(200, 405)),
    Access("meetings:resolve", item_held, kept(200, 302), post=resolved),
    Access("meetings:resolve", item, kept(200, 422), post=resolved),
    Access("meetings:resolution", resolution, seen(200, 405)),
    Access("meetings:resolution", resolution_closed, seen(200, 405)),
    Access("meetings:resolution-change", resolution, kept(405, 302), post=wording),
    Access("meetings:resolution-change", resolution_closed, kept(405, 422), post=wording),
    Access("meetings:resolution-correct", resolution_closed, kept(405, 302), post=correction),
    Access("meetings:task-new", resolution, kept(405, 302), post=given),
    Access("meetings:task", task, seen(200, 405)),
    Access("meetings:task", task_ended, seen(200, 405)),
    Access("meetings:task-end", task, kept(405, 302) | DOER, post=result),
    Access("meetings:task-reopen", task_ended, kept(405, 302) | DOER),
    Access("meetings:task-redirect", task, kept(405, 302), post=redirected),
    # Series
    Access("meetings:series", series, seen(200, 405)),
    Access("meetings:series-edit", series, kept(200, 302), post=repeated),
    Access("meetings:series-people", series, kept(200, 302), post=own_people),
    Access("meetings:series-pause", series, kept(405, 302)),
    Access("meetings:series-resume", series_paused, kept(405, 302)),
    Access("meetings:series-end", series, kept(405, 302)),
]
