"""What the house may find of meetings, and what of them waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from meetings.models import (
    AgendaItem,
    Answer,
    Attendance,
    Meeting,
    MeetingState,
    Note,
    Resolution,
    Series,
    Task,
)
from meetings.querysets.meetings import OVERSEEING_ROLES, STAFF_ROLES
from meetings.services.mapping import map_words
from meetings.services.noting import shared_words
from members.models import Member
from members.querysets import holds
from portal.core.calendar import end_of_day
from portal.core.clock import today
from portal.core.resources import (
    Findable,
    Resource,
    Waiting,
    in_unit,
    of_member,
    register,
    staff_of,
)
from portal.core.thaidates import day_bounds

MAX_WAITING = 100
NEAR_DAYS = timedelta(days=2)


def task_waits(member: Member) -> Iterable[Waiting]:
    """Return the member's open tasks, by due day."""
    rows = (
        Task.objects.open()
        .filter(assignee=member)
        .select_related("resolution__meeting__unit")
        .order_by("due_on", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=row.title,
            url=row.get_absolute_url(),
            state="งานจากที่ประชุม",
            due_at=end_of_day(row.due_on),
            unit=row.resolution.meeting.unit.label,
            deed="รายงานผล",
        )
        for row in rows
    ]


def invitation_waits(member: Member) -> Iterable[Waiting]:
    """Return the meetings of today and the next two days to which the member is to come."""
    first, _ = day_bounds(today())
    _, last = day_bounds(today() + NEAR_DAYS)
    rows = (
        Attendance.objects.filter(
            member=member,
            meeting__state__in=[MeetingState.PLANNED, MeetingState.HELD],
            meeting__starts_at__gte=first,
            meeting__starts_at__lt=last,
        )
        .exclude(answer=Answer.DECLINED)
        .select_related("meeting__unit")
        .order_by("meeting__starts_at", "pk")[:MAX_WAITING]
    )
    return [
        Waiting(
            subject=str(row.meeting),
            url=(
                reverse("meetings:answer", args=[row.pk])
                if row.awaits_answer
                else reverse("meetings:note", args=[row.meeting_id])
            ),
            state="เชิญประชุม" if row.awaits_answer else "ประชุม",
            due_at=row.meeting.starts_at,
            unit=row.meeting.unit.label,
            deed="ตอบรับ" if row.awaits_answer else "เปิดโน้ตหน้าเดียว",
            is_event=True,
        )
        for row in rows
    ]


def _of_the_unit(thing: Meeting | Series) -> Q:
    """Members of whose own work the thing is."""
    own = holds("holdings__", post__unit=thing.unit_id, post__role__in=STAFF_ROLES)
    leading = holds(
        "holdings__", post__unit__office=thing.unit.office_id, post__role__in=OVERSEEING_ROLES
    )
    return own | leading


def _keepers(thing: Meeting | Series) -> Q:
    return Q(pk__in=[pk for pk in (thing.chair_id, thing.secretary_id, thing.created_by_id) if pk])


def meeting_readers(meeting: Meeting) -> QuerySet[Member]:
    """Return the members to whom this meeting is visible."""
    invited = Attendance.objects.filter(meeting=meeting).values("member")
    tasked = Task.objects.filter(resolution__meeting=meeting).values("assignee")
    by_name = _keepers(meeting) | Q(pk__in=invited) | Q(pk__in=tasked)
    return Member.objects.fitting(_of_the_unit(meeting), by_name)


def series_readers(series: Series) -> QuerySet[Member]:
    """Return the members to whom this series is visible."""
    invited = Attendance.objects.filter(meeting__series=series).values("member")
    return Member.objects.fitting(_of_the_unit(series), _keepers(series) | Q(pk__in=invited))


def of_its_meeting(thing: Any) -> QuerySet[Member]:
    """Return the members to whom the meeting of this agenda item or resolution is visible."""
    return meeting_readers(thing.meeting)


def task_readers(task: Task) -> QuerySet[Member]:
    """Return the members to whom this task is visible."""
    return meeting_readers(task.resolution.meeting)


def note_readers(note: Note) -> QuerySet[Member]:
    """Return the members to whom this note is visible: its writer, and once shared the room."""
    room = meeting_readers(note.meeting)
    return room if note.is_shared else room.filter(pk=note.writer_id)


def find_meeting(meeting: Meeting) -> Findable | None:
    """Return what the search keeps of a meeting: title, agenda, what was said and resolved.

    Of notes only those that were shared, of mind maps only the meeting's own.
    """
    words = [
        text
        for item in meeting.agenda_items.all()
        for text in (item.title, item.text, item.discussion)
    ]
    resolutions = list(meeting.resolutions.all())
    words += [row.text for row in resolutions]
    tasks = [task for row in resolutions for task in row.tasks.all()]
    people = {row.member_id for row in meeting.attendances.all()}
    people |= {task.assignee_id for task in tasks}
    people |= {pk for pk in (meeting.chair_id, meeting.secretary_id, meeting.created_by_id) if pk}
    words += [task.title for task in tasks]
    words += [shared_words(meeting), map_words(meeting)]
    return Findable(
        title=str(meeting),
        url=meeting.get_absolute_url(),
        scopes=frozenset(
            {
                in_unit(meeting.unit_id),
                staff_of(meeting.unit.office_id or meeting.unit_id),
                *(of_member(pk) for pk in people),
            }
        ),
        body="\n".join(word for word in words if word),
        number=meeting.number_text,
        on=meeting.on,
        place=f"{meeting.unit.label} · {meeting.get_state_display()}",
    )


def with_parts(meetings: QuerySet[Any]) -> QuerySet[Any]:
    """Fetch along with meetings what the search reads of them."""
    return meetings.select_related("unit").prefetch_related(
        "agenda_items",
        "attendances",
        "notes",
        "maps",
        Prefetch("resolutions", Resolution.objects.prefetch_related("tasks")),
    )


register(
    Resource(
        model=Series,
        label="ชุดประชุม",
        icon="refresh-cw",
        visible_to=lambda member: Series.objects.visible_to(member),
        readers=series_readers,
    )
)
register(
    Resource(
        model=Meeting,
        label="การประชุม",
        icon="users",
        visible_to=lambda member: Meeting.objects.visible_to(member),
        readers=meeting_readers,
        find=find_meeting,
        with_parts=with_parts,
    )
)
register(
    Resource(
        model=AgendaItem,
        label="วาระ",
        icon="file-text",
        visible_to=lambda member: AgendaItem.objects.visible_to(member),
        readers=of_its_meeting,
    )
)
register(
    Resource(
        model=Attendance,
        label="คำเชิญประชุม",
        icon="users",
        visible_to=lambda member: Attendance.objects.visible_to(member),
        readers=of_its_meeting,
        waiting=invitation_waits,
    )
)
register(
    Resource(
        model=Resolution,
        label="มติ",
        icon="stamp",
        visible_to=lambda member: Resolution.objects.visible_to(member),
        readers=of_its_meeting,
    )
)
register(
    Resource(
        model=Task,
        label="งานจากที่ประชุม",
        icon="circle-check",
        visible_to=lambda member: Task.objects.visible_to(member),
        readers=task_readers,
        waiting=task_waits,
    )
)
register(
    Resource(
        model=Note,
        label="โน้ต",
        icon="pen-line",
        visible_to=lambda member: Note.objects.visible_to(member),
        readers=note_readers,
    )
)
