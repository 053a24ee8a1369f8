"""Projects of an office, and which unit is in one from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from members.models import Project, ProjectStay
from members.policies import can_administer
from members.services.changes import keep, plain, stored
from portal.audit.services import record
from portal.core.actors import Actor
from portal.core.clock import today
from portal.core.errors import DomainError, require


@transaction.atomic
def save_project(project: Project, *, changes: Iterable[str] = (), by: Actor) -> Project:
    """The project is stored; once it is closed nobody is in it any more."""
    before = stored(project)
    require(can_administer(by, project.office))
    require(before is None or can_administer(by, before.office))
    return keep(project, before, changes, by=by, noun="project")


@transaction.atomic
def join_project(stay: ProjectStay, *, changes: Iterable[str] = (), by: Actor) -> ProjectStay:
    """The unit is in the project in that time; never twice on one day."""
    # The project is the queue: two forms for the same unit are checked one after the other.
    Project.objects.lock(stay.project_id)
    before = stored(stay)
    require(can_administer(by, stay.project.office))
    require(before is None or can_administer(by, before.project.office))
    return keep(stay, before, changes, by=by, noun="project_stay")


@transaction.atomic
def leave_project(stay: ProjectStay, *, on: date, by: Actor) -> ProjectStay:
    """`on` is the last day on which the unit is in the project."""
    stay = ProjectStay.objects.select_related("project__office", "unit").lock(stay.pk)
    require(can_administer(by, stay.project.office))
    last = stay.to_on
    if last and last < today():
        raise DomainError("ออกจากโครงการนี้ไปแล้ว")
    if on < stay.from_on:
        raise DomainError("วันที่สิ้นสุดต้องไม่ก่อนวันที่เริ่ม")
    stay.to_on = on
    stay.save(update_fields=["to_on"])
    record("project_stay.ended", stay, by=by, to_on=[plain(last), plain(on)])
    return stay
