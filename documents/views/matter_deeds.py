"""The deeds on a matter that need words: propose, order, hand out, give back, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from documents.forms.matters import (
    CloseForm,
    EndorseForm,
    HandBackForm,
    HandOutForm,
    MatterForm,
    ProposeForm,
    ReopenForm,
)
from documents.models import Matter, MatterState, StepKind
from documents.policies import (
    can_close,
    can_endorse,
    can_hand_back,
    can_hand_out,
    can_propose,
    can_reopen,
)
from documents.services.handling import (
    HANDLED,
    assign_matter,
    close_matter,
    reopen_matter,
    return_matter,
)
from documents.services.routing import (
    AlreadyMoved,
    endorse_matter,
    propose_matter,
    route_matter,
)
from documents.views.matters import WRITTEN, matter_of, papers_of
from members.services import Actor, act_where
from portal.core.actors import PortalRequest
from portal.core.errors import ChooseCapacity, DomainError
from portal.core.rendering import render_page


def show_deed(
    request: PortalRequest, matter: Matter, form: MatterForm, template: str, **more: Any
) -> HttpResponse:
    """Render the page of one deed beside the letter that it is about."""
    return render_page(
        request,
        f"documents/{template}.html",
        {
            "matter": matter,
            "letter": matter.letter,
            "form": form,
            "orders": list(matter.steps.filter(kind__in=WRITTEN)),
            **papers_of(matter),
            **more,
        },
        status=422 if form.errors else 200,
    )


def gone_on(request: PortalRequest, matter: Matter, states: Any) -> HttpResponse | None:
    """Say that the matter went on, when it did; its own page shows where it is."""
    if matter.state in states:
        return None
    messages.info(request, f"{matter} {matter.get_state_display()} จึงไม่มีอะไรให้ทำที่หน้านั้น")
    return redirect(matter)


@require_http_methods(["GET", "POST"])
def propose(request: PortalRequest, pk: int) -> HttpResponse:
    """Lay the matter before director or deputy, or send it straight to a group."""
    found = matter_of(request, pk)
    actor = act_where(request.actor, can_propose, found)
    if request.method == "GET" and (answer := gone_on(request, found, {MatterState.RECEIVED})):
        return answer
    form = ProposeForm(bound(request), matter=found)
    if form.is_valid():
        deed = route_matter if form.is_direct else propose_matter
        try:
            deed(found, by=actor, **form.deed())
        except AlreadyMoved as error:
            return moved(request, found, error)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            said = "ส่งกลุ่มแล้ว" if form.is_direct else "เสนอแล้ว"
            return go_on(request, found, MatterState.RECEIVED, said)
    return show_deed(request, found, form, "matter_propose")


@require_http_methods(["GET", "POST"])
def endorse(request: PortalRequest, pk: int) -> HttpResponse:
    """Write the order on the letter; then the next one that waits."""
    found = matter_of(request, pk)
    actor = act_where(request.actor, can_endorse, found)
    if request.method == "GET" and (answer := gone_on(request, found, {MatterState.PROPOSED})):
        return answer
    proposal = found.steps.filter(kind=StepKind.PROPOSED).last()
    form = EndorseForm(bound(request), matter=found, proposal=proposal.data if proposal else None)
    if form.is_valid():
        try:
            endorse_matter(found, by=actor, **form.deed())
        except AlreadyMoved as error:
            return moved(request, found, error)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return go_on(request, found, MatterState.PROPOSED, "สั่งการแล้ว")
    waiting = Matter.objects.waiting_for(request.user).filter(state=MatterState.PROPOSED)
    left = waiting.exclude(pk=found.pk).count()
    return show_deed(
        request, found, form, "matter_endorse", left=left, acting_as=str(actor.holding)
    )


def go_on(request: PortalRequest, done: Matter, state: MatterState, said: str) -> HttpResponse:
    """Say which one is done, and lead to the next that waits for the same deed, or to the list."""
    waiting = Matter.objects.waiting_for(request.user).filter(state=state).exclude(pk=done.pk)
    following = waiting.order_by("-arrival__letter__urgency", "received_at", "pk").first()
    if following is None:
        messages.success(request, f"{said} {done}")
        return redirect("documents:matters")
    messages.success(request, f"{said} {done} เรื่องถัดไปคือ{following}")
    name = "matter-endorse" if state == MatterState.PROPOSED else "matter-propose"
    return redirect(f"documents:{name}", pk=following.pk)


def moved(request: PortalRequest, matter: Matter, error: DomainError) -> HttpResponse:
    """Say who was faster, on the matter's own page."""
    messages.warning(request, str(error))
    return redirect(matter)


def bound(request: PortalRequest) -> Any:
    return request.POST if request.method == "POST" else None


def written_deed(
    request: PortalRequest,
    pk: int,
    *,
    may: Callable[[Actor, Matter], bool],
    states: Any,
    form_class: type[MatterForm],
    template: str,
    deed: Callable[..., Matter],
    said: str,
) -> HttpResponse:
    """Ask for the words of a deed, do it, and show the matter as it is then."""
    found = matter_of(request, pk)
    actor = act_where(request.actor, may, found)
    if request.method == "GET" and (answer := gone_on(request, found, states)):
        return answer
    form = form_class(bound(request), matter=found)
    if form.is_valid():
        given = form.deed() if isinstance(form, HandOutForm) else form.cleaned_data
        try:
            done = deed(found, by=actor, **given)
        except ChooseCapacity:
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            is_seen = Matter.objects.visible_to(request.user).filter(pk=done.pk).exists()
            return redirect(done) if is_seen else redirect("documents:matters")
    return show_deed(request, found, form, template)


@require_http_methods(["GET", "POST"])
def assign(request: PortalRequest, pk: int) -> HttpResponse:
    """Give the matter to an officer of the group."""
    return written_deed(
        request,
        pk,
        may=can_hand_out,
        states=HANDLED,
        form_class=HandOutForm,
        template="matter_assign",
        deed=assign_matter,
        said="มอบหมายแล้ว",
    )


@require_http_methods(["GET", "POST"])
def hand_back(request: PortalRequest, pk: int) -> HttpResponse:
    """Give the matter one desk back, with the reason."""
    return written_deed(
        request,
        pk,
        may=can_hand_back,
        states=HANDLED,
        form_class=HandBackForm,
        template="matter_return",
        deed=return_matter,
        said="ส่งคืนแล้ว ผู้รับคืนได้รับแจ้งเหตุผล",
    )


@require_http_methods(["GET", "POST"])
def close(request: PortalRequest, pk: int) -> HttpResponse:
    """Close the matter with what came of it."""
    return written_deed(
        request,
        pk,
        may=can_close,
        states=HANDLED,
        form_class=CloseForm,
        template="matter_close",
        deed=close_matter,
        said="ปิดเรื่องแล้ว",
    )


@require_http_methods(["GET", "POST"])
def reopen(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a settled matter up again."""
    return written_deed(
        request,
        pk,
        may=can_reopen,
        states={MatterState.ANSWERED, MatterState.CLOSED},
        form_class=ReopenForm,
        template="matter_reopen",
        deed=reopen_matter,
        said="เปิดเรื่องอีกครั้งแล้ว",
    )
