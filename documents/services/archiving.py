"""All answers to a letter with their files, as one archive named by school."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import transaction
from django.db.models import OuterRef, Subquery

from documents.models import Arrival, Letter, Response, ResponseState
from documents.policies import can_follow
from members.services import Actor
from portal.audit.services import record
from portal.core.errors import require
from portal.core.thaidates import arabic_digits
from portal.files.domain.names import clean_name, folder_name
from portal.files.domain.zipping import Entry
from portal.files.models import FileUse, StoredFile
from portal.files.services import files_of_many, open_file

logger = logging.getLogger("documents")

CHUNK = 64 * 1024
BATCH = 200
SHEET = "คำตอบ.xlsx"


@transaction.atomic
def begin_archive(letter: Letter, *, by: Actor) -> None:
    """The history knows that somebody who follows the letter took all of its answers away."""
    require(can_follow(by, letter))
    answered = letter.arrivals.exclude(response_state=ResponseState.NONE).count()
    record("letter.answers_taken", letter, by=by, answers=answered)


def answers_of(letter: Letter, *, sheet: bytes) -> Iterator[Entry]:
    """Yield the spreadsheet, then each recipient's last answer's files in a folder of its name.

    Read in batches while the archive is sent. A file whose bytes are lost is named, not passed
    over.
    """
    yield SHEET, [sheet]
    last = Response.objects.filter(arrival=OuterRef("pk")).order_by("-version")
    rows = (
        letter.arrivals.exclude(response_state=ResponseState.NONE)
        .annotate(last=Subquery(last.values("pk")[:1]))
        .order_by("unit__name", "pk")
        .values_list("pk", "last")
    )
    everyone = list(rows)
    for start in range(0, len(everyone), BATCH):
        batch = everyone[start : start + BATCH]
        arrivals = Arrival.objects.select_related("unit", "member").in_bulk([pk for pk, _ in batch])
        uses = files_of_many(Response.objects.filter(pk__in=[answer for _, answer in batch]))
        for pk, answer in batch:
            folder = folder_of(arrivals[pk])
            for use in uses.get(answer, []):
                yield _entry(folder, use)


def folder_of(arrival: Arrival) -> str:
    """Return the name of a recipient's folder: the school and its code, in Arabic digits."""
    unit = arrival.unit
    who = f"{arrival.member} {unit.label}" if arrival.member else unit.label
    code = unit.code8 or unit.code10
    return folder_name(arabic_digits(f"{who} {code}".strip()))


def _entry(folder: str, use: FileUse) -> Entry:
    name = arabic_digits(clean_name(use.name, use.stored.media_type))
    try:
        open_file(use.stored).close()
    except FileNotFoundError:
        logger.exception("documents.answer_file_missing stored=%s", use.stored_id)
        return f"{folder}/{name} (ไม่พบไฟล์).txt", ["ไม่พบไฟล์นี้ในที่เก็บ แจ้งผู้ดูแลระบบ".encode()]
    return f"{folder}/{name}", _pieces(use.stored)


def _pieces(stored: StoredFile) -> Iterator[bytes]:
    with open_file(stored) as file:
        while piece := file.read(CHUNK):
            yield piece
