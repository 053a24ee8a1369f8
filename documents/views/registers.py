"""Registers: the books of a person's units, and one book, line by line."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from documents.forms.registers import StartForm
from documents.models import RegisterBook, RegisterEntry, Series
from documents.policies import can_set_start_number
from documents.services.registering import set_start_number
from members.models import Unit
from members.services import Actor
from portal.core.actors import PortalRequest
from portal.core.clock import be_year, db_now
from portal.core.errors import DomainError, require
from portal.core.pages import Address, keyset_page
from portal.core.rendering import render_page
from portal.core.thaitext import NO_BREAK_SPACE, normalise

PAGE_SIZE = 50
WHOLE_BOOK = 5_000
FIRST_COLUMN = {Series.IN: "เลขทะเบียนรับ"}


def keeping(request: PortalRequest) -> list[tuple[Unit, Actor]]:
    """Return the units whose first numbers this person may set, each with the post that may."""
    actor: Actor = request.actor
    posts = [
        Actor(member=actor.member, holding=held, holdings=actor.holdings)
        for held in actor.holdings or ()
    ]
    found: dict[int, tuple[Unit, Actor]] = {}
    for candidate in posts:
        unit = candidate.holding.post.unit if candidate.holding else None
        for one in (unit, unit.office if unit else None):
            if one is not None and can_set_start_number(candidate, one):
                found.setdefault(one.pk, (one, candidate))
    return list(found.values())


@require_GET
def registers(request: PortalRequest) -> HttpResponse:
    """List the books of this person's units, newest year first."""
    return show_registers(request)


def show_registers(request: PortalRequest, *, form: StartForm | None = None) -> HttpResponse:
    """Render the list of books, with the form for a first number where it may be set."""
    books = list(
        RegisterBook.objects.visible_to(request.user)
        .select_related("unit")
        .order_by("-be_year", "unit__sort_order", "unit__name", "series")
    )
    years: dict[int, list[RegisterBook]] = {}
    for book in books:
        years.setdefault(book.be_year, []).append(book)
    units = [unit for unit, _ in keeping(request)]
    return render_page(
        request,
        "documents/registers.html",
        {
            "years": list(years.items()),
            "many_units": len({book.unit_id for book in books}) > 1,
            "form": (form or StartForm(units=units)) if units else None,
            "only_unit": units[0] if len(units) == 1 else None,
            "this_year": be_year(db_now()),
        },
        status=422 if form is not None else 200,
    )


@require_http_methods(["GET", "POST"])
def start(request: PortalRequest) -> HttpResponse:
    """Set the first number of a register of this year, once."""
    found = keeping(request)
    require(bool(found))
    if request.method == "GET":
        return redirect("documents:registers")
    form = StartForm(request.POST, units=[unit for unit, _ in found])
    if form.is_valid():
        given = form.cleaned_data
        by = next(actor for unit, actor in found if unit.pk == given["unit"].pk)
        try:
            book = set_start_number(
                given["unit"],
                series=given["series"],
                be_year_of_book=be_year(db_now()),
                start_number=given["start_number"],
                by=by,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{book} เริ่มที่เลข {book.start_number:,}")
            return redirect("documents:registers")
    return show_registers(request, form=form)


def matching(entries: QuerySet[RegisterEntry], words: str) -> QuerySet[RegisterEntry]:
    """Return the lines with this number, this letter number, or all the words in the subject."""
    plain = normalise(words)
    wanted = Q(letter_number__icontains=plain.replace(" ", NO_BREAK_SPACE))
    by_subject = Q()
    for word in plain.split():
        by_subject &= Q(subject_search__contains=word)
    if plain.isdecimal() and len(plain) < 9:
        wanted |= Q(number=int(plain))
    return entries.filter(wanted | by_subject)


@require_GET
def register(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one book, the last line first."""
    book = get_object_or_404(
        RegisterBook.objects.visible_to(request.user).select_related("unit"), pk=pk
    )
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    entries: QuerySet[RegisterEntry] = book.entries.select_related("letter")
    if words:
        entries = matching(entries, words)
    size = WHOLE_BOOK if request.GET.get("show") == "all" else PAGE_SIZE
    page = keyset_page(entries, order=("-number",), cursor=request.GET.get("after"), size=size)
    here = Address("documents:register", book.pk, q=words)
    others = RegisterBook.objects.filter(unit=book.unit_id, series=book.series)
    return render_page(
        request,
        "documents/register.html",
        {
            "book": book,
            "entries": page.items,
            "words": words,
            "is_first": page.is_first,
            "next_url": here.after(page.next_cursor),
            "all_url": here.url(show="all"),
            "years": [
                {
                    "url": other.get_absolute_url(),
                    "label": f"ปี {other.be_year}",
                    "count": None,
                    "current": other.pk == book.pk,
                }
                for other in others.order_by("-be_year")
            ],
            "first_column": FIRST_COLUMN.get(Series(book.series), "เลขทะเบียนส่ง"),
            "is_in": book.series == Series.IN,
        },
        partial="rows",
    )
