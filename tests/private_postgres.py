"""A PostgreSQL server of one test's own: it may be crashed without hurting anybody."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, connections

# A crash of the server is not one of the machine: what it wrote to the kernel is not lost.
OPTIONS = "-c fsync=off -c max_connections=60 -c listen_addresses=127.0.0.1"
SERVER_USER = "postgres"
MODEL = "model"
PLACE = ("HOST", "PORT", "USER", "PASSWORD", "NAME", "OPTIONS")
# As in production: what was answered is written. Other tests do without, because they are faster.
FOR_GOOD = " -c synchronous_commit=on"


@dataclass
class PrivatePostgres:
    """A server in a folder of its own, on a free port, ended by its own pid."""

    folder: Path
    port: int
    copies: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def make(self) -> None:
        run("initdb", "-D", self.data, "-U", SERVER_USER, "-A", "trust", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"{OPTIONS} -p {self.port} -k {self.folder}"
        run("pg_ctl", "start", "-w", "-D", self.data, "-l", self.folder / "log", "-o", options)

    def crash(self) -> None:
        """End the server at once, as when its power went; nobody is waited for."""
        run("pg_ctl", "stop", "-D", self.data, "-m", "immediate")

    def crash_and_restart(self) -> None:
        self.crash()
        self.start()

    def copy_of(self, database: str) -> str:
        """Return the name of a fresh database with all that lies in the one of the test run."""
        target = ["-h", "127.0.0.1", "-p", str(self.port), "-U", SERVER_USER]
        if not self.copies:
            here = connections["default"].settings_dict
            source = ["-h", here["HOST"] or "127.0.0.1", "-p", str(here["PORT"] or 5432)]
            whose = ["-U", here["USER"] or SERVER_USER]
            password = {"PGPASSWORD": here["PASSWORD"] or ""}
            dump = self.folder / "dump.sql"
            run_plain("createdb", *target, MODEL)
            run_plain("pg_dump", *source, *whose, "-O", "-x", "-f", dump, database, **password)
            run_plain("psql", *target, "-q", "-v", "ON_ERROR_STOP=1", "-d", MODEL, "-f", dump)
        self.copies += 1
        copy = f"copy_{self.copies}"
        run_plain("createdb", *target, "-T", MODEL, copy)
        return copy


def run(program: str, *arguments: object) -> None:
    """Run a program of the server; it refuses to be root."""
    found = _server_program(program)
    command = [str(found), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", SERVER_USER, "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def run_plain(program: str, *arguments: object, **environment: str) -> None:
    command = [program, *map(str, arguments)]
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env=os.environ | environment, cwd="/"
    )


def _server_program(name: str) -> Path:
    there = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), Path(shutil.which(name) or name)]
    return sorted(path for path in there if path.exists())[-1]


@contextmanager
def private_postgres() -> Iterator[PrivatePostgres]:
    """Start a server for the block; it and its folder are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER)
    server = PrivatePostgres(folder, _free_port())
    try:
        server.make()
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.crash()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def moved_to(server: PrivatePostgres) -> Iterator[None]:
    """Let every connection of this process go to a copy of the test's database on `server`."""
    settings: dict[str, Any] = connection.settings_dict
    before = {name: settings[name] for name in PLACE}
    connections.close_all()
    settings |= {
        "HOST": "127.0.0.1",
        "PORT": str(server.port),
        "USER": SERVER_USER,
        "PASSWORD": "",
        "NAME": server.copy_of(settings["NAME"]),
        "OPTIONS": settings["OPTIONS"] | {"options": settings["OPTIONS"]["options"] + FOR_GOOD},
    }
    try:
        yield
    finally:
        connections.close_all()
        settings |= before
