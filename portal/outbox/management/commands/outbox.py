"""Look at what waits and what was given up; put the latter back to work, with the reason why."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Min

from portal.core.actors import SYSTEM
from portal.core.clock import db_now
from portal.core.thaidates import short_datetime
from portal.outbox.models import OutboxMessage
from portal.outbox.services import requeue


class Command(BaseCommand):
    help = "List due and dead rows of the outbox, or requeue dead ones."

    def add_arguments(self, parser: CommandParser) -> None:
        deeds = parser.add_subparsers(dest="deed")
        deeds.add_parser("list", help="what is due, by topic, and every dead row (the default)")
        again = deeds.add_parser("requeue", help="make dead rows due again")
        again.add_argument("ids", nargs="*", type=int, help="numbers of dead rows")
        again.add_argument("--all", action="store_true", help="all dead rows")
        again.add_argument("--why", required=True, help="the reason, kept in the history")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["deed"] == "requeue":
            self.requeue(options)
        else:
            self.list()

    def list(self) -> None:
        due = OutboxMessage.objects.due(db_now()).order_by()
        topics = due.values("topic").annotate(rows=Count("pk"), since=Min("due_at"))
        for line in topics.order_by("topic"):
            since = short_datetime(line["since"])
            self.stdout.write(f"due   {line['topic']}  {line['rows']} since {since}")
        for message in OutboxMessage.objects.dead():
            self.stdout.write(f"dead  {message}  attempts {message.attempts}  {message.error}")

    def requeue(self, options: dict[str, Any]) -> None:
        dead = OutboxMessage.objects.dead().values_list("pk", flat=True)
        ids = list(dead) if options["all"] else options["ids"]
        if not ids:
            raise CommandError("Name rows, or say --all.")
        messages = requeue(ids, why=options["why"], by=SYSTEM)
        self.stdout.write(f"{len(messages)} of {len(ids)} rows are due again")
