"""What every benchmark leans on: servers, a database of its own, demands, the control, the guard.

    from bench.harness import Bench

    def run(bench: Bench) -> None:
        race = bench.part(
            "bench.numbering:race", engine="postgresql", entries=bench.scaled(10_000, small=500)
        )
        bench.figure("postgresql_rate", race["rate"], at_least=150, is_timing=True)
        bench.figure("postgresql_gaps", race["gaps"], equals=0)

        sequence = bench.part("bench.numbering:race_with_sequence", engine="postgresql")
        bench.control(
            "a sequence leaves gaps", did_fail=sequence["gaps"] > 0, gaps=sequence["gaps"]
        )

    def race(entries: int) -> dict[str, float]:
        ...  # plain code of the portal on a fresh, migrated database; returns JSON

Each part runs in a process of its own, with the portal's real settings, a new database of the
engine it names and a folder of its own, all removed afterwards. Parts with the same `label` share
one database. A new database is the copy of a model that is migrated once; tests of several
benchmarks share the models. Whatever a part starts inherits its environment. A demand that is
missed, a control that does not fail as it should, a server that is absent, an exception and the
nine-minute guard all give `"pass": false` with the reason among the figures. Demands of timing hold
(and their controls have to fail) at full scale only: small scale tests that the benchmark works,
not how fast this machine is.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis

Engine = Literal["postgresql", "sqlite"]
Scale = Literal["full", "small"]

ROOT = Path(__file__).resolve().parent.parent
GUARD_SECONDS = 9 * 60
SQLITE_FILE = "portal.sqlite3"
STATIC = "BENCH_STATIC"  # where the first part that serves pages leaves the static files for others
DEFAULT_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
DEFAULT_REDIS = "redis://127.0.0.1:6379/0"


class Unavailable(Exception):
    """A server the benchmark needs does not answer."""


class OutOfTime(Exception):
    """The nine minutes are over."""


class Models:
    """What fresh databases are copied from: one migrated of each engine, and the static files."""

    def __init__(self) -> None:
        self._cleanup = contextlib.ExitStack()
        self._environments: dict[Engine, dict[str, str]] = {}
        self.static = str(Path(self._cleanup.enter_context(temporary_folder()), "static"))

    def of(self, engine: Engine) -> dict[str, str]:
        """Return the environment of the migrated database; it is made when first asked for."""
        if engine not in self._environments:
            folder = self._cleanup.enter_context(temporary_folder())
            url = ""
            if engine == "postgresql":
                url = self._cleanup.enter_context(postgres_database("model"))
            environment = surroundings(engine, url=url, folder=folder, static=self.static)
            run_to_end([sys.executable, "manage.py", "migrate", "--verbosity", "0"], environment)
            self._environments[engine] = environment
        return self._environments[engine]

    def close(self) -> None:
        """Drop the databases and folders."""
        self._cleanup.close()


@dataclass
class Bench:
    """One run of one benchmark: it collects figures, demands and controls."""

    name: str
    scale: Scale = "full"
    models: InitVar[Models | None] = None
    figures: dict[str, Any] = field(default_factory=dict)
    demands: dict[str, str] = field(default_factory=dict)
    controls: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self, models: Models | None) -> None:
        self._cleanup = contextlib.ExitStack()
        self._models = models or self._cleanup.enter_context(contextlib.closing(Models()))
        self._environments: dict[str, dict[str, str]] = {}

    # Saying -------------------------------------------------------------------------------

    def scaled(self, full: int, *, small: int) -> int:
        """Return the amount for this scale."""
        return full if self.scale == "full" else small

    def figure(
        self,
        name: str,
        value: float,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        equals: float | None = None,
        is_timing: bool = False,
    ) -> None:
        """Note a figure and what is demanded of it; a demand of timing holds at full scale only."""
        self.figures[name] = round(value, 4) if isinstance(value, float) else value
        demands = [
            (f"≥ {at_least}", at_least is None or value >= at_least),
            (f"≤ {at_most}", at_most is None or value <= at_most),
            (f"= {equals}", equals is None or value == equals),
        ]
        asked = [text for text, _ in demands if "None" not in text]
        if asked:
            self.demands[name] = ", ".join(asked)
        is_held = all(held for _, held in demands)
        if not is_held and not (is_timing and self.scale == "small"):
            self.failures.append(name)

    def control(
        self, name: str, *, did_fail: bool, is_timing: bool = False, **figures: Any
    ) -> None:
        """Note that the guarantee, switched off, fails as it should: else the measure is blind.

        One of timing has to fail at full scale only, where its demand holds.
        """
        self.controls[name] = {"failed": did_fail, **figures}
        if not did_fail and not (is_timing and self.scale == "small"):
            self.failures.append(name)

    def result(self) -> dict[str, Any]:
        """Return what the last line says."""
        if self.failures:
            self.figures["reason"] = "; ".join(self.failures)
        return {
            "bench": self.name,
            "pass": not self.failures,
            "figures": self.figures,
            "demands": self.demands,
            "control": self.controls,
        }

    # Running ------------------------------------------------------------------------------

    def part(
        self, function: str, *, engine: Engine, label: str | None = None, **arguments: Any
    ) -> dict[str, Any]:
        """Run `module:function` in a process of its own on a fresh database; return its JSON."""
        environment = self.environment(engine, label=label or function)
        with tempfile.NamedTemporaryFile("r", suffix=".json", encoding="utf-8") as answer:
            command = [*python("bench.part"), function, json.dumps(arguments), answer.name]
            run_to_end(command, environment)
            found: dict[str, Any] = json.load(answer)
        return found

    def environment(self, engine: Engine, *, label: str) -> dict[str, str]:
        """Return the environment of a fresh, migrated database; the same one for the same label."""
        if label not in self._environments:
            self._environments[label] = self._copy_of(self._models.of(engine), engine)
        return self._environments[label]

    def _copy_of(self, model: dict[str, str], engine: Engine) -> dict[str, str]:
        """Make a database and a folder, as a copy of the model's."""
        folder = self._cleanup.enter_context(temporary_folder())
        url = ""
        if engine == "postgresql":
            template = urlsplit(model["DATABASE_URL"]).path[1:]
            url = self._cleanup.enter_context(postgres_database(self.name, template=template))
        else:
            shutil.copy(Path(model["VAR_DIR"]) / SQLITE_FILE, folder)
        return surroundings(engine, url=url, folder=folder, static=model[STATIC])

    def close(self) -> None:
        """Drop the databases and folders of this run."""
        self._cleanup.close()


