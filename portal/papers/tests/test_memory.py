"""The memory of a long print: what one part took is there for the next."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[3]
PARTS = 4
GROWTH = """
import sys
from pathlib import Path

from django.conf import settings

settings.configure(PAPERS_FONT_DIR="")

from portal.papers import services
from portal.papers.domain import TableCell, TableColumn, TablePaper, TableRow

forgets, parts = sys.argv[1] == "forgets", int(sys.argv[2])
if not forgets:
    services.forget = lambda: None


def part(place):
    rows = [
        TableRow(cells=[TableCell(text=f"{place}/{line}"), TableCell(text=f"เรื่อง {place} {line}")])
        for line in range(250)
    ]
    columns = [TableColumn(label="ที่", width=100), TableColumn(label="เรื่อง", width=160)]
    return TablePaper(
        form="", title="ทะเบียน", unit="โรงเรียน", lines=[], columns=columns, rows=rows, made=""
    ).data()


def tell(done, total):
    # Not getrusage: its peak begins with that of the process which started this one.
    peaks.append(int(status.read_text().partition("VmHWM:")[2].split()[0]))


status = Path("/proc/self/status")
peaks = []
services.typeset_parts("register", parts, part, most_pages=400, progress=tell)
print((peaks[-1] - peaks[0]) // 1024)
"""


def growth(manner):
    """Return by how many MB a process grew from the first part it measured to the last it set."""
    done = subprocess.run(
        [sys.executable, "-c", GROWTH, manner, str(PARTS)],
        cwd=HOME,
        capture_output=True,
        check=True,
    )
    return int(done.stdout)


def test_a_long_print_needs_the_memory_of_one_part():
    small, large = growth("forgets"), growth("remembers")

    assert small < 40
    assert large > 3 * small  # the control: without forgetting, every part adds to it
