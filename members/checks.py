"""What the database itself writes down: each change of what audiences are made of."""

from __future__ import annotations

from members.models import (
    Audience,
    AudienceMove,
    Holding,
    Member,
    Post,
    Project,
    ProjectStay,
    Unit,
)
from portal.core.triggers import note_changes

for model in (Unit, Post, Holding, Audience, Project, ProjectStay):
    note_changes(model, into=AudienceMove)
note_changes(Member, into=AudienceMove, fields=["is_active"])
