"""What an article said before, for its author and its unit."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from knowledge.domain import compare
from knowledge.models import Article, Revision
from knowledge.policies import can_edit, can_see_versions
from knowledge.services.writing import ArticleConflict, restore_version
from knowledge.views.finding import article_of, editor_of
from members.services import act_where, may_do
from portal.core.actors import PortalRequest
from portal.core.errors import DomainError
from portal.core.pages import keyset_page
from portal.core.rendering import render_page
from portal.richtext.domain import plain_text

PAGE_SIZE = 30
LABELS = {"title": "ชื่อเรื่อง", "summary": "สรุปสั้น", "core_line": "แก่นความรู้"}


@require_GET
def versions(request: PortalRequest, pk: int) -> HttpResponse:
    """List the versions, the newest first."""
    article = article_of(request, pk)
    act_where(request.actor, can_see_versions, article)
    rows = Revision.objects.filter(article=article).select_related("saved_by").defer("body")
    page = keyset_page(rows, order=("-version",), cursor=request.GET.get("after"), size=PAGE_SIZE)
    return render_page(
        request,
        "knowledge/versions.html",
        {
            "article": article,
            "revisions": page.items,
            "more_url": f"?after={page.next_cursor}" if page.next_cursor else "",
        },
    )


def revision_of(article: Article, number: int) -> Revision:
    rows = Revision.objects.select_related("saved_by")
    return get_object_or_404(rows, article=article, version=number)


@require_GET
def version(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Show one version, and what has changed since."""
    article = article_of(request, pk)
    act_where(request.actor, can_see_versions, article)
    revision = revision_of(article, number)
    lines = [
        (label, compare(getattr(revision, name), getattr(article, name)))
        for name, label in LABELS.items()
    ]
    body = compare(plain_text(revision.body), plain_text(article.body))
    changes = [*lines, ("เนื้อเรื่อง", body)]
    return render_page(
        request,
        "knowledge/version.html",
        {
            "article": article,
            "revision": revision,
            "changes": [
                (label, rows) for label, rows in changes if any(row.kind != "same" for row in rows)
            ],
            "may_restore": number != article.version
            and not article.is_discarded
            and may_do(request.actor, can_edit, article),
        },
    )


@require_POST
def restore(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Let the article say again what it said then; that is a new version."""
    article = article_of(request, pk)
    actor = editor_of(request, article)
    revision_of(article, number)
    typed = request.POST.get("version", "")
    seen = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    try:
        saved = restore_version(article, number=number, version=seen, by=actor)
    except ArticleConflict:
        messages.error(request, "มีฉบับใหม่กว่าที่ท่านเห็น ดูก่อนแล้วจึงนำฉบับเดิมกลับมา")
        return redirect("knowledge:version", pk=pk, number=number)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("knowledge:version", pk=pk, number=number)
    messages.success(request, f"นำฉบับที่ {number} กลับมาเป็นฉบับที่ {saved.version}")
    return redirect("knowledge:versions", pk=pk)
