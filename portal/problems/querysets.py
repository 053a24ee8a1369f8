"""Which reports an administrator reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from members.models import Unit
from members.querysets import is_nobody, sees_everything
from portal.core.querysets import BaseQuerySet

if TYPE_CHECKING:
    from members.models import Member
    from portal.problems.models import Problem


class ProblemQuerySet(BaseQuerySet["Problem"]):
    """Reports to the administrators of offices; of no office: to the owner of the installation."""

    def visible_to(self, member: Member | None) -> Self:
        """Those of the offices the member administers; the owner reads all.

        Nobody else reads any: what people write here may speak of what is not everybody's.
        """
        if member is None or is_nobody(member):
            return self.none()
        if sees_everything(member):
            return self.all()
        return self.filter(office__in=Unit.objects.administered_by(member))

    def open(self) -> Self:
        return self.filter(state="open")
