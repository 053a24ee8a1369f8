"""The small process in which files of strangers are opened: little memory, little time, no network.

Started as `python -m portal.files.domain.limited JOB` with JSON on its input; it answers with one
line of JSON. Whatever happens to it happens to nobody else.
"""

from __future__ import annotations

import ctypes
import errno
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal.files.domain.inspection import inspect
from portal.files.domain.kinds import FileKinds
from portal.files.domain.problems import BadFile
from portal.files.domain.rendering import render

MEMORY = 1024**3
CPU_SECONDS = 30
LARGEST_OUTPUT = 128 * 1024**2
OPEN_FILES = 64
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}  # a file over LARGEST_OUTPUT is another matter
NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000


def limit() -> bool:
    """Give up memory, time, file sizes and, where the system lets us (True), the network."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    return unshare is not None and unshare(NEW_USER_AND_NETWORK) == 0


def inspect_job(path: str, name: str, kinds: str, redrawn: str) -> dict[str, Any]:
    """Answer with the facts of a file."""
    return inspect(Path(path), name, FileKinds(kinds), Path(redrawn)).as_json()


def render_job(path: str, folder: str, first: int, last: int) -> dict[str, Any]:
    """Draw pages into a folder."""
    return {"last": render(Path(path), Path(folder), first, last)}


JOBS: dict[str, Callable[..., dict[str, Any]]] = {"inspect": inspect_job, "render": render_job}


def main() -> None:
    """Do the one job that is named, under the limits."""
    limit()
    job = JOBS[sys.argv[1]]
    try:
        answer: dict[str, Any] = {"done": job(**json.load(sys.stdin))}
    except BadFile as bad:
        answer = {"bad": [bad.reason, bad.text]}
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        answer = {"no_room": error.errno}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
