"""What the worker does for files."""

from __future__ import annotations

from portal.files.models import StoredFile
from portal.files.services import render_pages, sweep_files
from portal.files.services.storing import RENDER_TOPIC
from portal.outbox.kinds import every_day, handles
from portal.outbox.models import OutboxMessage

RENDER_LEASE = 180  # longer than the small process may live, with the storage before and after


@handles(RENDER_TOPIC, lease=RENDER_LEASE)
def make_pictures(message: OutboxMessage) -> None:
    """Make the pictures of a document's pages; a file that was swept meanwhile needs none."""
    stored = StoredFile.objects.filter(pk=message.subject_id or 0).first()
    if stored:
        render_pages(stored)


@every_day("files.sweep", at="02:30")
def sweep(message: OutboxMessage) -> None:
    """Take away what nothing has used for a day."""
    sweep_files()
