"""What the search keeps of each thing, and how common each atom is."""

from __future__ import annotations

from django.db import models

from portal.search.querysets import SearchDocQuerySet


class SearchDoc(models.Model):
    """One thing that can be found, as text in one spelling and as atoms.

    `id` begins with the day, so that its order is the order of dates. `atoms`, `parts` (of the
    number) and `marks` (scopes and kind) are what the engines index: PostgreSQL in the generated
    column `terms`, SQLite in the table `search_fts`, which triggers keep in step.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=80)
    object_id = models.BigIntegerField()
    title = models.TextField()
    number = models.TextField()
    text = models.TextField()
    atoms = models.TextField()
    parts = models.TextField()
    marks = models.TextField()
    digest = models.CharField(max_length=32)
    edition = models.CharField(max_length=16)

    objects = SearchDocQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_doc_unique")
        ]
        indexes = [models.Index(fields=["edition"], name="search_doc_edition")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class SearchTerm(models.Model):
    """In how many documents an atom stands; the empty one counts the documents.

    Kept on PostgreSQL alone, where the plan of a search is chosen by it. It decides how fast an
    answer comes, never what the answer is.
    """

    term = models.CharField(max_length=60, primary_key=True)
    df = models.IntegerField()

    def __str__(self) -> str:
        return self.term
