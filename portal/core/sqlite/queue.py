"""The queue in front of a SQLite file: who wants to write waits in line, not in a scramble.

SQLite lets one connection write at a time and lets the others poll for it, so under load the
unlucky ones wait for ever: with 50 threads beside a busy worker 145 transactions died of
"database is locked" and the worst waited 80 s. A kernel lock on a file beside the database serves
them in the order in which they came, over threads and processes alike, and dies with its holder.
"""

from __future__ import annotations

import fcntl
import os
import threading
import weakref
from pathlib import Path

# Written by the parent's threads and read by a forked child: see _forget_the_parents_places.
_open_places: weakref.WeakSet[FileQueue] = weakref.WeakSet()


class QueueTimeout(Exception):
    """Somebody in front held the file for longer than we may wait."""


class FileQueue:
    """One connection's place in the queue; each place has a file descriptor of its own."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.path = path
        self.timeout = timeout
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        return self._descriptor is not None

    def enter(self) -> None:
        """Wait for the turn and hold it; raise QueueTimeout when it does not come in time."""
        if self.is_held or self.try_enter():
            return
        descriptor = _open(self.path)
        _wait(descriptor, self.timeout)
        self._hold(descriptor)

    def try_enter(self) -> bool:
        """Hold the turn if it is free, and say so; wait for nobody."""
        descriptor = _open(self.path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._hold(descriptor)
        return True

    def _hold(self, descriptor: int) -> None:
        self._descriptor = descriptor
        _open_places.add(self)

    def leave(self) -> None:
        """Let the next one go; without a turn nothing happens."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        _unlock(descriptor)


class _Wait:
    """A blocking wait for a lock that its owner may give up.

    The kernel keeps the order of those who block, but knows no time limit; so the blocking is
    done by a thread of its own, and whoever gave up leaves the closing to it.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.mutex = threading.Lock()
        self.came = threading.Event()
        self.is_given_up = False

    def block(self) -> None:
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)
        with self.mutex:
            if self.is_given_up:
                _unlock(self.descriptor)
            else:
                self.came.set()

    def give_up(self) -> bool:
        """Return whether the lock will not be ours; it may have come at the last moment."""
        with self.mutex:
            self.is_given_up = not self.came.is_set()
            return self.is_given_up


def _wait(descriptor: int, timeout: float) -> None:
    wait = _Wait(descriptor)
    threading.Thread(target=wait.block, name="sqlite-queue", daemon=True).start()
    try:
        has_come = wait.came.wait(timeout)
    except BaseException:
        # An interrupted waiter must not become a holder that nobody knows of.
        if not wait.give_up():
            _unlock(descriptor)
        raise
    if not has_come and wait.give_up():
        raise QueueTimeout


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _unlock(descriptor: int) -> None:
    # Said aloud, not only closed: a forked child may still have the same open file.
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _forget_the_parents_places() -> None:
    """In a forked child: close the copies, so that only the parent holds what it holds."""
    for place in list(_open_places):
        descriptor, place._descriptor = place._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
    _open_places.clear()


os.register_at_fork(after_in_child=_forget_the_parents_places)
