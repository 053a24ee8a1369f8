"""Report that something does not work, and say that it works again."""

from __future__ import annotations

import re
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from members.models import Member, Role, Unit
from members.querysets import holds
from members.services import Actor, office_of
from portal.audit.services import record
from portal.core.actors import SYSTEM
from portal.core.clock import db_now
from portal.core.errors import require
from portal.core.locks import lock_on
from portal.core.logs import without_tokens
from portal.outbox.services import publish
from portal.problems.models import Problem, ProblemState
from portal.problems.policies import can_settle

MOST_OF_PAGE = 300
RESET_KEY = re.compile(r"(/key/)[^/]+")  # of a link for a new password
REPORTED = "problems.reported"


def only_office() -> Unit | None:
    """Return the office that a visitor means: the only one there is, else nobody's."""
    offices = list(Unit.objects.offices()[:2])
    return offices[0] if len(offices) == 1 else None


@transaction.atomic
def report_problem(
    *, message: str, page: str, request_id: str, contact: str, key: UUID, by: Actor | None
) -> Problem:
    """The report is written and the administrators are told; the same key twice is one report.

    `by` is None for a visitor. The page is kept without its query and without what opens a survey
    by itself: an administrator reads where it happened, never what was asked or whose link it was.
    """
    lock_on(f"problem:{key}")
    earlier = Problem.objects.filter(key=key).first()
    if earlier:
        return earlier
    problem = Problem(
        office=(office_of(by) if by else None) or only_office(),
        member=by.member if by else None,
        contact=contact,
        message=message,
        page=bare_address(page),
        request_id=request_id,
        key=key,
        reported_at=db_now(),
    )
    problem.save(force_insert=True)
    record("problem.reported", problem, by=by or SYSTEM)
    publish(REPORTED, problem, by=by or SYSTEM)
    return problem


def bare_address(page: str) -> str:
    """Return the path alone: no host, no query, no key."""
    path = "/" + page.split("://", 1)[-1].partition("/")[2] if "://" in page else page
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    return RESET_KEY.sub(r"\1…", without_tokens(path))[:MOST_OF_PAGE]


@transaction.atomic
def fix_problem(problem: Problem, *, by: Actor) -> Problem:
    """It works again, says an administrator."""
    return _move(problem, ProblemState.FIXED, by=by)


@transaction.atomic
def reopen_problem(problem: Problem, *, by: Actor) -> Problem:
    """It does not work yet after all."""
    return _move(problem, ProblemState.OPEN, by=by)


def _move(problem: Problem, state: ProblemState, *, by: Actor) -> Problem:
    locked = Problem.objects.lock(problem.pk)
    require(can_settle(by, locked))
    before = locked.state
    locked.move_to(state)
    is_fixed = state == ProblemState.FIXED
    locked.fixed_at = db_now() if is_fixed else None
    locked.fixed_by = by.member if is_fixed else None
    locked.save(update_fields=["state", "fixed_at", "fixed_by"])
    record(f"problem.{'fixed' if is_fixed else 'reopened'}", locked, by=by, state=[before, state])
    return locked


def readers(problem: Problem) -> QuerySet[Member]:
    """Return the office's administrators and the owner of the installation."""
    units = Unit.objects.filter(office=problem.office_id, office__isnull=False)
    own = holds("holdings__", post__unit__in=units, post__role=Role.ADMINISTRATOR)
    administrators = Member.objects.filter(own).values("pk")
    return Member.objects.active().filter(Q(pk__in=administrators) | Q(is_superuser=True))
