"""What every queryset of the house can do."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models

ModelT = TypeVar("ModelT", bound=models.Model)


class BaseQuerySet(models.QuerySet[ModelT]):
    """A queryset that can lock one row, and refuses to delete many."""

    def lock(self, pk: Any) -> ModelT:
        """Return the row, locked until the transaction ends (FOR NO KEY UPDATE)."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def lock_all(self) -> Self:
        """Lock every row in pk order, so that two services never wait crosswise."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")
