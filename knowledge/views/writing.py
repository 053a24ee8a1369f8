"""Tell something: begin, write, attach; what was typed is never lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from knowledge.forms.writing import (
    ArticleForm,
    NewArticleForm,
    as_typed,
    differences,
)
from knowledge.models import Article
from knowledge.services.writing import (
    ATTACHMENT,
    COVER,
    ArticleConflict,
    attach_file,
    create_article,
    missing_for_publishing,
    remove_file,
    save_article,
    set_cover,
)
from knowledge.views.finding import article_of, editor_of
from members.models import Role
from members.services import Actor, act_at, units_of
from portal.core.actors import PortalRequest
from portal.core.drafts import Difference, keep_chosen, typed_in
from portal.core.errors import ChooseCapacity, DomainError, require
from portal.core.rendering import render_page
from portal.files.services import ENCLOSURES, PICTURES, files_of, store_upload


@require_http_methods(["GET", "POST"])
def new(request: PortalRequest) -> HttpResponse:
    """Begin a draft: for which unit, when several are possible, its name and its kind."""
    units = units_of(request.actor, Role.values)
    require(bool(units))
    form = NewArticleForm(request.POST if request.method == "POST" else None, units=units)
    if form.is_valid():
        unit = form.cleaned_data["owner_unit"]
        actor = act_at(request.actor, [unit.pk], Role.values)
        try:
            article = create_article(
                unit,
                title=form.cleaned_data["title"],
                kind=form.cleaned_data["kind"],
                key=form.cleaned_data["key"],
                by=actor,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("knowledge:article-edit", pk=article.pk)
    return render_page(
        request,
        "knowledge/article_new.html",
        {"form": form, "is_choice": len(units) > 1, "unit": units[0]},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Show the article to its writer; keep what was typed and attached, and go where asked."""
    article = article_of(request, pk)
    actor = editor_of(request, article)
    if article.is_discarded:
        return redirect(article)
    if request.method == "GET":
        return show_edit(request, article)
    kept = keep(request.POST.copy(), article, actor)
    problems = take_files(request, kept.article, actor)
    if kept.differs:
        return show_both(request, kept)
    if kept.form.errors or problems:
        return show_edit(request, kept.article, form=kept.form, file_problems=problems)
    return next_page(request, kept.article)


@dataclass(frozen=True)
class Kept:
    """An article after a save: how it stands, the form, and where two writers differ."""

    article: Article
    form: ArticleForm
    differs: list[Difference] = field(default_factory=list)


def keep(data: QueryDict, article: Article, by: Actor) -> Kept:
    """Save what was typed; when somebody else was faster, say where we differ."""
    keep_chosen(data)
    form = ArticleForm(data, article=article)
    if not form.is_valid():
        return Kept(article, form)
    try:
        article = save_article(
            article,
            version=form.cleaned_data["version"],
            changes=form.changes(),
            tags=form.tags_sent(),
            by=by,
        )
    except ArticleConflict as conflict:
        return Kept(conflict.current, form, differences(form, conflict.current))
    except DomainError as error:
        form.add_error(None, str(error))
    data["version"] = str(article.version)
    return Kept(article, form)


def next_page(request: PortalRequest, article: Article) -> HttpResponse:
    """Lead on to what the pressed button says."""
    action = request.POST.get("action", "save")
    if action == "publish":
        return redirect("knowledge:article-publish", pk=article.pk)
    if action == "read":
        return redirect(article)
    messages.success(request, f"บันทึกแล้ว ฉบับที่ {article.version}")
    if action == "file":
        return redirect(f"{reverse('knowledge:article-edit', args=[article.pk])}#files")
    return redirect("knowledge:article-edit", pk=article.pk)


def take_files(request: PortalRequest, article: Article, actor: Actor) -> list[str]:
    """Take in the picture and every attachment; return a sentence for each that cannot be taken."""
    problems = []
    takes: tuple[tuple[str, Callable[..., object]], ...] = (
        ("cover", set_cover),
        ("attachment", attach_file),
    )
    for name, take in takes:
        kinds = PICTURES if name == "cover" else ENCLOSURES
        for given in request.FILES.getlist(name):
            file_name = given.name or "ไฟล์"
            try:
                stored = store_upload(given, by=actor, kinds=kinds)
                take(article, stored=stored, name=file_name, by=actor)
            except ChooseCapacity:
                raise
            except DomainError as error:
                problems.append(f"{file_name}: {error}")
    return problems


def show_edit(
    request: PortalRequest,
    article: Article,
    *,
    form: ArticleForm | None = None,
    file_problems: list[str] | None = None,
) -> HttpResponse:
    """Render the writer's page with everything as it was typed."""
    form = form or ArticleForm(article=article, initial=as_typed(article))
    files = files_of(article)
    return render_page(
        request,
        "knowledge/article_edit.html",
        {
            "article": article,
            "form": form,
            "file_problems": file_problems or [],
            "cover": next((use for use in files if use.role == COVER), None),
            "attachments": [use for use in files if use.role == ATTACHMENT],
            "missing": missing_for_publishing(article),
            "take_pictures": PICTURES.accept,
            "take_files": ENCLOSURES.accept,
        },
        status=422 if form.errors or file_problems else 200,
    )


def show_both(request: PortalRequest, kept: Kept) -> HttpResponse:
    """Show what two people wrote at once, side by side; nothing is saved and nothing is lost."""
    return render_page(
        request,
        "knowledge/article_both.html",
        {
            "article": kept.article,
            "differs": kept.differs,
            "typed": typed_in(request.POST),
            "faster": kept.article.last_saved_by(),
        },
        status=409,
    )


@require_POST
def remove(request: PortalRequest, pk: int, public_id: str) -> HttpResponse:
    """Take a file off the article; what was typed beside it is kept by the page's own form."""
    article = article_of(request, pk)
    actor = editor_of(request, article)
    use = next((use for use in files_of(article) if str(use.public_id) == str(public_id)), None)
    if use is None:
        raise Http404
    try:
        remove_file(article, use=use, by=actor)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"เอา “{use.name}” ออกแล้ว")
    return redirect(f"{reverse('knowledge:article-edit', args=[pk])}#files")
