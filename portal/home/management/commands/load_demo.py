"""A lifelike office to try the portal with: people, schools, and a term in every room."""

from __future__ import annotations

import sys
import time
from io import StringIO
from random import Random
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.models import Member, Unit
from portal.home.management.demo.announcements import make_announcements
from portal.home.management.demo.contact import make_contact
from portal.home.management.demo.directions import make_directions
from portal.home.management.demo.incoming import make_incoming
from portal.home.management.demo.knowledge import make_knowledge
from portal.home.management.demo.letters import make_letters
from portal.home.management.demo.meetings import make_meetings
from portal.home.management.demo.notes import make_notes
from portal.home.management.demo.people import make_people
from portal.home.management.demo.recalled import make_recalled
from portal.home.management.demo.registers import make_registers
from portal.home.management.demo.research import make_research

WIDTH = 30
# The rooms in the order in which a term fills them; each is the same for one seed and day.
ROOMS = {
    "letters inside the office": make_incoming,
    "letters in all directions": make_directions,
    "letters taken back": make_recalled,
    "registers": make_registers,
    "questions and calls": make_contact,
    "articles": make_knowledge,
    "meetings": make_meetings,
    "notes and mind maps": make_notes,
    "surveys": make_research,
    "announcements": make_announcements,
}


class Command(BaseCommand):
    """Fill an empty database with the demo; the same seed on the same day gives the same office."""

    help = "บรรจุข้อมูลสมมติเพื่อการสาธิต ลงในฐานข้อมูลเปล่า"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--schools", type=int, default=131)
        parser.add_argument("--letters", type=int, default=110)
        parser.add_argument("--seed", type=int, default=2569)
        parser.add_argument("--only-letters", action="store_true", help="for large numbers")
        parser.add_argument("--password", default=settings.DEMO_PASSWORD)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_DEMO:
            raise CommandError("load_demo makes people with a known password: set DEMO=1 first.")
        if Member.objects.exists() or Unit.objects.exists():
            self.stdout.write("There is data already; the demo was not loaded again.")
            return
        began = time.monotonic()
        rng = Random(options["seed"])  # noqa: S311  # a demo, not a secret
        cast = make_people(schools=options["schools"], password=options["password"], rng=rng)
        self.stdout.write(f"{len(cast.schools):,} schools, {Member.objects.count():,} people")
        make_letters(
            cast,
            count=options["letters"],
            rng=rng,
            seed=options["seed"],
            progress=self.show_progress,
        )
        rows = options["letters"] * len(cast.schools)
        seconds = time.monotonic() - began
        self.stdout.write(
            f"\n{options['letters']:,} letters, {rows:,} letter-recipient rows in {seconds:.0f} s"
        )
        if options["only_letters"]:
            return
        for name, furnish in ROOMS.items():
            began = time.monotonic()
            furnish(cast, rng=rng)
            self.stdout.write(f"{name} in {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        call_command("reindex_search", stdout=StringIO())
        self.stdout.write(f"search index in {time.monotonic() - began:.0f} s")

    def show_progress(self, done: int, total: int) -> None:
        """Draw a bar where somebody looks; say nothing into a log file."""
        if not sys.stdout.isatty():
            return
        filled = WIDTH * done // max(1, total)
        bar = "█" * filled + "·" * (WIDTH - filled)
        self.stdout.write(f"\r{bar} {done:,}/{total:,} schools", ending="")
        self.stdout.flush()
