"""Who gets what at the addresses of research."""

from __future__ import annotations

from research.tests.access_answering import ANSWERING_ROWS
from research.tests.access_building import ROWS as BUILDING_ROWS

ROWS = [*ANSWERING_ROWS, *BUILDING_ROWS]
