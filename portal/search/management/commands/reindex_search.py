"""Bring the whole index up to date: after an import, or with a new dictionary."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.resources import resource_for, resources
from portal.search.models import SearchDoc
from portal.search.services import forget_gone, reindex


class Command(BaseCommand):
    help = "Index everything that can be found. What is up to date already costs little."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", help="one model only, as documents.letter")
        parser.add_argument(
            "--after", type=int, default=0, help="go on behind this key; needs --kind"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["after"] and not options["kind"]:
            raise CommandError("--after needs --kind.")
        if options["kind"]:
            kinds = [options["kind"]]
        else:
            gone = SearchDoc.objects.order_by().values_list("kind", flat=True).distinct()
            kinds = sorted({resource.model._meta.label_lower for resource in resources()} | {*gone})
        for kind in kinds:
            self.reindex(kind, options["after"])

    def reindex(self, kind: str, after: int) -> None:
        resource = resource_for(kind)
        changed = 0
        if resource is not None and resource.find is not None:
            changed = reindex(resource, after=after, progress=lambda pk: self.say(kind, pk))
        elif not SearchDoc.objects.filter(kind=kind).exists():
            return
        changed += forget_gone(kind)
        self.stdout.write(f"{kind}  {changed} changed")

    def say(self, kind: str, pk: int) -> None:
        self.stdout.write(f"{kind}  up to {pk}")
