"""Comments below an article."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.forms.talking import CommentForm, ReasonForm
from knowledge.models import Article, Comment
from knowledge.policies import can_change_comment, can_comment, can_remove_comment
from knowledge.services.reading import with_reader
from knowledge.services.talking import (
    TOO_LATE,
    change_comment,
    remove_comment,
    take_back_comment,
    write_comment,
)
from knowledge.views.articles import show_article
from members.services import act_where
from portal.core.actors import PortalRequest
from portal.core.clock import db_now
from portal.core.errors import DomainError, require
from portal.core.rendering import render_page


def comment_of(request: PortalRequest, pk: int) -> Comment:
    """Return a comment of a published article that this member may read."""
    rows = Comment.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("article__owner_unit", "author", "unit"), pk=pk)


@require_POST
def write(request: PortalRequest, pk: int) -> HttpResponse:
    """Say something below the article; a refused text stays in its box."""
    rows = Article.objects.visible_to(request.user).select_related(
        "owner_unit", "office", "author", "category"
    )
    article = get_object_or_404(with_reader(rows, request.user), pk=pk)
    require(can_comment(request.actor))
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            comment = write_comment(article, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, "แสดงความเห็นแล้ว แก้หรือลบได้ใน 15 นาที")
            return redirect(comment)
    return show_article(request, article, form=form)


@require_http_methods(["GET", "POST"])
def change(request: PortalRequest, pk: int) -> HttpResponse:
    """Mend one's own comment, within a quarter of an hour."""
    comment = comment_of(request, pk)
    require(can_change_comment(request.actor, comment))
    if not comment.may_change_at(db_now()):
        messages.error(request, "ความเห็นนี้ลบไปแล้ว" if comment.is_removed else TOO_LATE)
        return redirect(comment)
    form = CommentForm(
        request.POST if request.method == "POST" else None, initial={"text": comment.text}
    )
    if form.is_valid():
        try:
            change_comment(comment, text=form.cleaned_data["text"], by=request.actor)
        except DomainError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, "แก้ความเห็นแล้ว")
            return redirect(comment)
    return render_page(
        request,
        "knowledge/comment_change.html",
        {"comment": comment, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
def take_back(request: PortalRequest, pk: int) -> HttpResponse:
    """Take one's own comment back, within a quarter of an hour."""
    comment = comment_of(request, pk)
    require(can_change_comment(request.actor, comment))
    try:
        take_back_comment(comment, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "ลบความเห็นของท่านแล้ว")
    return redirect(comment)


@require_http_methods(["GET", "POST"])
def remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Take somebody's comment away, and say why."""
    comment = comment_of(request, pk)
    actor = act_where(request.actor, can_remove_comment, comment)
    if comment.is_removed:
        return redirect(comment)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            remove_comment(comment, by=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "ลบความเห็นแล้ว ผู้เขียนได้รับแจ้งเหตุผล")
            return redirect(comment)
    return render_page(
        request,
        "knowledge/comment_remove.html",
        {"comment": comment, "form": form},
        status=422 if form.errors else 200,
    )