def measure(bench: Bench, run: Any) -> dict[str, Any]:
    """Run a benchmark under the guard; whatever goes wrong becomes a failed result."""
    started = time.monotonic()
    try:
        with guard(GUARD_SECONDS):
            run(bench)
    except (Unavailable, OutOfTime) as error:
        bench.failures.append(str(error))
    except Exception as error:  # noqa: BLE001 - the one JSON line is promised whatever happens
        bench.failures.append(f"{type(error).__name__}: {error}")
    finally:
        bench.close()
    bench.figures["seconds"] = round(time.monotonic() - started, 1)
    return bench.result()


@contextlib.contextmanager
def guard(seconds: int) -> Iterator[None]:
    """Raise OutOfTime in this block when it takes longer."""

    def ring(number: int, frame: Any) -> None:
        raise OutOfTime(f"stopped after {seconds} seconds")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def surroundings(engine: Engine, *, url: str, folder: str, static: str) -> dict[str, str]:
    """Return the environment of a part: the portal's real settings on this database and folder."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": url,
        "REDIS_URL": redis_url() if engine == "postgresql" else "",
        "S3_BUCKET": "",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "VAR_DIR": folder,
        "LOG_LEVEL": "WARNING",
        "DEMO": "off",
        "DEBUG": "off",
        STATIC: static,
    }


def start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a command of the benchmarks' own; whoever starts it waits for its end."""
    # No shell reads it, and every word of it is written in the benchmarks: none comes from outside.
    return subprocess.Popen(command, **options)  # noqa: S603 - as said above


def run_to_end(command: list[str], environment: dict[str, str]) -> None:
    """Run a command of our own to its end; it does not outlive an interruption."""
    child = start(command, cwd=ROOT, env=environment, stdout=sys.stderr, start_new_session=True)
    try:
        code = child.wait()
    except BaseException:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise
    if code:
        raise subprocess.CalledProcessError(code, command)


# Servers --------------------------------------------------------------------------------------


def postgres_server() -> str:
    """Return the address of the server: TEST_DATABASE_URL, or the standard port."""
    return os.environ.get("TEST_DATABASE_URL") or DEFAULT_POSTGRES


def redis_url() -> str:
    """Return the address of a Redis that answers: TEST_REDIS_URL, or the standard port."""
    url = os.environ.get("TEST_REDIS_URL") or DEFAULT_REDIS
    try:
        redis.Redis.from_url(url, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        raise Unavailable(f"Redis does not answer at {urlsplit(url).hostname}: {error}") from error
    return url


@contextlib.contextmanager
def postgres_database(name: str, *, template: str = "") -> Iterator[str]:
    """Make a database for this block alone and return its address; drop it afterwards."""
    server = postgres_server()
    database = f"bench_{name}_{secrets.token_hex(4)}"
    copied = f' TEMPLATE "{template}"' if template else ""
    execute(server, f'CREATE DATABASE "{database}"{copied}')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{database}"))
    finally:
        execute(server, f'DROP DATABASE "{database}" WITH (FORCE)')


def execute(server: str, statement: str) -> None:
    """Run one statement outside any transaction."""
    try:
        connection = psycopg2.connect(server, connect_timeout=3)
    except psycopg2.OperationalError as error:
        raise Unavailable(f"PostgreSQL does not answer: {error}".strip()) from error
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@contextlib.contextmanager
def temporary_folder() -> Iterator[str]:
    """Make a folder for this block alone."""
    folder = tempfile.mkdtemp(prefix="portal-bench-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def python(module: str) -> list[str]:
    """Return the command that runs a module with this interpreter."""
    return [sys.executable, "-m", module]
