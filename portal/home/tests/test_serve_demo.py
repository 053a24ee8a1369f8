"""`make demo` serves pages and worker together, says where, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings


@pytest.fixture
def demo(tmp_path):
    """Run a command of manage.py as the demo, in a folder of its own."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "SECRET_KEY": "",
        "DEMO": "1",
    }

    with contextlib.ExitStack() as started:

        def start(*arguments, **more):
            process = subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=settings.BASE_DIR,
                env=environment | more,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.terminate)
            return process

        yield start


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children_of(process):
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in listed.read_text().split()]


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_demo_serves_until_it_is_told_to_stop(demo, port):
    assert demo("migrate", "--verbosity", "0").wait() == 0
    assert demo("collectstatic", "--no-input", "--verbosity", "0").wait() == 0
    process = demo("serve_demo", "--port", str(port))
    said = iter(process.stdout.readline, "")

    introduction = list(iter(lambda: next(said), "  ปิดด้วย Ctrl-C / stop with Ctrl-C\n"))
    children = children_of(process)
    with urlopen(f"http://127.0.0.1:{port}/livez") as answer:
        status = answer.status
    process.send_signal(signal.SIGINT)

    assert process.wait(60) == 0
    assert status == 200
    assert any(settings.DEMO_PASSWORD in line for line in introduction)
    assert any(f"http://127.0.0.1:{port}/" in line for line in introduction)
    assert len(children) == 2
    assert [pid for pid in children if is_running(pid)] == []


def test_a_taken_port_is_said_clearly(demo):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        process = demo("serve_demo", "--port", str(taken))
        said, _ = process.communicate(timeout=60)

    assert process.returncode != 0
    assert f"port {taken} is taken" in said


def test_only_a_demo_shows_its_password(demo, port):
    process = demo("serve_demo", "--port", str(port), DEMO="off")
    said, _ = process.communicate(timeout=60)

    assert process.returncode != 0
    assert settings.DEMO_PASSWORD not in said
