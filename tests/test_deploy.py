"""deploy/: what is written there parses, and every process it names is one that exists."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from celery.bin.worker import worker
from django.conf import settings
from django.core.management import get_commands
from django.db import connection
from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.util import import_app

from portal.celery import app as celery_app
from portal.home.management.commands.serve_demo import web_command

DEPLOY = settings.BASE_DIR / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
HOUSE = "/opt/portal/app"
STOP_SECONDS = 40
MEGABYTE = 1_000_000
# What compose.yaml and backup.sh read beside the portal's own settings.
OWN_VARIABLES = {"PORTAL_HOST", "POSTGRES_PASSWORD", "BACKUP_SECOND_PLACE"}


def unit(path):
    """Return a unit file as systemd reads it: names keep their case, and may come twice."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def words_of(command):
    """Return a command as its words, without the path of the house."""
    words = shlex.split(command) if isinstance(command, str) else list(command)
    return [words[0].removeprefix(f"{HOUSE}/.venv/bin/").removeprefix(f"{HOUSE}/"), *words[1:]]


def docker_command():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    return yaml.safe_load(re.search(r"^CMD (\[.*\])$", text, re.MULTILINE)[1])


def commands():
    """Return every command that starts something of ours, by where it stands."""
    found = {path.name: unit(path)["Service"]["ExecStart"] for path in SERVICES}
    found["Dockerfile"] = docker_command()
    for name, service in COMPOSE["services"].items():
        if service.get("image") == "portal" and "command" in service:
            found[f"compose {name}"] = service["command"]
    return found


def runs(words):
    """Answer whether the words start something that exists; what is wrong raises."""
    program, *rest = words
    if program == "gunicorn":
        gunicorn = WSGIApplication.__new__(WSGIApplication)
        gunicorn.usage, gunicorn.prog, gunicorn.cfg, gunicorn.callable = None, None, None, None
        gunicorn.load_default_config()
        given = gunicorn.cfg.parser().parse_args(rest)
        return callable(import_app(f"{given.args[0]}:application"))
    if program == "celery":
        assert rest[:3] == ["-A", "portal", "worker"]
        worker.make_context("worker", rest[3:], obj=SimpleNamespace(app=celery_app))
        return "outbox.drain" in celery_app.tasks
    if program == "sh":
        return all(runs(shlex.split(part)) for part in rest[1].split(" && "))
    if program == "python":
        assert rest[0] == "manage.py"
        return rest[1] in get_commands()
    script = settings.BASE_DIR / program
    return script.is_file() and bool(script.stat().st_mode & 0o111)


@pytest.mark.parametrize("place", commands())
def test_every_process_runs_a_command_that_exists(place):
    assert runs(words_of(commands()[place]))


