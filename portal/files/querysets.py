"""Which files are kept and which are still in use."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum

from portal.core.actors import Actor
from portal.core.querysets import BaseQuerySet

if TYPE_CHECKING:
    from portal.files.models import FileUse, IncomingFile, StoredFile


class StoredFileQuerySet(BaseQuerySet["StoredFile"]):
    """Bytes that are kept, each once."""

    def unused_since(self, moment: datetime) -> Self:
        """Files which nothing has used, and nobody has sent again, since that moment."""
        uses = self.model._meta.get_field("uses").related_model._default_manager
        used = uses.filter(
            Q(removed_at__isnull=True) | Q(removed_at__gte=moment), stored=OuterRef("pk")
        )
        return self.filter(~Exists(used), seen_at__lt=moment)


class FileUseQuerySet(BaseQuerySet["FileUse"]):
    """Files as they hang on a letter, an answer, an article."""

    def live(self) -> Self:
        """Uses that were not taken off again."""
        return self.filter(removed_at__isnull=True)

    def of(self, owner: models.Model) -> Self:
        """Uses that hang on this thing, in the order of the list."""
        return self.filter(owner_type=owner._meta.label_lower, owner_id=owner.pk)


class IncomingFileQuerySet(BaseQuerySet["IncomingFile"]):
    """Files on their way in; whoever sends one is the only one who knows of it."""

    def sent_by(self, actor: Actor) -> Self:
        """Files that this member sends, and nobody else's."""
        return self.filter(member=actor.member)

    def whole(self) -> Self:
        """Files of which nothing is missing."""
        return self.filter(received=F("size"))

    def untouched_since(self, moment: datetime) -> Self:
        """Files that came no further, and that no form has brought, since that moment."""
        return self.filter(touched_at__lt=moment)

    def total_size(self) -> int:
        """How much room they take once they are whole."""
        return int(self.aggregate(total=Sum("size"))["total"] or 0)
