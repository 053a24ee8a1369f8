"""What the tests of the pages share: addresses, what forms post, what a page said and asked."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

RECEIVE = reverse("documents:receive")


def at(name, thing, *more, **query):
    return reverse(f"documents:{name}", args=[thing.pk, *more], query=query)


def page_of(arrival, *, chosen=False):
    """Return the letter's page as its recipient has it, this arrival chosen among several."""
    url = reverse("documents:letter", args=[arrival.letter_id])
    return f"{url}?as={arrival.pk}" if chosen else url


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
