"""Registers: the books of a person's units, and one book, line by line."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from documents.forms.registers import StartForm
from documents.models import SHELF_ORDER, RegisterBook, RegisterEntry, Series
from documents.policies import can_issue, can_reserve, can_set_start_number
from documents.querysets import keeping_books
from documents.services.lines import (
    COLUMNS,
    books_beside,
    lines_of,
    names_in,
    names_of,
    page_of,
    with_parts,
)
from documents.services.registering import set_start_number
from members.models import Unit
from members.services import Actor
from portal.core.actors import PortalRequest
from portal.core.clock import be_year, db_now
from portal.core.errors import DomainError, require
from portal.core.formfields import is_id
from portal.core.pages import Address, cut, keyset_page, place_after
from portal.core.rendering import render_page
from portal.core.thaitext import NO_BREAK_SPACE, normalise

PAGE_SIZE = 50
WHOLE_BOOK = 5_000


def units_where(
    request: PortalRequest, may: Callable[[Actor, Unit], bool]
) -> list[tuple[Unit, Actor]]:
    """Return the units in which this person may do it, each with the post that may."""
    actor: Actor = request.actor
    posts = [
        Actor(member=actor.member, holding=held, holdings=actor.holdings)
        for held in actor.holdings or ()
    ]
    found: dict[int, tuple[Unit, Actor]] = {}
    for candidate in posts:
        unit = candidate.holding.post.unit if candidate.holding else None
        for one in (unit, unit.office if unit else None):
            if one is not None and may(candidate, one):
                found.setdefault(one.pk, (one, candidate))
    return list(found.values())


def keeping(request: PortalRequest) -> list[tuple[Unit, Actor]]:
    """Return the units whose first numbers this person may set, each with the post that may."""
    return units_where(request, can_set_start_number)


def issuing(request: PortalRequest) -> list[tuple[Unit, Actor]]:
    """Return the units in whose registers this person takes numbers by hand."""
    return units_where(request, can_issue)


def reserving(request: PortalRequest, series: str = Series.MEMO) -> list[tuple[Unit, Actor]]:
    """Return the units in whose series this person keeps numbers; memos are the widest right."""
    return units_where(request, lambda actor, unit: can_reserve(actor, (unit, series)))


@require_GET
def registers(request: PortalRequest) -> HttpResponse:
    """List the books of this person's units, newest year first."""
    return show_registers(request)


def show_registers(request: PortalRequest, *, form: StartForm | None = None) -> HttpResponse:
    """Render the list of books, with the form for a first number where it may be set."""
    books = list(
        RegisterBook.objects.visible_to(request.user)
        .select_related("unit")
        .order_by("-be_year", "unit__sort_order", "unit__name", SHELF_ORDER)
    )
    years: dict[int, list[RegisterBook]] = {}
    for book in books:
        years.setdefault(book.be_year, []).append(book)
    many_units = len({book.unit_id for book in books}) > 1
    units = [unit for unit, _ in keeping(request)]
    return render_page(
        request,
        "documents/registers.html",
        {
            "years": list(years.items()),
            "year_ends": {year: ends_of(found, many=many_units) for year, found in years.items()},
            "many_units": many_units,
            "may_issue": bool(issuing(request)),
            "may_reserve": bool(reserving(request)),
            "form": (form or StartForm(units=units)) if units else None,
            "only_unit": units[0] if len(units) == 1 else None,
            "this_year": be_year(db_now()),
        },
        status=422 if form is not None else 200,
    )


def ends_of(books: list[RegisterBook], *, many: bool) -> list[tuple[str, str]]:
    """Return where each unit's year is summed up, with the words of the link."""
    units = {book.unit_id: book for book in books}
    return [
        (
            reverse("documents:register-year", args=[unit_id, book.be_year]),
            f"สรุปสิ้นปี {book.unit.label}" if many else "สรุปสิ้นปี",
        )
        for unit_id, book in units.items()
    ]


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


def books_like(request: PortalRequest, pk: int) -> tuple[RegisterBook, list[RegisterBook]]:
    """Return a book that this person may read, and those of its unit and series: one question."""
    books = books_beside(pk, keeping_books(request.user))
    book = next((one for one in books if one.pk == pk), None)
    if book is None:
        raise Http404
    return book, books


@require_GET
def register(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one book, the last line first; a run of numbers is one line that unfolds."""
    book, books = books_like(request, pk)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    run = request.GET.get("run", "")
    cursor = request.GET.get("after")
    size = WHOLE_BOOK if request.GET.get("show") == "all" else PAGE_SIZE
    if words or is_id(run):
        entries = with_parts(book.entries.all())
        entries = matching(entries, words) if words else entries.filter(Q(pk=run) | Q(run_head=run))
        page = keyset_page(entries, order=("-number",), cursor=cursor, size=size)
    else:
        after = next(iter(place_after(cursor, (int,))), None)
        page = cut(page_of(book, after=after, size=size + 1), order=("-number",), size=size)
    here = Address("documents:register", book.pk, q=words, run=run if is_id(run) else "")
    names = {} if words or run else names_of(book, page.items)
    return render_page(
        request,
        "documents/register.html",
        {
            "book": book,
            "entries": page.items,
            "lines": [
                (line.words, names_in(names.get(line.entry.pk, ())))
                for line in lines_of(book, page.items)
            ],
            "book_url": book.get_absolute_url(),
            "columns": COLUMNS[book.series],
            "words": words,
            "run": is_id(run),
            "next_url": here.after(page.next_cursor),
            "all_url": here.url(show="all"),
            "years": [
                {
                    "url": other.get_absolute_url(),
                    "label": f"ปี {other.be_year}",
                    "count": None,
                    "current": other.pk == book.pk,
                }
                for other in books
            ],
            "first_column": COLUMNS[book.series][0].label,
        },
        partial="rows",
    )