@pytest.mark.parametrize(
    "command",
    [
        "celery -A portal worker --colour blue",
        "gunicorn portal.wsgi --bind 127.0.0.1:8000 --wrokers 4",
        "gunicorn portal.asgi",
        "python manage.py no_such_command",
        "deploy/no-such-script.sh",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(command, capsys):
    try:
        is_running = runs(words_of(command))
    except (Exception, SystemExit):  # noqa: BLE001 - each program refuses in its own way
        is_running = False

    assert not is_running


def test_web_and_worker_are_started_alike_with_and_without_containers():
    units = {path.stem: words_of(unit(path)["Service"]["ExecStart"]) for path in SERVICES}
    inside = [word.replace("0.0.0.0:", "127.0.0.1:") for word in docker_command()]

    assert inside == units["portal-web"]
    assert words_of(COMPOSE["services"]["worker"]["command"]) == units["portal-worker"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_belongs_to_the_user_of_the_portal_and_has_time_to_finish(path):
    service = unit(path)["Service"]

    assert (service["User"], service["WorkingDirectory"]) == ("portal", HOUSE)
    assert service["NoNewPrivileges"] == "yes"
    if service.get("Type") != "oneshot":
        assert int(service["TimeoutStopSec"]) == STOP_SECONDS
        assert service["Restart"] == "always"
        assert service["ReadWritePaths"] == "/var/lib/portal"


def test_a_stop_leaves_time_for_what_is_in_hand():
    graceful = int(docker_command()[docker_command().index("--graceful-timeout") + 1])
    grace = [COMPOSE["services"][name]["stop_grace_period"] for name in ("web", "worker")]

    assert max(graceful, settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT) < STOP_SECONDS
    assert grace == [f"{STOP_SECONDS}s"] * 2


def test_systemd_understands_the_units_where_it_is_installed(tmp_path):
    """`systemd-analyze verify` wants the programs to be there: Python stands in for them."""
    program = shutil.which("systemd-analyze") or "true"
    stand_in = Path(sys.executable)
    for path in UNITS:
        text = re.sub(r"(?m)^(ExecStart=)\S+", rf"\g<1>{stand_in}", path.read_text("utf-8"))
        text = re.sub(r"(?m)^(User|Group)=portal$", r"\1=root", text)
        (tmp_path / path.name).write_text(text.replace(HOUSE, str(settings.BASE_DIR)), "utf-8")
    ours = [str(tmp_path / path.name) for path in UNITS]

    finished = subprocess.run(
        [program, "verify", "--man=no", *ours], capture_output=True, text=True, check=False
    )

    assert [line for line in finished.stderr.splitlines() if "portal-" in line] == []


def test_the_proxies_take_what_the_portal_takes_and_wait_as_long_as_gunicorn():
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    timeout = docker_command()[docker_command().index("--timeout") + 1]

    takes = int(re.search(r"client_max_body_size (\d+)m;", nginx)[1]) * 1024 * 1024
    assert takes > settings.FILES_MAX_BODY_BYTES
    assert int(re.search(r"max_size (\d+)MB", caddy)[1]) * MEGABYTE > settings.FILES_MAX_BODY_BYTES
    assert f"proxy_read_timeout {timeout}s;" in nginx
    assert f"response_header_timeout {timeout}s" in caddy


def test_an_address_that_gunicorn_does_not_take_gets_a_page_of_ours_from_the_proxy():
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    web = shlex.split(commands()["portal-web.service"])
    limits = {
        int(words[words.index("--limit-request-line") + 1])
        for words in (docker_command(), web, web_command(8000))
    }

    assert limits == {8190}  # nginx takes a line of 8 KB, too
    assert int(re.search(r"size\({http.request.orig_uri}\) > (\d+)", caddy)[1]) < 8190
    for text in (nginx, caddy):
        page = re.search(r"/(too-long\.html)", text)[1]
        assert "ที่อยู่ยาวเกินไป" in (DEPLOY / page).read_text(encoding="utf-8")
    assert any("too-long.html" in place for place in COMPOSE["services"]["proxy"]["volumes"])


def test_no_proxy_writes_down_who_answered_a_survey():
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    caddy = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

    assert "~^/surveys/a/ 0;" in nginx
    assert re.findall(r"access_log .*;", nginx) == [
        "access_log /var/log/nginx/portal.log combined if=$portal_logged;"
    ]
    assert re.search(r"(?m)^\s*log\b", caddy) is None


def test_every_variable_of_the_containers_is_one_that_somebody_reads():
    code = (settings.BASE_DIR / "portal" / "settings.py").read_text(encoding="utf-8")
    backup = (DEPLOY / "backup.sh").read_text(encoding="utf-8")
    known = set(re.findall(r'env\.\w+\("(\w+)"', code))
    known |= set(re.findall(r"setting (\w+)\)", backup))
    services = [one for one in COMPOSE["services"].values() if one.get("image") == "portal"]
    given = {name for service in services for name in service["environment"]}
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    example = (DEPLOY / "compose.env.example").read_text(encoding="utf-8")

    assert given <= known
    assert set(re.findall(r"^(\w+)=", example, re.MULTILINE)) == asked
    assert asked <= known | OWN_VARIABLES


def test_the_containers_run_without_root_and_read_a_fixed_postgresql():
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    server = COMPOSE["services"]["db"]["image"]

    assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE) == ["portal"]
    assert "--require-hashes" in dockerfile
    version = int(re.search(r"postgres:(\d+)", server)[1])
    assert version >= 15
    assert f"postgresql-client-{version}" in dockerfile


def test_the_manual_of_installing_names_what_there_is():
    text = (settings.BASE_DIR / "docs" / "install.md").read_text(encoding="utf-8")
    example = (settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")
    variables = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    missing = {name for name in variables if f"`{name}`" not in text and not name.startswith("S3_")}
    files = set(re.findall(r"\bdeploy/[\w./-]*\w", text))
    used = set(re.findall(r"manage\.py (\w+)", text))

    assert missing == set()
    assert [name for name in files if not (settings.BASE_DIR / name).exists()] == []
    assert used - get_commands().keys() == set()


# The backup -------------------------------------------------------------------------------------


def backup(folder, **changes):
    """Run backup.sh with settings of its own; return the finished process."""
    for name in ("first", "second", "var"):
        (folder / name).mkdir(exist_ok=True)
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "VAR_DIR": str(folder / "var"),
        "BACKUP_DIR": str(folder / "first"),
        "BACKUP_SECOND_PLACE": str(folder / "second"),
        "BACKUP_KEEP_DAYS": "60",
    }
    return subprocess.run(
        [str(DEPLOY / "backup.sh")],
        env={name: text for name, text in (environment | changes).items() if text},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"BACKUP_SECOND_PLACE": ""}, "อย่างน้อยหนึ่งแห่ง"),
        ({"BACKUP_SECOND_PLACE": "/no/such/place"}, "ตรวจว่าต่อที่เก็บสำรองแล้ว"),
        ({"BACKUP_DIR": ""}, "ไม่มี BACKUP_DIR"),
        ({}, "pg_dump"),
    ],
)
def test_a_backup_that_is_not_one_says_so_and_fails(tmp_path, changes, words):
    finished = backup(tmp_path, **changes)

    assert finished.returncode == 1
    assert words in finished.stderr
    assert list((tmp_path / "second").rglob("*.dump")) == []


