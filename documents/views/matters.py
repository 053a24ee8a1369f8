"""One matter of the office: its letter, the orders on it, and the next deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from documents.models import (
    Letter,
    LetterOrigin,
    Matter,
    MatterState,
    Routing,
    Step,
    StepKind,
)
from documents.policies import (
    can_close,
    can_endorse,
    can_hand_back,
    can_hand_out,
    can_note,
    can_propose,
    can_reopen,
    can_reply,
    can_take_on,
)
from documents.services.handling import (
    HANDLED,
    accept_matter,
    begin_reply,
)
from documents.services.routing import (
    note_routing,
)
from documents.services.stamping import stamp_data
from documents.services.succeeding import successor_of
from members.services import Actor, act_where, may_do
from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.core.formfields import KeyForm
from portal.core.once import fresh_key
from portal.core.rendering import render_page
from portal.files.services import files_of

WRITTEN = frozenset({StepKind.PROPOSED, StepKind.ENDORSED, StepKind.ROUTED})


def matter_of(request: PortalRequest, pk: int) -> Matter:
    """Return a matter that this member may see; anything else does not exist."""
    return get_object_or_404(
        Matter.objects.visible_to(request.user).select_related(
            "office",
            "main_unit",
            "officer",
            "proposed_to",
            "arrival__letter__owner_unit",
            "arrival__letter__office",
            "arrival__letter__succeeds",
            "arrival__unit",
            "arrival__entry",
        ),
        pk=pk,
    )


@dataclass(frozen=True)
class Deeds:
    """What this reader may do with the matter as it stands now."""

    propose: bool = False
    endorse: bool = False
    assign: bool = False
    accept: bool = False
    hand_back: bool = False
    reply: bool = False
    close: bool = False
    reopen: bool = False


def deeds_of(request: PortalRequest, matter: Matter) -> Deeds:
    """Return which deeds are both possible in this state and this reader's."""
    state = matter.state

    def may(states: Any, policy: Callable[[Actor, Matter], bool]) -> bool:
        return state in states and may_do(request.actor, policy, matter)

    hand_back = can_hand_out if state == MatterState.ROUTED else can_hand_back
    return Deeds(
        propose=may({MatterState.RECEIVED}, can_propose),
        endorse=may({MatterState.PROPOSED}, can_endorse),
        assign=may(HANDLED, can_hand_out),
        accept=may({MatterState.ASSIGNED}, can_take_on),
        hand_back=may(HANDLED, hand_back),
        reply=may(HANDLED, can_reply),
        close=may(HANDLED, can_close),
        reopen=may({MatterState.ANSWERED, MatterState.CLOSED}, can_reopen),
    )


def papers_of(matter: Matter) -> dict[str, Any]:
    """Return the letter's own pages with the office's receipt stamp."""
    arrival = matter.arrival
    everything = files_of(matter.letter)
    return {
        "main": next((use for use in everything if use.role == "main"), None),
        "enclosures": [use for use in everything if use.role == "enclosure"],
        "stamp": stamp_data(arrival) if arrival.entry_id else None,
    }


@require_GET
def matter(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the matter: the letter, what was ordered on it, how far it is."""
    found = matter_of(request, pk)
    steps = list(found.steps.select_related("holding"))
    routings = list(found.routings.select_related("unit"))
    deeds = deeds_of(request, found)
    return render_page(
        request,
        "documents/matter.html",
        {
            "matter": found,
            "letter": found.letter,
            "now": db_now(),
            "orders": [step for step in steps if step.kind in WRITTEN],
            "steps": steps[::-1],
            "last_return": last_return(found, steps),
            "routings": routings,
            "to_note": [
                row
                for row in routings
                if not row.is_main and row.acknowledged_at is None and may_note(request, row)
            ],
            **replies_to(request, found),
            **kin_of(request, found.letter),
            "deeds": deeds,
            "key": fresh_key(),
            **papers_of(found),
        },
    )


def replies_to(request: PortalRequest, matter: Matter) -> dict[str, Any]:
    """Return the letters that answer it, drafts too, and which of them this reader opens."""
    replies = list(matter.replies.exclude(state="discarded").order_by("pk"))
    visible = Letter.objects.visible_to(request.user)
    seen = list(visible.filter(answers=matter)) if replies else []
    return {"replies": replies, "seen_replies": seen}


def kin_of(request: PortalRequest, letter: Letter) -> dict[str, Any]:
    """Return the letter by which a school cancelled or replaced this one, when there is one."""
    newer = None if letter.origin == LetterOrigin.OUTSIDE else successor_of(letter)
    visible = Letter.objects.visible_to(request.user)
    return {"newer": newer, "sees_newer": bool(newer and visible.filter(pk=newer.pk).exists())}


def may_note(request: PortalRequest, routing: Routing) -> bool:
    return may_do(request.actor, can_note, routing)


def last_return(matter: Matter, steps: list[Step]) -> Step | None:
    """Return why it came back, while it lies where it came back to."""
    last = steps[-1] if steps else None
    if last and last.kind in {StepKind.RETURNED, StepKind.REOPENED}:
        return last
    return None


# One button, one deed ---------------------------------------------------------------------------


@require_POST
def accept(request: PortalRequest, pk: int) -> HttpResponse:
    """The officer takes the matter on."""
    found = matter_of(request, pk)
    actor = act_where(request.actor, can_take_on, found)
    try:
        accept_matter(found, by=actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "รับเรื่องแล้ว")
    return redirect(found)


@require_POST
def note(request: PortalRequest, pk: int) -> HttpResponse:
    """A group that got a copy says that it knows."""
    found = matter_of(request, pk)
    copies = found.routings.select_related("unit").filter(is_main=False)
    own = [row for row in copies if may_note(request, row)]
    require(bool(own))
    for row in own:
        note_routing(row, by=act_where(request.actor, can_note, row))
    messages.success(request, "รับทราบแล้ว")
    return redirect(found)


@require_POST
def reply(request: PortalRequest, pk: int) -> HttpResponse:
    """Begin the letter that answers the matter."""
    found = matter_of(request, pk)
    actor = act_where(request.actor, can_reply, found)
    form = KeyForm(request.POST)
    key = form.cleaned_data["key"] if form.is_valid() else None
    try:
        letter = begin_reply(found, key=key, by=actor)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(found)
    return redirect("documents:letter-edit", pk=letter.pk)
