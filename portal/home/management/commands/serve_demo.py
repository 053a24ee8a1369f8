"""`make demo`: the web server and the worker, started and stopped together."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.models import Holding, Member

HOST = "127.0.0.1"
SIGN_IN_NAMES = [
    "admin",
    "director",
    "deputy",
    "registrar",
    "officer",
    "school-clerk",
    "school-director",
    "teacher",
    "outsider",
]
START_SECONDS = 60
STOP_SECONDS = 30


class Command(BaseCommand):
    """Serve the demo until Ctrl-C; when one of the two processes ends, so does the other."""

    help = "เปิดระบบสาธิต: หน้าเว็บและงานเบื้องหลัง กด Ctrl-C เพื่อปิด"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if not settings.IS_DEMO:
            raise CommandError("serve_demo shows a password; it runs only with DEMO=1.")
        refuse_taken_port(port)
        # Ctrl-C, too: a shell that starts commands in the background lets them ignore it.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop_like_ctrl_c)
        children: list[subprocess.Popen[bytes]] = []
        try:
            children.append(start(web_command(port)))
            children.append(start([sys.executable, "manage.py", "run_worker"]))
            wait_until_ready(port, children)
            self.introduce(port)
            watch(children)
        except KeyboardInterrupt:
            self.stdout.write("\nกำลังปิด … / stopping …")
        finally:
            stop(children)

    def introduce(self, port: int) -> None:
        """Print the address, who may sign in, and the one password."""
        members = {
            member.username: member for member in Member.objects.filter(username__in=SIGN_IN_NAMES)
        }
        self.stdout.write(f"\n  เปิดที่ / open      http://{HOST}:{port}/")
        self.stdout.write(
            f"  รหัสผ่าน / password {settings.DEMO_PASSWORD}   (ทุกบัญชี / every account)\n\n"
        )
        for name in SIGN_IN_NAMES:
            if name in members:
                self.stdout.write(f"    {name:<16} {members[name]} · {posts_of(members[name])}")
        self.stdout.write("\n  ปิดด้วย Ctrl-C / stop with Ctrl-C\n")
        self.stdout.flush()


def posts_of(member: Member) -> str:
    """Return the member's posts as one line."""
    held = Holding.objects.current().filter(member=member).select_related("post__unit")
    return ", ".join(str(holding.post) for holding in held) or "ไม่มีตำแหน่ง"


def refuse_taken_port(port: int) -> None:
    """Stop with a clear sentence when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"พอร์ต {port} มีโปรแกรมอื่นใช้อยู่ / port {port} is taken. "
                f"ใช้พอร์ตอื่น / choose another: make demo PORT={port + 1}"
            ) from error


def web_command(port: int) -> list[str]:
    """Return the command of the web server: gunicorn, two processes of four threads."""
    return [
        *(sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"{HOST}:{port}"),
        *("--workers", "2", "--threads", "4", "--limit-request-line", "8190"),
        *("--log-level", "warning", "--graceful-timeout", "5"),
    ]


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own: Ctrl-C reaches only us, and we stop it in order."""
    return subprocess.Popen(  # noqa: S603 - our own two commands
        command, cwd=settings.BASE_DIR, start_new_session=True
    )


def wait_until_ready(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    """Return when the portal answers; fail when a process ended before or it takes too long."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if any(child.poll() is not None for child in children):
            raise CommandError("The web server or the worker ended while starting; see above.")
        try:
            with urlopen(f"http://{HOST}:{port}/livez", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise CommandError(f"The portal did not answer within {START_SECONDS} seconds.")


def watch(children: list[subprocess.Popen[bytes]]) -> None:
    """Wait; fail as soon as one of the processes ends by itself."""
    while all(child.poll() is None for child in children):
        time.sleep(0.5)
    raise CommandError("The web server or the worker ended by itself; see above.")


def stop_like_ctrl_c(number: int, frame: FrameType | None) -> None:
    """Let `kill` and a closed terminal end the demo as Ctrl-C does."""
    raise KeyboardInterrupt


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask every process to finish, wait for it, and end it when it does not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
