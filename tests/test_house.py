"""The rules of the house that no linter knows (docs/decisions/0001)."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.surroundings import ROOMS, our_apps

BASE = settings.BASE_DIR
PYPROJECT = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))
NOT_OURS = {".git", ".venv", "node_modules", "var", "test-results"}
LIBRARY_FOLDERS = ("static/vendor/", "tests/vendor/")
READS_ENVIRONMENT = {
    "manage.py",
    "portal/wsgi.py",
    "portal/celery.py",
    "portal/settings.py",
    "portal/settings_test.py",
}
FORMS_WITHOUT_TOKEN = {
    "templates/503.html": "sends every field of the failed POST again, its token included",
    "templates/design/index.html": "components on show; the forms go nowhere",
}
HERE = Path("tests/test_house.py")
LONGEST_MODULE = 400


def our_files(*suffixes):
    """Return the repository's own text files with these suffixes, relative to its top."""
    return sorted(
        path
        for top in BASE.iterdir()
        if top.name not in NOT_OURS
        for path in _walk(top)
        if path.suffix in suffixes and not str(path).startswith(LIBRARY_FOLDERS)
    )


def _walk(top):
    files = top.rglob("*") if top.is_dir() else [top]
    return [path.relative_to(BASE) for path in files if path.is_file()]


def read(path):
    return (BASE / path).read_text(encoding="utf-8")


def lines_with(pattern, paths):
    """Return every line that matches, as `path:line: text`."""
    wanted = re.compile(pattern)
    return [
        f"{path}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(read(path).splitlines(), 1)
        if wanted.search(line)
    ]


PYTHON = our_files(".py")
TEMPLATES = our_files(".html")


class Inline(HTMLParser):
    """Finds what a strict Content-Security-Policy refuses, and addresses of other hosts."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        is_data = given.get("type") in {"application/json", "importmap"}
        if tag == "style" or (tag == "script" and "src" not in given and not is_data):
            self.found.append(f"<{tag}>")
        for name, value in given.items():
            if name == "style" or re.fullmatch(r"on[a-z]+|hx-on.*", name):
                self.found.append(f"{tag} {name}=")
            if value.strip().lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}={value}")
        source = given.get("src") or (given.get("href", "") if tag == "link" else "")
        if re.match(r"(https?:)?//", source):
            self.found.append(f"{tag} from {source}")


def inline_parts(text):
    """Return what is inline in a template; template tags inside attributes do no harm."""
    parser = Inline()
    parser.feed(re.sub(r"{%.*?%}|{#.*?#}", " ", text))
    return parser.found


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_has_no_inline_script_or_style_and_no_other_host(path):
    assert inline_parts(read(path)) == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>go()</script>",
        "<p style='color: red'>",
        "<style>p {}</style>",
        "<button onclick='go()'>",
        "<a href='javascript:go()'>",
        "<div hx-on:click='go()'>",
        "<script src='https://cdn.example/x.js'></script>",
        "<link href='//cdn.example/x.css'>",
    ],
)
def test_an_inline_part_is_noticed(text):
    assert inline_parts(text)


def test_every_form_that_posts_carries_its_token():
    forms = [
        (path, form)
        for path in TEMPLATES
        for form in re.findall(r"<form\b.*?</form>", read(path), re.DOTALL)
        if re.search(r"""method=["']?post""", form, re.IGNORECASE)
    ]

    assert {
        str(path) for path, form in forms if "csrf_token" not in form
    } <= FORMS_WITHOUT_TOKEN.keys()


def test_no_template_marks_a_text_as_safe():
    assert lines_with(r"\|\s*safe\b|{%\s*autoescape off", TEMPLATES) == []


def test_no_task_without_an_issue_number():
    own = [path for path in our_files(".py", ".html", ".js", ".css") if path != HERE]

    assert lines_with(r"\b(TODO|FIXME|XXX)\b(?!.*#\d+)", own) == []


def test_only_the_settings_read_the_environment():
    others = [
        path
        for path in PYTHON
        if str(path) not in READS_ENVIRONMENT and not {"bench", "tests", "tools"} & set(path.parts)
    ]

    assert lines_with(r"os\.environ|os\.getenv|environ\.Env\(", others) == []


def test_every_app_explains_itself_on_one_page():
    missing = [app.name for app in our_apps() if not (Path(app.path) / "README.md").is_file()]

    assert missing == []


def test_the_contract_of_modules_covers_every_app():
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    rooms = next(contract for contract in contracts if "containers" in contract)

    assert set(rooms["containers"]) == {app.name for app in our_apps()} - {"portal.core"}


def test_no_module_is_longer_than_a_reader_can_bear():
    lengths = {
        str(path): len(read(path).splitlines()) for path in PYTHON if "migrations" not in path.parts
    }

    assert {path: size for path, size in lengths.items() if size > LONGEST_MODULE} == {}


def test_no_foreign_key_crosses_from_room_to_room():
    rooms = set(ROOMS) - {"members"}
    crossing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
        if {model._meta.app_label, field.related_model._meta.app_label} <= rooms
        and model._meta.app_label != field.related_model._meta.app_label
    ]

    assert crossing == []


def test_no_emoji_and_no_gettext():
    texts = [*PYTHON, *TEMPLATES, *our_files(".md", ".js", ".css", ".typ")]
    shown = [path for path in texts if "tests" not in path.parts]
    pictures = r"[\U0001F000-\U0001FAFF\u2600-\u26FF\u2705\u274C\u2728]"

    assert lines_with(pictures, shown) == []
    assert lines_with(r"\bgettext|{%\s*(trans|translate|blocktrans)", TEMPLATES) == []


def pins(name):
    """Return the pins of a requirements file as matches: name, version, reason."""
    return [
        re.fullmatch(r"([a-z0-9-]+)(?:\[[a-z0-9,]+\])?==(\S+?)(?:\s+# (.+))?", line)
        for line in read(Path(name)).splitlines()
        if line and not line.startswith(("#", "-r "))
    ]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_its_reason_and_locked(name):
    lock = read(Path(name.replace(".txt", ".lock")))
    found = pins(name)

    assert all(found)
    assert [pin[1] for pin in found if not pin[3]] == []
    assert [pin[1] for pin in found if f"\n{pin[1]}=={pin[2]} \\" not in f"\n{lock}"] == []


def test_both_locks_agree():
    versions = {
        name: dict(re.findall(r"^([a-z0-9-]+)==(\S+)", read(Path(name)), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    }

    assert versions["requirements.lock"].items() <= versions["requirements-dev.lock"].items()
