"""Publish, take back, throw away; each asks before or offers the way back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.forms.talking import ReasonForm
from knowledge.policies import can_publish, can_withdraw
from knowledge.services.publishing import publish_article, withdraw_article
from knowledge.services.writing import (
    discard_article,
    missing_for_publishing,
    recover_article,
)
from knowledge.views.finding import article_of, editor_of
from members.services import act_where
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.rendering import render_page


@require_http_methods(["GET", "POST"])
def publish(request: PortalRequest, pk: int) -> HttpResponse:
    """Say who will read it and what is missing; publish."""
    article = article_of(request, pk)
    actor = act_where(request.actor, can_publish, article)
    if article.is_published:
        return redirect(article)
    problem = ""
    if request.method == "POST":
        try:
            publish_article(article, by=actor)
        except DomainError as error:
            problem = str(error)
        else:
            messages.success(request, f"เผยแพร่แล้ว {article.readers_words}")
            return redirect(article)
    return render_page(
        request,
        "knowledge/article_publish.html",
        {"article": article, "missing": missing_for_publishing(article), "problem": problem},
        status=422 if problem else 200,
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask why, and take the article back."""
    article = article_of(request, pk)
    actor = act_where(request.actor, can_withdraw, article)
    if not article.is_published:
        return redirect(article)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            withdraw_article(article, by=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "ถอนแล้ว ผู้อื่นไม่เห็นเรื่องนี้อีก เผยแพร่ใหม่ได้")
            return redirect(article)
    return render_page(
        request,
        "knowledge/article_withdraw.html",
        {"article": article, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
def discard(request: PortalRequest, pk: int) -> HttpResponse:
    """Throw the draft away; the message offers to take it back."""
    article = article_of(request, pk)
    actor = editor_of(request, article)
    try:
        discard_article(article, by=actor)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(article)
    words = render_to_string("knowledge/undo.html", {"article": article}, request=request)
    messages.success(request, words)
    return redirect("knowledge:mine")


@require_POST
def recover(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a thrown-away draft back."""
    article = article_of(request, pk)
    actor = editor_of(request, article)
    try:
        recover_article(article, by=actor)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(article)
    messages.success(request, "เอาร่างกลับมาแล้ว")
    return redirect(reverse("knowledge:article-edit", args=[pk]))
