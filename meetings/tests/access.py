"""Who gets what at the addresses of meetings."""

from __future__ import annotations

from meetings.tests.access_core import ROWS as CORE_ROWS
from meetings.tests.access_notes import ROWS as NOTE_ROWS

ROWS = [*CORE_ROWS, *NOTE_ROWS]
