"""Which notes and maps a reader may find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Model, Q, QuerySet

from portal.core.querysets import BaseQuerySet

if TYPE_CHECKING:
    from meetings.models import MindMap, Note
    from members.models import Member


def meetings_seen_by(member: Member | None, model: type[Model]) -> QuerySet[Any]:
    """The ids of the meetings (the table that `model` belongs to) that the member may open."""
    meeting: Any = model._meta.get_field("meeting").related_model
    seen: QuerySet[Any] = meeting.objects.visible_to(member).values("pk")
    return seen


class NoteQuerySet(BaseQuerySet["Note"]):
    """One-page notes."""

    def visible_to(self, member: Member | None) -> Self:
        """Own notes, and those that were shared, of meetings that the member may open."""
        seen = meetings_seen_by(member, self.model)
        return self.filter(Q(writer=member) | Q(shared_at__isnull=False), meeting__in=seen)

    def shared(self) -> Self:
        return self.filter(shared_at__isnull=False)


class MindMapQuerySet(BaseQuerySet["MindMap"]):
    """Mind maps: the meeting's, and those of single participants."""

    def visible_to(self, member: Member | None) -> Self:
        """The maps of meetings that the member may open, and there their own."""
        seen = meetings_seen_by(member, self.model)
        return self.filter(Q(drawer=member) | Q(drawer__isnull=True), meeting__in=seen)
