"""The mind map: outline and drawing of one tree, kept by one verb."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from meetings.domain.maps import (
    DEEPEST,
    LONGEST_TEXT,
    MOST_NODES,
    Tree,
    merge_trees,
    to_outline,
)
from meetings.forms.notes import MapForm
from meetings.models import Meeting, MindMap
from meetings.policies import can_take_notes
from meetings.services.mapping import MapConflict, map_of, save_map
from meetings.services.noting import held
from meetings.views.notes import meeting_of
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page
from portal.core.thaidates import short_time


def saved_text(found: MindMap) -> str:
    if not found.version:
        return ""
    by = "" if found.drawer_id else f" โดย{found.saved_by}"
    return f"บันทึกแล้ว {short_time(found.saved_at)}{by}"


@require_http_methods(["GET", "POST"])
def mind_map(request: PortalRequest, pk: int, *, mine: bool = False) -> HttpResponse:
    """Show the meeting's map, or one's own; keep the outline that was typed."""
    meeting = meeting_of(request, pk)
    may_draw = can_take_notes(request.actor, meeting)
    require(may_draw or (not mine and request.method == "GET"))
    found = map_of(meeting, request.actor, mine=mine)
    if request.method == "GET":
        return show_map(request, found, may_draw=may_draw)
    form = MapForm(request.POST, title=meeting.title)
    if not form.is_valid() or form.cleaned_tree is None:
        return show_map(request, found, form=form, status=422)
    tree = form.cleaned_tree
    if request.POST.get("keep") == "both":
        tree = merge_trees(found.tree, tree)
    try:
        saved = save_map(meeting, tree=tree, version=form.base_version, mine=mine, by=request.actor)
    except MapConflict as conflict:
        return show_both(request, conflict.current, tree)
    except DomainError as error:
        form.add_error("outline", str(error))
        return show_map(request, found, form=form, status=422)
    messages.success(request, saved_text(saved))
    return redirect(saved)


def show_map(
    request: PortalRequest,
    found: MindMap,
    *,
    may_draw: bool = True,
    form: MapForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the map's page, as typed when `form` carries what was typed."""
    mine = found.drawer_id is not None
    form = form or MapForm(
        title=found.meeting.title,
        initial={"outline": to_outline(found.tree), "version": found.version},
    )
    context = {
        "meeting": found.meeting,
        "held": held(found.meeting),
        "map": found,
        "tree": found.tree,
        "mine": mine,
        "form": form,
        "may_draw": may_draw,
        "saved_text": saved_text(found),
        "view": request.GET.get("view", ""),
        "tree_json": json.dumps(found.tree, ensure_ascii=False),
        "limits": {"nodes": MOST_NODES, "text": LONGEST_TEXT, "depth": DEEPEST},
        "save_name": "meetings:map-mine-save" if mine else "meetings:map-save",
    }
    return render_page(request, "meetings/map.html", context, status=status)


def show_both(request: PortalRequest, current: MindMap, tree: Tree) -> HttpResponse:
    """Answer with what was drawn beside what was saved meanwhile; the reader chooses."""
    context = {
        "meeting": current.meeting,
        "map": current,
        "mine": to_outline(tree),
        "theirs": to_outline(current.tree),
    }
    return render_page(request, "meetings/map_both.html", context, status=409)


@require_POST
def map_save(request: PortalRequest, pk: int, *, mine: bool = False) -> HttpResponse:
    """Save the outline or the drawing; the answer carries both, for the page's script."""
    meeting: Meeting = meeting_of(request, pk)
    require(can_take_notes(request.actor, meeting))
    form = MapForm(request.POST, title=meeting.title)
    if not form.is_valid() or form.cleaned_tree is None:
        problem = " ".join(str(said) for said in form.errors.get("outline", []))
        return JsonResponse({"problem": problem or "บันทึกไม่ได้"}, status=422)
    try:
        saved = save_map(
            meeting,
            tree=form.cleaned_tree,
            version=form.base_version,
            mine=mine,
            by=request.actor,
        )
    except MapConflict as conflict:
        answer: dict[str, Any] = {"problem": str(conflict), "differs": True}
        return JsonResponse(answer, status=conflict.status)
    except DomainError as error:
        return JsonResponse({"problem": str(error)}, status=error.status)
    return JsonResponse(
        {
            "version": saved.version,
            "saved_text": saved_text(saved),
            "tree": saved.tree,
            "outline": to_outline(saved.tree),
        }
    )
