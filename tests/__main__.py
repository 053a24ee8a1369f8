"""`make test`: run everything this machine can, and name what it could not.

    python -m tests                 # what the Makefile calls
    python -m tests members         # the same tiers, for one folder

Every test runs on SQLite, three at a time. Beside them, one at a time, the tests marked `engine`,
`postgres` and `redis` run on PostgreSQL and Redis, when `TEST_DATABASE_URL` and `TEST_REDIS_URL`
name servers that answer: much of their time is waiting. What they said follows when both are done.
Browser tests are part of both when Chromium is installed. With `PORTAL_REQUIRE_ALL` whatever could
not run is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import redis

NO_TESTS = 5


@dataclass(frozen=True)
class Tier:
    """Some of the tests, on the engines that its environment names, so many at a time."""

    name: str
    marks: str
    workers: int
    environment: dict[str, str]

    def start(self, paths: list[str], **options: Any) -> subprocess.Popen[str]:
        """Begin to run the tests; whoever starts them waits for their end."""
        command = [sys.executable, "-m", "pytest", "-n", str(self.workers), "--dist", "worksteal"]
        command += ["-m", self.marks, *paths]
        return subprocess.Popen(command, env=os.environ | self.environment, text=True, **options)


def main(paths: list[str]) -> int:
    """Run the tiers side by side; return 0 when all that ran passed, 2 when a path is not there."""
    for path in paths:
        if not Path(path.partition("::")[0]).exists():
            say(f"there is no {path}")
            return 2
    database, broker, browser = postgres_url(), redis_url(), chromium()
    no_servers = {"TEST_DATABASE_URL": "", "TEST_REDIS_URL": "", "CHROMIUM": browser}
    on_sqlite = Tier("SQLite", "not postgres and not redis", 3, no_servers)
    servers = {"TEST_DATABASE_URL": database, "TEST_REDIS_URL": broker, "CHROMIUM": browser}
    on_servers = [
        Tier(name, marks, 1, servers)
        for is_there, name, marks in [
            (database and broker, "PostgreSQL with Redis", "engine or postgres or redis"),
            (database and not broker, "PostgreSQL", "(engine or postgres) and not redis"),
            (broker and not database, "Redis", "redis and not postgres"),
        ]
        if is_there
    ]
    codes = run(on_sqlite, on_servers, paths)
    ran = [name for name, code in codes.items() if code in {0, NO_TESTS}]

    missing = [] if database else ["PostgreSQL: give its address in TEST_DATABASE_URL"]
    missing += [] if broker else ["Redis: give its address in TEST_REDIS_URL"]
    missing += [] if browser else ["browser tests: install chromium, or give its path in CHROMIUM"]
    return report(ran, [name for name in codes if name not in ran], missing)


def run(first: Tier, others: list[Tier], paths: list[str]) -> dict[str, int]:
    """Run the tiers at the same time; return by their names how they ended.

    The first speaks as it goes on, each of the others at the end: what it said by then is whole.
    """
    codes = {}
    with ExitStack() as open_until_the_end:
        began = []
        for tier in others:
            said = open_until_the_end.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
            process = tier.start(paths, stdout=said, stderr=subprocess.STDOUT)
            began.append((tier, said, process))
        say("\n".join(["", f"== {first.name}", *(f"== {tier.name}, beside it" for tier in others)]))
        codes[first.name] = first.start(paths).wait()
        for tier, said, process in began:
            codes[tier.name] = process.wait()
            said.seek(0)
            say(f"\n== {tier.name}\n{said.read()}")
    return codes


def report(ran: list[str], failed: list[str], missing: list[str]) -> int:
    """Say at the end what ran, what failed and what this machine could not run."""
    say("\n== In all")
    for name in ran:
        say(f"passed   {name}")
    for name in failed:
        say(f"FAILED   {name}")
    for name in missing:
        say(f"not run  {name}")
    is_missing_a_failure = bool(missing) and bool(os.environ.get("PORTAL_REQUIRE_ALL"))
    return 1 if failed or is_missing_a_failure else 0


def postgres_url() -> str:
    """Return TEST_DATABASE_URL when a PostgreSQL answers there."""
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url:
        return ""
    try:
        psycopg2.connect(url, connect_timeout=3).close()
    except psycopg2.OperationalError as error:
        say(f"TEST_DATABASE_URL does not answer: {error}")
        return ""
    return url


def redis_url() -> str:
    """Return TEST_REDIS_URL when a Redis answers there."""
    url = os.environ.get("TEST_REDIS_URL", "")
    if not url:
        return ""
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        say(f"TEST_REDIS_URL ({urlsplit(url).hostname}) does not answer: {error}")
        return ""
    return url


def chromium() -> str:
    """Return the path of Chromium, or nothing."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or ""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
