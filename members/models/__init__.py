"""Who is who: units, people, posts, who holds which post when, and whom something is for."""

from members.models.audiences import Audience, AudienceMove, AudienceSnapshot
from members.models.codes import OneTimeCode
from members.models.failures import SignInFailures
from members.models.people import (
    DESK_ROLES,
    OFFICE_ROLES,
    SCHOOL_DESK_ROLES,
    ActingPhrase,
    Holding,
    Member,
    Post,
    Role,
)
from members.models.projects import Project, ProjectStay
from members.models.sessions import AGENT, WORKING_DAY, Session
from members.models.units import CircularSeries, Holiday, Unit, UnitKind, UnitName, label_of

__all__ = [
    "AGENT",
    "DESK_ROLES",
    "OFFICE_ROLES",
    "SCHOOL_DESK_ROLES",
    "WORKING_DAY",
    "ActingPhrase",
    "Audience",
    "AudienceMove",
    "AudienceSnapshot",
    "CircularSeries",
    "Holding",
    "Holiday",
    "Member",
    "OneTimeCode",
    "Post",
    "Project",
    "ProjectStay",
    "Role",
    "Session",
    "SignInFailures",
    "Unit",
    "UnitKind",
    "UnitName",
    "label_of",
]
