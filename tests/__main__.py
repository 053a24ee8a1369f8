"""`make test`: run everything this machine can, and name what it could not.

    python -m tests                 # what the Makefile calls
    python -m tests members         # the same tiers, for one folder

First every test runs on SQLite, two at a time. Then the tests marked `engine`, `postgres` and
`redis` run on PostgreSQL and Redis, when `TEST_DATABASE_URL` and `TEST_REDIS_URL` name servers
that answer. Browser tests are part of both when Chromium is installed. With `PORTAL_REQUIRE_ALL`
whatever could not run is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg2
import redis

WORKERS = ["-n", "2", "--dist", "worksteal"]
NO_TESTS = 5


def main(paths: list[str]) -> int:
    """Run the tiers one after the other; return 0 when all that ran passed."""
    database, broker, browser = postgres_url(), redis_url(), chromium()
    ran, missing, failed = [], [], []

    def tier(name: str, marks: str, **environment: str) -> None:
        command = [sys.executable, "-m", "pytest", *WORKERS, "-m", marks, *paths]
        say(f"\n== {name}")
        code = subprocess.run(command, env=os.environ | environment, check=False).returncode
        (ran if code in {0, NO_TESTS} else failed).append(name)

    no_servers = {"TEST_DATABASE_URL": "", "TEST_REDIS_URL": ""}
    tier("SQLite", "not postgres and not redis", CHROMIUM=browser, **no_servers)
    servers = {"TEST_DATABASE_URL": database, "TEST_REDIS_URL": broker, "CHROMIUM": browser}
    if database and broker:
        tier("PostgreSQL with Redis", "engine or postgres or redis", **servers)
    elif database:
        tier("PostgreSQL", "(engine or postgres) and not redis", **servers)
    elif broker:
        tier("Redis", "redis and not postgres", **servers)

    missing += [] if database else ["PostgreSQL: give its address in TEST_DATABASE_URL"]
    missing += [] if broker else ["Redis: give its address in TEST_REDIS_URL"]
    missing += [] if browser else ["browser tests: install chromium, or give its path in CHROMIUM"]
    return report(ran, failed, missing)


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
