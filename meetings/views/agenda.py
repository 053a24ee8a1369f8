"""Items of the agenda: added, changed, moved, with their files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from meetings.forms.agenda import ItemForm
from meetings.models import AgendaItem, Heading
from meetings.services.agenda import (
    ENCLOSURE,
    ITEM_FIELDS,
    add_item,
    attach_file,
    change_item,
    move_item,
    remove_file,
    remove_item,
)
from meetings.views.fetching import item_to_keep, meeting_to_keep
from portal.core.actors import PortalRequest
from portal.core.errors import Conflict, DomainError
from portal.core.rendering import render_page
from portal.core.seen import Overtaken, Theirs, seen_as, seen_before, theirs
from portal.files.services import ENCLOSURES, files_of, store_upload

NO_FILE = "เลือกไฟล์ก่อน"


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest, pk: int) -> HttpResponse:
    """Put one more item on the agenda."""
    meeting = meeting_to_keep(request, pk)
    sent = request.POST if request.method == "POST" else None
    wanted = request.GET.get("heading", "")
    heading = int(wanted) if wanted in map(str, Heading.values) else Heading.CONSIDER
    form = ItemForm(sent, meeting=meeting, is_new=True, initial={"heading": heading})
    if form.is_valid():
        try:
            item = add_item(meeting, by=request.actor, **form.cleaned_data)
        except Conflict:
            raise
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "เพิ่มวาระแล้ว")
            if "then_files" in request.POST:
                return redirect("meetings:item", pk=item.pk)
            return redirect(item)
    context = {"form": form, "meeting": meeting}
    return render_page(
        request, "meetings/item_new.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def item(request: PortalRequest, pk: int) -> HttpResponse:
    """Change an item, write what was said, and keep its files."""
    item = item_to_keep(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = ItemForm(sent, meeting=item.meeting, initial=initial_of(item))
    seen = seen_before(sent, item, ITEM_FIELDS)
    other: list[Theirs] = []
    if form.is_valid():
        try:
            change_item(item, seen=seen, by=request.actor, **form.cleaned_data)
        except Overtaken as moved:
            other = theirs(form, initial_of(moved.row))
            form.add_error(None, str(moved))
            item = item_to_keep(request, pk)
            seen = seen_as(item, ITEM_FIELDS)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "บันทึกวาระแล้ว")
            return redirect(item)
    return show(request, item, form, seen=seen, other=other)


def initial_of(item: AgendaItem) -> dict[str, Any]:
    """Return the item as the form shows it."""
    said = {name: getattr(item, name) for name in ITEM_FIELDS}
    return said | {"presenter": item.presenter_id}


def show(
    request: PortalRequest,
    item: AgendaItem,
    form: ItemForm,
    *,
    problem: str = "",
    seen: str = "",
    other: list[Theirs] | None = None,
) -> HttpResponse:
    """Render the item's page; `other` is what somebody wrote since it was `seen`."""
    context = {
        "seen": seen or seen_as(item, ITEM_FIELDS),
        "theirs": other,
        "form": form,
        "item": item,
        "meeting": item.meeting,
        "files": files_of(item, ENCLOSURE),
        "kinds": ENCLOSURES,
        "problem": problem,
        "may_remove": not item.resolutions.exists(),
    }
    status = 409 if other else 422 if form.errors or problem else 200
    return render_page(request, "meetings/item.html", context, status=status)


@require_POST
def move(request: PortalRequest, pk: int) -> HttpResponse:
    """Move an item one place under its heading."""
    item = item_to_keep(request, pk)
    step = -1 if request.POST.get("to") == "up" else 1
    try:
        move_item(item, step=step, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(item)


@require_POST
def remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an item off the agenda."""
    item = item_to_keep(request, pk)
    try:
        remove_item(item, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("meetings:item", pk=pk)
    messages.success(request, f"ลบ “{item.title}” ออกจากวาระแล้ว")
    return redirect(item.meeting)


@require_POST
def upload(request: PortalRequest, pk: int) -> HttpResponse:
    """Put a file with an item."""
    item = item_to_keep(request, pk)
    given = request.FILES.get("file")
    problem = NO_FILE
    if given is not None:
        try:
            stored = store_upload(given, by=request.actor, kinds=ENCLOSURES)
            attach_file(item, stored=stored, name=given.name or "ไฟล์", by=request.actor)
        except DomainError as error:
            problem = str(error)
        else:
            messages.success(request, "แนบไฟล์แล้ว")
            return redirect("meetings:item", pk=pk)
    initial = {"heading": item.heading, "title": item.title, "presenter": item.presenter_id}
    initial |= {"text": item.text, "discussion": item.discussion}
    form = ItemForm(meeting=item.meeting, initial=initial)
    return show(request, item, form, problem=problem)


@require_POST
def file_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a file from an item."""
    item = item_to_keep(request, pk)
    wanted = request.POST.get("file", "")
    use = next((use for use in files_of(item) if str(use.public_id) == wanted), None)
    if use is not None:
        try:
            remove_file(item, use=use, by=request.actor)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"ลบไฟล์ “{use.name}” แล้ว")
    return redirect("meetings:item", pk=pk)