def test_the_same_place_twice_is_no_second_place(tmp_path):
    finished = backup(tmp_path, BACKUP_SECOND_PLACE=str(tmp_path / "first"))

    assert finished.returncode == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_database_and_files_stand_in_both_places_and_the_drill_notices_a_lost_file(tmp_path):
    facts = connection.get_connection_params()
    server = f"postgres://{facts.get('user', '')}@{facts['host']}:{facts.get('port', 5432)}/"
    blob = tmp_path / "var" / "files" / "blobs" / "ab" / "cdef"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"bytes")

    saved = backup(tmp_path, DATABASE_URL=f"{server}{facts['dbname']}")

    assert saved.returncode == 0, saved.stderr
    for place in ("first", "second"):
        assert len(list((tmp_path / place / "database").glob("portal-*.dump"))) == 1
        assert (tmp_path / place / "files" / "blobs" / "ab" / "cdef").read_bytes() == b"bytes"
    assert drill(tmp_path / "second", server).returncode == 0

    dump = next((tmp_path / "second" / "database").glob("portal-*.dump"))
    dump.write_bytes(dump.read_bytes()[:-1])
    assert drill(tmp_path / "second", server).returncode == 1


def drill(place, server):
    return subprocess.run(
        [str(DEPLOY / "restore-drill.sh"), str(place)],
        env={"PATH": "/usr/bin:/bin", "DRILL_SERVER": server, "DRILL_DATABASE": "portal_drill_t"},
        capture_output=True,
        text=True,
        check=False,
    )
