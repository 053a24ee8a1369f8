"""Run one job on a stranger's file in the small process, and never wait longer than agreed."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import portal
from portal.files.domain.problems import BadFile, unreadable

logger = logging.getLogger("portal.files")

HOME = Path(portal.__file__).parent.parent
SURROUNDINGS = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def run_limited(job: str, *, seconds: float, **wanted: Any) -> dict[str, Any]:
    """Return what the job answered; raise BadFile when it refused, broke or took too long.

    A disk that is full is no fault of the file: that is OSError.
    """
    process = subprocess.Popen(  # noqa: S603  # our own module, no shell, data on its input
        [sys.executable, "-s", "-m", "portal.files.domain.limited", job],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=HOME,
        env=SURROUNDINGS,
        start_new_session=True,
    )
    with process:
        try:
            said, _ = process.communicate(json.dumps(wanted).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            logger.warning("files.limited_timeout job=%s", job)
            raise unreadable() from None
        finally:
            _end(process)
    if process.returncode != 0:
        logger.warning("files.limited_broke job=%s code=%s", job, process.returncode)
        raise unreadable()
    answer: dict[str, Any] = json.loads(said)
    if "bad" in answer:
        raise BadFile(*answer["bad"])
    if "no_room" in answer:
        raise OSError(answer["no_room"], "no room in the small process")
    done: dict[str, Any] = answer["done"]
    return done


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started, if any of it is left."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
