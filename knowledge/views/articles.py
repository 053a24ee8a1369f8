"""One article as its readers have it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from knowledge.domain import reading_minutes
from knowledge.forms.talking import CommentForm
from knowledge.models import Article, Comment
from knowledge.policies import (
    can_comment,
    can_edit,
    can_remove_comment,
    can_see_versions,
    can_withdraw,
)
from knowledge.services.reading import log_reading, set_bookmark, with_reader
from knowledge.services.writing import ATTACHMENT, COVER
from knowledge.views.finding import article_of
from members.models import Member
from members.services import may_do
from portal.core.actors import PortalRequest, reader_of
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.pages import keyset_page
from portal.core.rendering import render_page
from portal.files.services import files_of
from portal.richtext.domain import plain_text

COMMENTS_AT_ONCE = 50


@require_GET
@login_not_required
def article(request: PortalRequest, pk: int) -> HttpResponse:
    """Show an article to whoever may read it; a visitor who may not is asked to sign in."""
    reader = reader_of(request)
    rows = Article.objects.visible_to(reader).select_related(
        "owner_unit", "office", "author", "category"
    )
    found = with_reader(rows, reader).filter(pk=pk).first()
    if found is None:
        if reader is None:
            return redirect_to_login(request.get_full_path())
        raise Http404
    if reader is not None and found.is_published and not found.is_read:
        log_reading(found, by=reader)
    return show_article(request, found)


def show_article(
    request: PortalRequest, article: Article, *, form: CommentForm | None = None
) -> HttpResponse:
    """Render the article's page with its comments; a refused comment stays in its box."""
    files = files_of(article)
    reader = reader_of(request)
    said = keyset_page(
        Comment.objects.filter(article=article).select_related(
            "author", "unit", "removed_by", "removed_for"
        ),
        order=("pk",),
        cursor=request.GET.get("after"),
        size=COMMENTS_AT_ONCE,
    )
    return render_page(
        request,
        "knowledge/article.html",
        {
            "article": article,
            "minutes": reading_minutes(plain_text(article.body)),
            "cover": next((use for use in files if use.role == COVER), None),
            "attachments": [use for use in files if use.role == ATTACHMENT],
            "tags": list(article.tags.all()),
            "may_edit": may_do(request.actor, can_edit, article),
            "may_withdraw": may_do(request.actor, can_withdraw, article),
            "may_see_versions": may_do(request.actor, can_see_versions, article),
            "may_comment": reader is not None and can_comment(request.actor),
            "comments": remarks(request, article, said.items),
            "more_url": f"{article.get_absolute_url()}?after={said.next_cursor}#comments"
            if said.next_cursor
            else "",
            "shelf_url": reverse(
                "knowledge:list",
                query={"category": article.category_id} if article.category_id else None,
            ),
            "form": form or CommentForm(),
        },
        status=422 if form is not None and form.errors else 200,
    )


def remarks(
    request: PortalRequest, article: Article, comments: list[Comment]
) -> list[dict[str, Any]]:
    """Return the comments with what this reader may do to each."""
    reader: Member | None = reader_of(request)
    now = db_now() if comments else None
    found = []
    for comment in comments:
        comment.article = article
        is_own = reader is not None and comment.author_id == reader.pk
        found.append(
            {
                "comment": comment,
                "may_change": bool(is_own and now and comment.may_change_at(now)),
                "may_remove": not is_own
                and not comment.is_removed
                and may_do(request.actor, can_remove_comment, comment),
            }
        )
    return found


@require_POST
def bookmark(request: PortalRequest, pk: int) -> HttpResponse:
    """Keep the article for later, or no more."""
    found = article_of(request, pk)
    is_kept = request.POST.get("keep") != "no"
    try:
        set_bookmark(found, is_kept=is_kept, by=request.actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "เก็บไว้อ่านแล้ว" if is_kept else "เอาออกจากที่เก็บไว้แล้ว")
    return redirect(found)
