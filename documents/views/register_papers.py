"""Registers on paper and in spreadsheets, the year's end, and the slip of one receipt."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from documents.forms.registers import CloseForm, SpanForm
from documents.models import Arrival, RegisterBook, Series
from documents.policies import can_keep_register
from documents.services.closing import (
    YearEnd,
    books_of_year,
    close_year,
    closing_hashes,
    closing_paper,
    year_end,
)
from documents.services.lines import Span
from documents.services.printing import (
    DELIVERY,
    MOST_AT_ONCE,
    REGISTER,
    delivered,
    delivery_pdf,
    is_long,
    order_print,
    printing_of,
    prints_of,
    receipt_slip,
    register_pdf,
    register_xlsx,
)
from members.models import Unit
from members.services import act_where, may_do
from portal.core.actors import PortalRequest
from portal.core.clock import be_year, db_now
from portal.core.errors import DomainError
from portal.core.rendering import file_response, render_page
from portal.core.sheets import XLSX
from portal.files.domain.kinds import PDF


def book_of(request: PortalRequest, pk: int) -> RegisterBook:
    rows = RegisterBook.objects.visible_to(request.user).select_related("unit")
    return get_object_or_404(rows, pk=pk)


def is_outgoing(book: RegisterBook) -> bool:
    """Answer whether the book has a delivery book (form 16) beside it."""
    return book.series in {Series.OUT, Series.CIRCULAR}


# Printing ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def print_book(request: PortalRequest, pk: int) -> HttpResponse:
    """Ask which lines to print; a POST leaves a long book to the worker."""
    book = book_of(request, pk)
    if request.method == "GET":
        return show_print(request, book, SpanForm(request.GET or None))
    form = SpanForm(request.POST)
    paper = DELIVERY if request.POST.get("paper") == DELIVERY and is_outgoing(book) else REGISTER
    if form.is_valid():
        try:
            order_print(book, form.span(), paper=paper, by=request.actor)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "กำลังพิมพ์ เสร็จแล้วไฟล์จะขึ้นในหน้านี้")
            return redirect("documents:register-print", pk=pk)
    return show_print(request, book, form, status=422)


def show_print(
    request: PortalRequest,
    book: RegisterBook,
    form: SpanForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render the page of what to print, with the print in hand and those that are done."""
    span = form.span() if form.is_bound and form.is_valid() else Span()
    job = printing_of(book)
    count = span.of(book).count()
    asks_anew = request.htmx or not is_outgoing(book)  # the print in hand is asked for every 2 s
    deliveries = 0 if asks_anew else delivered(book, span).count()
    return render_page(
        request,
        "documents/register_print.html",
        {
            "book": book,
            "form": form,
            "count": count,
            "is_long": is_long(count),
            "most": MOST_AT_ONCE,
            "job": job,
            "job_percent": 100 * job.data.get("made", 0) // max(1, job.data.get("total", 0))
            if job
            else 0,
            "prints": prints_of(book),
            "is_outgoing": is_outgoing(book),
            "deliveries": deliveries,
            "is_long_delivery": is_long(deliveries),
            "problem": problem,
        },
        partial="job",
        status=422 if form.is_bound and form.errors else status,
    )


@require_GET
def register_file(request: PortalRequest, pk: int, kind: str) -> HttpResponse:
    """Return the lines asked for as PDF, as workbook, or as delivery book (form 16)."""
    book = book_of(request, pk)
    form = SpanForm(request.GET)
    if not form.is_valid():
        return show_print(request, book, form)
    span, name = form.span(), f"{book} {form.span().words()}".replace("/", "-")
    try:
        if kind == "register.xlsx":
            table = register_xlsx([book], span, by=request.actor)
            return file_response(table, XLSX, f"{name}.xlsx", is_saved=True)
        if kind == "delivery.pdf":
            if not is_outgoing(book):
                raise Http404
            pdf = delivery_pdf(book, span, by=request.actor)
            return file_response(pdf, PDF, f"สมุดส่ง {name}.pdf")
        pdf = register_pdf(book, span, by=request.actor)
        return file_response(pdf, PDF, f"{name}.pdf")
    except DomainError as error:
        return show_print(request, book, form, problem=str(error), status=422)


@require_GET
def slip(request: PortalRequest, pk: int) -> HttpResponse:
    """Return the receipt slip (form 17) of one arrival, to both its sides."""
    rows = Arrival.objects.receipted_to(request.user)
    arrival = get_object_or_404(
        rows.select_related("letter", "unit", "entry", "received_by"), pk=pk
    )
    try:
        return file_response(receipt_slip(arrival), PDF, f"ใบรับหนังสือ {arrival.pk}.pdf")
    except DomainError as error:
        raise Http404 from error


# The end of a year -------------------------------------------------------------------------------


def year_of(request: PortalRequest, unit: int, year: int) -> YearEnd:
    """Return the unit's year, of whose books this person reads one; 404 otherwise."""
    books = RegisterBook.objects.visible_to(request.user).filter(unit=unit, be_year=year)
    found = get_object_or_404(Unit.objects.select_related("office"), pk=unit)
    if not books.exists():
        raise Http404
    return year_end(found, year)


@require_http_methods(["GET", "POST"])
def year(request: PortalRequest, unit: int, be_year_of_books: int) -> HttpResponse:
    """Show what a unit's registers of one year hold, and sign them off."""
    found = year_of(request, unit, be_year_of_books)
    if request.method == "GET":
        return show_year(request, found, CloseForm())
    actor = act_where(request.actor, can_keep_register, found.unit)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            close_year(found.unit, found.be_year, by=actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"ปิดทะเบียนปี {found.be_year} แล้ว")
            return redirect("documents:register-year", unit, be_year_of_books)
    return show_year(request, found, form, status=422)


def show_year(
    request: PortalRequest, found: YearEnd, form: CloseForm, *, status: int = 200
) -> HttpResponse:
    hashes = closing_hashes([one.book for one in found.books])
    return render_page(
        request,
        "documents/register_year.html",
        {
            "found": found,
            "books": [(one, hashes.get(one.book.pk, "")) for one in found.books],
            "form": form,
            "is_past": found.be_year < be_year(db_now()),
            "may_close": not found.is_closed
            and found.be_year < be_year(db_now())
            and may_do(request.actor, can_keep_register, found.unit),
        },
        status=status,
    )


@require_GET
def year_file(request: PortalRequest, unit: int, be_year_of_books: int, kind: str) -> HttpResponse:
    """Return the sign-off as PDF, or all registers of the year as one workbook."""
    found = year_of(request, unit, be_year_of_books)
    name = f"{found.unit.label} {found.be_year}"
    if kind == "registers.xlsx":
        books = list(books_of_year(found.unit, found.be_year))
        table = register_xlsx(books, Span(), by=request.actor)
        return file_response(table, XLSX, f"ทะเบียน {name}.xlsx", is_saved=True)
    try:
        pdf = closing_paper(found, by=request.actor)
    except DomainError:
        return redirect("documents:register-year", unit, be_year_of_books)
    return file_response(pdf, PDF, f"ปิดทะเบียน {name}.pdf")
