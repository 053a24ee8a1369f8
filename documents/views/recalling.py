"""Taking a letter back, what is left of it for who had it, and the letter that puts it right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from documents.forms.recalling import RecallForm, SucceedForm
from documents.models import Arrival, ArrivalState, Letter, LetterState, Succession
from documents.policies import can_follow, can_recall, can_succeed
from documents.services.recalling import (
    UNDO_REASON,
    Recall,
    TooLateToUndo,
    holders_of,
    recall_letter,
    undo_seconds,
    waiting_of,
)
from documents.services.succeeding import succeed_letter, successor_of
from documents.views.draft_page import letter_of
from members.services import Actor, act_where, may_do
from portal.core.actors import PortalRequest
from portal.core.clock import now_here
from portal.core.errors import DomainError
from portal.core.once import fresh_key
from portal.core.rendering import render_page

MOST_HOLDERS = 200
SUCCESSIONS = (
    (Succession.REPLACES, "หนังสือแทนที่", "เรื่องเดิม ข้อความใหม่ ส่งถึงผู้รับชุดเดิม แล้วไม่ต้องทำตามฉบับเดิมอีก"),
    (Succession.CANCELS, "หนังสือยกเลิก", "แจ้งผู้รับชุดเดิมว่าฉบับเดิมยกเลิก เลขเดิมยังอยู่ในทะเบียน"),
)


def way_of(
    request: PortalRequest, letter: Letter, *, is_held: bool | None = None
) -> dict[str, Any]:
    """Return what a page says of a letter's way: the newer one, and what its sender may still do.

    `is_held` says whether somebody has it for good, when the page knows already.
    """
    may_recall = letter.is_sent and may_do(request.actor, can_recall, letter)
    seconds = undo_seconds(letter, now_here(), is_held=is_held) if may_recall else 0
    may_succeed = letter.state == LetterState.SENT and may_do(request.actor, can_succeed, letter)
    newer = successor_of(letter) if getattr(letter, "is_succeeded", True) else None
    return {
        "newer": newer,
        "sees_newer": bool(
            newer and Letter.objects.visible_to(request.user).filter(pk=newer.pk).exists()
        ),
        "may_recall": (may_recall or may_succeed) and newer is None,
        "may_reuse": may_reuse(request, letter),
        "undo_seconds": seconds,
        "undo_words": f"{seconds // 60} นาที {seconds % 60} วินาที",
        "undo_key": fresh_key() if seconds else "",
    }


def may_reuse(request: PortalRequest, letter: Letter) -> bool:
    """Answer whether this reader may begin a draft with what this letter said."""
    return letter.number is not None and may_do(request.actor, can_follow, letter)


# Taking back --------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def recall(request: PortalRequest, pk: int) -> HttpResponse:
    """Take the letter back: at once in the first two minutes, afterwards with a reason."""
    letter = letter_of(request, pk)
    if request.method == "GET":
        act_where(request.actor, may_put_right, letter)
        return show_recall(request, letter) if letter.is_sent else redirect(letter)
    by = act_where(request.actor, can_recall, letter)
    is_undo = request.POST.get("undo") == "1"
    form = RecallForm(with_reason(request) if is_undo else request.POST)
    if form.is_valid():
        try:
            done = recall_letter(letter, is_undo=is_undo, by=by, **form.cleaned_data)
        except TooLateToUndo as error:
            return show_recall(request, letter, problem=f"{error} จึงดึงกลับทันทีไม่ได้ ตรวจแล้วกดเรียกคืน")
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said(done))
            return redirect(letter)
    return show_recall(request, letter, form=form)


def may_put_right(actor: Actor, letter: Letter) -> bool:
    return can_recall(actor, letter) or can_succeed(actor, letter)


def with_reason(request: PortalRequest) -> Any:
    data = request.POST.copy()
    data["reason"] = UNDO_REASON
    return data


def said(done: Recall) -> str:
    """Say from how many it was taken, and who keeps it."""
    if done.is_whole:
        return f"ดึงกลับแล้ว ที่ {done.letter.number_text} เลขนี้ยกเลิกและยังอยู่ในทะเบียน"
    return f"เรียกคืนจาก {done.recalled:,} แห่งแล้ว อีก {done.kept:,} แห่งลงรับไปก่อนและยังถือหนังสืออยู่"


def show_recall(
    request: PortalRequest, letter: Letter, *, form: RecallForm | None = None, problem: str = ""
) -> HttpResponse:
    """Render who would lose the letter, who keeps it, and the two ways to put it right."""
    holders = list(holders_of(letter).order_by("unit__name", "pk")[:MOST_HOLDERS])
    waiting = waiting_of(letter).exclude(pk__in=[row.pk for row in holders]).count()
    is_recaller = may_do(request.actor, can_recall, letter)
    status = 409 if problem else 422 if form and form.errors else 200
    return render_page(
        request,
        "documents/letter_recall.html",
        {
            "letter": letter,
            "form": form or RecallForm(initial={"reason": UNDO_REASON if problem else ""}),
            "key": fresh_key(),
            "problem": problem,
            "holders": holders,
            "held": holders_of(letter).count() if len(holders) == MOST_HOLDERS else len(holders),
            "waiting": waiting,
            "is_sending": letter.is_on_its_way,
            "may_recall": (bool(waiting) or letter.is_on_its_way or not holders) and is_recaller,
            "must_ask": bool(waiting) and not is_recaller,
            "may_succeed": may_do(request.actor, can_succeed, letter)
            and successor_of(letter) is None,
            "successions": SUCCESSIONS,
        },
        status=status,
    )


def show_trace(request: PortalRequest, pk: int) -> HttpResponse:
    """Render what is left of a recalled letter for its recipients: that it was, and why no more."""
    rows = Arrival.objects.visible_to(request.user).filter(state=ArrivalState.RECALLED)
    # Asked by the letter's own number, for which Django knows what no column holds.
    rows = rows.filter(letter__pk=pk).select_related("letter__owner_unit", "letter__office", "unit")
    traces = list(rows)
    if not traces:
        raise Http404
    return render_page(
        request,
        "documents/letter_recalled.html",
        {"letter": traces[0].letter, "traces": traces, "recalled_at": traces[0].recalled_at},
    )


# Putting right ------------------------------------------------------------------------------------


@require_POST
def succeed(request: PortalRequest, pk: int) -> HttpResponse:
    """Begin the letter that cancels or replaces this one."""
    letter = letter_of(request, pk)
    by = act_where(request.actor, can_succeed, letter)
    form = SucceedForm(request.POST)
    if not form.is_valid():
        messages.error(request, "เลือกยกเลิกหรือแทนที่ แล้วกดอีกครั้ง")
        return redirect(letter)
    try:
        draft = succeed_letter(letter, by=by, **form.cleaned_data)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(letter)
    return redirect("documents:letter-edit", pk=draft.pk)
