"""The frame's page, and which of the editor's files the house serves."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from ckeditor.apps import check_ckeditor_version
from django.conf import settings
from django.contrib.staticfiles import finders

from portal.richtext.adapters import AppStatics, is_used
from tests.access_matrix import addresses

FRAME_POLICY = {
    "sandbox": "allow-scripts allow-modals",
    "default-src": "'none'",
    "script-src": "http://testserver/static/ 'unsafe-inline'",
    "style-src": "http://testserver/static/ 'unsafe-inline'",
    "img-src": "http://testserver/static/ data:",
    "font-src": "http://testserver/static/",
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}


@pytest.fixture
def frame(client, world):
    client.force_login(world.members["officer"])
    return client.get("/richtext/frame/")


def test_the_frame_has_a_policy_of_its_own_and_may_stand_in_our_pages_only(frame):
    policy = dict(part.split(" ", 1) for part in frame["Content-Security-Policy"].split("; "))

    assert policy == FRAME_POLICY
    assert frame["X-Frame-Options"] == "SAMEORIGIN"


def test_the_frame_knows_nobody(frame, world):
    page = frame.content.decode()

    assert world.members["officer"].username not in page
    assert "csrf" not in page.lower()
    assert "hx-" not in page


def test_no_other_page_may_stand_in_a_frame(client, world):
    client.force_login(world.members["officer"])
    page = client.get("/")

    assert page["X-Frame-Options"] == "DENY"
    assert "unsafe-inline" not in page["Content-Security-Policy"]


def test_only_the_frame_has_its_own_policy():
    contained = {
        address.name
        for address in addresses()
        if getattr(address.view, "__module__", "").startswith("portal.richtext")
    }

    assert contained == {"richtext:frame"}


def test_the_warning_of_the_library_is_silenced_and_written_down():
    warning = check_ckeditor_version(None)[0]
    page = settings.BASE_DIR / "docs" / "decisions" / "0006-a-contained-editor.md"

    assert [warning.id] == settings.SILENCED_SYSTEM_CHECKS
    assert warning.id in page.read_text(encoding="utf-8")


def test_only_the_files_that_the_editor_uses_are_served():
    files = [path for path, _ in AppStatics().list([]) if path.startswith("ckeditor/")]

    assert 30 <= len(files) <= 60
    assert all(is_used(path) for path in files)
    assert finders.find("ckeditor/ckeditor/ckeditor.js")
    assert finders.find("ckeditor/ckeditor/plugins/image/dialogs/image.js") is None
    assert finders.find("ckeditor/ckeditor-init.js") is None
    assert finders.find("admin/css/base.css")


def test_the_files_can_be_collected_as_production_does(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", "VAR_DIR": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "static" / "staticfiles.json").read_text(encoding="utf-8"))
    editor = [path for path in manifest["paths"] if path.startswith("ckeditor/")]
    assert 30 <= len(editor) <= 60
    # The editor asks for its parts by their plain names; all else is asked by the hashed ones.
    static = tmp_path / "static"
    assert (static / "ckeditor/ckeditor/plugins/divarea/plugin.js").is_file()
    assert (static / "ckeditor/ckeditor/plugins/divarea/plugin.js.br").is_file()
    assert (static / f"{manifest['paths']['css/portal.css']}.br").is_file()
    assert (static / "css/portal.css").is_file()
    assert not (static / "css/portal.css.br").exists()
