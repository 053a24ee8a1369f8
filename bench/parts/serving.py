"""Two web workers as in production, and a crowd that asks them: gunicorn and wrk."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command

from bench.harness import ROOT, STATIC, Unavailable, start

WORKERS = 2
START_SECONDS = 60
PATIENCE_SECONDS = 20
ASK = """
local asks = {%(asks)s}
local turn = 0
request = function()
  turn = turn %% #asks + 1
  return asks[turn]
end
init = function()
  for i, ask in ipairs(asks) do
    asks[i] = wrk.format("GET", ask[1], {["Cookie"] = ask[2], ["Host"] = wrk.headers["Host"]})
  end
end
done = function(summary, latency, requests)
  io.stderr:write(string.format(
    '{"requests": %%d, "seconds": %%f, "p50": %%f, "p99": %%f, "bad": %%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.connect + summary.errors.read +
    summary.errors.write + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Asked:
    """What a crowd found: requests a second, and waiting times in milliseconds."""

    rate: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Ask:
    """One page, asked by whoever has this session."""

    path: str
    session: str = ""


@contextlib.contextmanager
def serving(application: str = "portal.wsgi:application", *, threads: int = 1) -> Iterator[str]:
    """Serve the application with two workers for this block; yield its address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--threads", str(threads), "--log-level", "warning"]
    environment = os.environ | {"SITE_URL": address}
    server = start(command, cwd=ROOT, env=environment, stdout=sys.stderr)
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def ask(address: str, asks: Sequence[Ask], *, connections: int, seconds: int) -> Asked:
    """Let a crowd ask these pages in turn, as fast as they are answered.

    A worker that still reads its templates on a busy machine is asked once more, with patience.
    Raises RuntimeError when one answer was not the page.
    """
    for patience in (seconds, PATIENCE_SECONDS):
        found = _ask(address, asks, connections=connections, seconds=patience)
        if found["bad"]:
            raise RuntimeError(f"{found['bad']} answers were not the page of {asks[0].path}")
        if found["requests"]:
            return Asked(found["requests"] / found["seconds"], found["p50"], found["p99"])
    raise RuntimeError(f"{asks[0].path} was not answered once in {PATIENCE_SECONDS} seconds")


def _ask(address: str, asks: Sequence[Ask], *, connections: int, seconds: int) -> dict[str, float]:
    """Return what the last line of wrk says."""
    program = shutil.which("wrk")
    if program is None:
        raise Unavailable("wrk is needed to measure pages (Debian: apt install wrk)")
    cookie = "session="
    lines = ", ".join(
        f"{{{json.dumps(one.path)}, {json.dumps(cookie + one.session)}}}" for one in asks
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ask.lua"
        script.write_text(ASK % {"asks": lines}, encoding="utf-8")
        # An answer counts as none after ten seconds: with everything on two cores the two of wrk
        # itself call a busy machine a fault. That it was slow, the figures say.
        command = [program, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
        command += ["-s", str(script), address]
        with start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as crowd:
            _, said = crowd.communicate()
    if crowd.returncode:
        raise subprocess.CalledProcessError(crowd.returncode, command, stderr=said)
    found: dict[str, float] = json.loads(said.decode().strip().splitlines()[-1])
    return found


def gather_static() -> None:
    """The static files lie in this part's folder, compressed as in production.

    The first part of all gathers them; compressing takes many times as long as copying.
    """
    gathered = Path(os.environ[STATIC])
    if not gathered.exists():
        call_command("collectstatic", interactive=False, verbosity=0)
        shutil.copytree(settings.STATIC_ROOT, gathered)
    else:
        shutil.copytree(gathered, settings.STATIC_ROOT, dirs_exist_ok=True)


def warm_up(address: str, asks: Sequence[Ask]) -> None:
    """Let the workers read the templates of these pages, however long it takes."""
    for one in asks:
        fetch(address, one.path, session=one.session)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            fetch(address, "/livez")
        except (OSError, HTTPException):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not answer")


def fetch(address: str, path: str, *, session: str = "") -> None:
    """Ask a page once and read it to its end, whatever it answers."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Cookie": f"session={session}"})
        connection.getresponse().read()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
