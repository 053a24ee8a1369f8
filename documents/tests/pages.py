"""What the tests of the pages share: addresses, what forms post, what a page said and asked."""

from __future__ import annotations

import re
from uuid import uuid4

from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from documents.models import Arrival
from documents.services.answering import submit_response
from documents.tests.factories import received_arrival

RECEIVE = reverse("documents:receive")


def at(name, thing, *more, **query):
    return reverse(f"documents:{name}", args=[thing.pk, *more], query=query)


def page_of(arrival, *, chosen=False):
    """Return the letter's page as its recipient has it, this arrival chosen among several."""
    url = reverse("documents:letter", args=[arrival.letter_id])
    return f"{url}?as={arrival.pk}" if chosen else url


def answered(letter, unit, **data):
    arrival, clerk = received_arrival(letter=letter, unit=unit)
    submit_response(arrival, data=data or {"q1": "2", "q2": "มาก"}, key=uuid4(), by=clerk)
    return Arrival.objects.get(pk=arrival.pk)


def browser_of(actor):
    client = Client()
    client.force_login(actor.member)
    return client


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def own_queries(client, url):
    """Return the statements a page makes on the tables of its own room."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    own = '"documents_', " documents."  # a prepared question is called by its name
    return [row["sql"] for row in queries if any(name in row["sql"] for name in own)]


def rows_of(page):
    """Return what the rows of the board say, cell by cell."""
    body = page.content.decode().partition("<tbody")[2].partition("</tbody>")[0]
    rows = [re.findall("<t[hd] .*?</t[hd]>", row, re.DOTALL) for row in body.split("<tr ")[1:]]
    return [[strip_tags(cell) for cell in row] for row in rows]


# What forms post --------------------------------------------------------------------------------


def receive(client, *arrivals, key=None, **more):
    body = {"key": key or uuid4(), "arrival": [arrival.pk for arrival in arrivals], **more}
    return client.post(RECEIVE, body)


def answer(client, arrival, *, key=None, **body):
    return client.post(at("arrival-answer", arrival), {"key": key or uuid4(), **body})


def typed(letter, **changes):
    """Return what the page of the draft posts."""
    return {
        "version": letter.version,
        "kind": letter.kind,
        "urgency": letter.urgency,
        "secrecy": letter.secrecy,
        "subject": letter.subject,
        "addressee": letter.addressee,
        "action_required": letter.action_required,
        "main_source": letter.main_source,
        "body": letter.body,
        "signer_name": letter.signer_name,
        "signer_position": letter.signer_position,
        "line_new": letter.line_new,
        "line_do": letter.line_do,
        "line_by": letter.line_by,
        "response_kind": letter.response_kind,
        "due_on": "",
        "due_time": "",
        "q-count": "0",
        "ref-count": "0",
        **changes,
    }
