"""The manual: every page people stand on has its task, and every task speaks of what exists."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from members.models import Role
from portal.home.services import PARTS, manual_pages, page_for, read_page
from tests.access_matrix import addresses, all_rows

PAGES = list(manual_pages().values())
PICTURES = Path(settings.BASE_DIR, "static", "manual")
MOST_BYTES = 60_000
# Addresses that answer with something, but nobody stands there and looks for help.
NO_PAGES = {
    "livez": "asked by machines",
    "readyz": "asked by machines",
    "design": "for who builds pages",
    "notifications:bell": "a fragment",
    "documents:letter-progress": "a fragment",
    "documents:letter-board-xlsx": "a file",
    "research:survey-results-xlsx": "a file",
    "documents:letter-preview": "a file",
    "documents:arrival-stamped": "a file",
    "files:*": "files and pictures of pages",
    "richtext:frame": "the inside of a text field",
    "members:audience-count": "a fragment",
    "members:audience-find": "a fragment",
    "mfa_download_recovery_codes": "a file",
    "meetings:note-save": "for the page's script",
    "meetings:note-fill": "for the page's script",
    "meetings:map-save": "for the page's script",
    "meetings:map-mine-save": "for the page's script",
}
STOOD_ON = {200, 409, 422}


def names():
    return {address.name for address in addresses()}


def unknown(page):
    """Return what a page names that does not exist: views, patterns, roles."""
    patterns = [
        pattern for pattern in page.views if not any(fnmatchcase(name, pattern) for name in names())
    ]
    return patterns + sorted(page.roles - set(Role.values))


def written(folder, text):
    """Return the page that such a file would be."""
    path = folder / "19-example.md"
    path.write_text(text, encoding="utf-8")
    return read_page(path)


@pytest.mark.parametrize("task", PAGES, ids=lambda task: task.slug)
def test_a_task_names_only_views_and_roles_that_exist(task):
    assert unknown(task) == []


def test_a_name_that_does_not_exist_is_noticed(tmp_path):
    page = written(
        tmp_path, "<!-- pages: home documents:inbax nobody:*; roles: teacher teecher -->\n# งาน\n"
    )

    assert unknown(page) == ["documents:inbax", "nobody:*", "teecher"]


def test_every_page_that_people_stand_on_has_its_task():
    answered = {
        row.url_name
        for row in all_rows()
        if any(STOOD_ON & set(answers) for answers in row.answers.values())
    }
    library = {address.name for address in addresses() if address.owner in {"allauth", "admin"}}
    pages = {
        name
        for name in answered | library
        if not any(fnmatchcase(name, pattern) for pattern in NO_PAGES)
    }

    assert {"home", "documents:inbox", "account_login"} <= pages
    assert sorted(name for name in pages if page_for(name, "") is None) == []


@pytest.mark.parametrize(
    ("view", "role", "slug"),
    [
        ("documents:inbox", Role.SCHOOL_CLERK, "receive"),
        ("documents:letter", Role.SCHOOL_CLERK, "letter"),
        ("documents:letter", Role.SCHOOL_DIRECTOR, "assign"),
        ("documents:letter", Role.TEACHER, "acknowledge"),
        ("documents:letter", Role.OFFICER, "submitted"),
        ("documents:letter", Role.CENTRAL_REGISTRAR, "number"),
        ("documents:letter-confirm", Role.GROUP_CLERK, "number"),
        ("documents:letter-edit", Role.OFFICER, "write"),
        ("admin:index", Role.ADMINISTRATOR, "people"),
        ("admin:members_unit_change", Role.ADMINISTRATOR, "office"),
        ("account_login", "", "sign-in"),
    ],
)
def test_the_reader_gets_the_task_of_the_role(view, role, slug):
    page = page_for(view, role)

    assert page is not None
    assert page.slug == slug


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "slug"), [("school-clerk", "receive"), ("teacher", "acknowledge")]
)
def test_a_page_links_to_the_task_of_who_looks_at_it(client, world, role, slug):
    client.force_login(world.members[role])

    page = client.get(reverse("documents:inbox")).content.decode()

    assert f'href="{reverse("help-page", args=[slug])}">คู่มือของหน้านี้' in page


@pytest.mark.django_db
def test_help_is_there_before_the_sign_in(client):
    page = client.get(reverse("account_login")).content.decode()
    task = client.get(reverse("help-page", args=["sign-in"]))

    assert reverse("help-page", args=["sign-in"]) in page
    assert task.status_code == 200
    assert "คู่มือของหน้านี้" in task.content.decode()


@pytest.mark.django_db
def test_the_contents_name_every_task_in_its_part(client):
    contents = client.get(reverse("help")).content.decode()

    assert [
        page.slug for page in PAGES if reverse("help-page", args=[page.slug]) not in contents
    ] == []
    assert {page.part for page in PAGES} == set(PARTS.values())


READERS = [page for page in PAGES if page.part == PARTS["00"]]


@pytest.mark.parametrize(
    ("role", "slug"),
    [
        (Role.SCHOOL_CLERK, "school-clerk"),
        (Role.SCHOOL_DIRECTOR, "school-clerk"),
        (Role.CENTRAL_REGISTRAR, "registrar"),
        (Role.OFFICER, "officer"),
    ],
)
def test_the_contents_know_the_manual_of_the_reader(role, slug):
    assert page_for("help", role).slug == slug


def test_the_manuals_of_the_readers_lead_to_every_task_of_school_and_office():
    led = set(re.findall(r'href="([^"]*)"', "".join(page.html for page in READERS)))
    tasks = [page for page in PAGES if page.part in {PARTS["1"], PARTS["2"]}]

    assert len(READERS) == 3
    assert [page.slug for page in tasks if reverse("help-page", args=[page.slug]) not in led] == []


@pytest.mark.parametrize("task", PAGES, ids=lambda task: task.slug)
def test_links_and_pictures_of_a_task_lead_somewhere(task):
    links = re.findall(r'href="([^"]*)"', task.html)
    pictures = re.findall(r"<img [^>]*>", task.html)
    tasks = {reverse("help-page", args=[other.slug]) for other in PAGES}
    whole_pictures = {f"/static/manual/{path.name}" for path in PICTURES.glob("*.png")}

    assert set(links) <= tasks | whole_pictures
    for picture in pictures:
        file = re.search(r'src="/static/manual/([^"/]+)"', picture)
        assert file
        assert (PICTURES / file[1]).is_file()
        assert re.search(r'alt="[^"]{10,}"', picture)
        assert re.search(r'width="\d+" height="\d+"', picture)


def test_every_picture_is_small_and_shown():
    shown = set(re.findall(r"/static/manual/([^\"]+)", "".join(page.html for page in PAGES)))
    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}

    assert set(sizes) == shown
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def test_html_in_a_task_is_shown_as_text(tmp_path):
    page = written(tmp_path, "# งาน\n\n<b>หนา</b> & <script>x()</script>\n")

    assert page.title == "งาน"
    assert page.views == ()
    assert page.part == "โรงเรียน"
    assert "<script>" not in page.html
    assert "&lt;b&gt;หนา&lt;/b&gt;" in page.html


@pytest.mark.parametrize("task", PAGES, ids=lambda task: task.slug)
def test_a_task_speaks_like_a_colleague(task):
    words = re.sub(r"<[^>]+>", " ", task.html)

    assert re.findall(r"กรุณา|โปรด|ค่ะ|ครับ|!|คลิก|submit|error", words, re.IGNORECASE) == []
