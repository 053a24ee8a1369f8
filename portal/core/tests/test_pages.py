"""Keyset pages: every row once, in order, whatever the cursor says."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.audit.models import AuditEntry
from portal.core.pages import Address, keyset_page

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def write(count, *, every=3, for_post=None):
    """Write entries; `every` of them share one moment, so that the pk has to decide."""
    return AuditEntry.objects.bulk_create(
        AuditEntry(
            at=START + timedelta(minutes=number // every),
            action="test.written",
            subject_type="test",
            subject_id=number,
            for_post_id=for_post(number) if for_post else None,
        )
        for number in range(count)
    )


def walk(queryset, **options):
    """Read all pages to the end."""
    seen, cursor = [], None
    while True:
        page = keyset_page(queryset, cursor=cursor, **options)
        seen.append([row.subject_id for row in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return seen


def test_all_pages_together_are_the_list():
    write(10)

    pages = walk(AuditEntry.objects.all(), order=("-at", "-pk"), size=4)

    assert pages == [[9, 8, 7, 6], [5, 4, 3, 2], [1, 0]]


@pytest.mark.parametrize(
    "order", [("at", "pk"), ("-at", "pk"), ("at", "-pk"), ("pk",), ("-subject_id", "pk")]
)
def test_every_order_is_kept_over_the_pages(order):
    write(11)

    pages = walk(AuditEntry.objects.all(), order=order, size=2)

    whole = AuditEntry.objects.order_by(*order).values_list("subject_id", flat=True)
    assert [number for page in pages for number in page] == list(whole)


def test_a_full_last_page_promises_no_other():
    write(4)

    first = keyset_page(AuditEntry.objects.all(), order=("pk",), size=2)
    last = keyset_page(AuditEntry.objects.all(), order=("pk",), size=2, cursor=first.next_cursor)

    assert (first.is_first, last.is_first) == (True, False)
    assert (len(first), len(last), last.next_cursor) == (2, 2, None)


def test_a_row_that_arrives_meanwhile_moves_nothing():
    write(4)
    first = keyset_page(AuditEntry.objects.all(), order=("-at", "-pk"), size=2)
    AuditEntry.objects.create(
        at=START + timedelta(days=1), action="test.late", subject_type="test", subject_id=99
    )

    second = keyset_page(
        AuditEntry.objects.all(), order=("-at", "-pk"), size=2, cursor=first.next_cursor
    )

    assert [row.subject_id for row in second.items] == [1, 0]


def test_an_empty_value_takes_the_place_that_coalesce_gives_it():
    write(6, for_post=lambda number: None if number % 2 else number)
    queryset = AuditEntry.objects.annotate(place=Coalesce(F("for_post_id"), Value(1_000)))

    pages = walk(queryset, order=("place", "pk"), size=2)

    assert pages == [[0, 2], [4, 1], [3, 5]]


def test_ordering_by_an_empty_value_is_a_mistake_that_shows():
    write(3)

    with pytest.raises(ValueError, match="Coalesce"):
        keyset_page(AuditEntry.objects.all(), order=("for_post_id", "pk"), size=2)


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


GARBAGE = [
    "x",
    "ก",
    "=" * 50,
    "A" * 5_000,
    encoded("text"),
    encoded([]),
    encoded([["at", "yesterday"], ["is", 1]]),
    encoded([["at", "2026-11-20T09:00:00"], ["is", 1]]),
    encoded([["at", "0001-01-01T00:00:00+14:00"], ["is", 1]]),
    encoded([["is", "word"], ["is", 1]]),
    encoded([["is", 1], ["is", 1]]),
    encoded([["is", None], ["is", 1]]),
    encoded([["at", "2026-11-20T09:00:00+00:00"], ["is", {"a": 1}]]),
    encoded([["at", "2026-11-20T09:00:00+00:00"], ["is", "\u0000"]]),
    encoded([["at", "2026-11-20T09:00:00+00:00"], ["is", "\ud800"]]),
    encoded([["at", "2026-11-20T09:00:00+00:00"]]),
    encoded(json.loads("[" * 400 + "]" * 400)),
]


@pytest.mark.parametrize("cursor", GARBAGE)
def test_a_cursor_without_sense_is_the_first_page(cursor):
    write(3)

    page = keyset_page(AuditEntry.objects.all(), order=("-at", "-pk"), size=2, cursor=cursor)

    assert (page.is_first, [row.subject_id for row in page.items]) == (True, [2, 1])


def test_a_number_beyond_the_table_is_only_an_empty_page():
    write(3)
    cursor = encoded([["at", "2026-11-20T09:00:00+00:00"], ["is", -(10**30)]])

    page = keyset_page(AuditEntry.objects.all(), order=("-at", "-pk"), size=2, cursor=cursor)

    assert page.items == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cursor=st.text()
    | st.lists(
        st.tuples(st.sampled_from(["at", "on", "is"]), json_values), min_size=2, max_size=2
    ).map(encoded)
)
def test_no_cursor_breaks_the_page(cursor):
    page = keyset_page(
        AuditEntry.objects.all(), order=("-at", "subject_type", "-pk"), cursor=cursor
    )

    assert page.items == []


def test_an_address_leaves_out_what_is_empty_and_leads_on_only_where_there_is_more():
    here = Address("notifications:inbox", show="unread", q="")

    assert here.url() == reverse("notifications:inbox", query={"show": "unread"})
    assert here.url(show="") == reverse("notifications:inbox")
    assert here.after("x") == reverse("notifications:inbox", query={"show": "unread", "after": "x"})
    assert here.after(None) == ""


def test_the_links_of_a_list_say_which_one_is_shown_and_how_many_there_are():
    links = Address("notifications:inbox", show="unread").links(
        "show", {"": "ทั้งหมด", "unread": "ยังไม่อ่าน"}, counts={"unread": 3}
    )

    assert [(link["label"], link["count"], link["current"]) for link in links] == [
        ("ทั้งหมด", None, False),
        ("ยังไม่อ่าน", 3, True),
    ]
