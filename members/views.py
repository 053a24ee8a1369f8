"""The doors of people and posts: who is who, choosing a post, and choosing recipients."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from members.forms import AudienceForm
from members.models import OFFICE_ROLES, SCHOOL_DESK_ROLES, Holding, Member, Unit, UnitKind
from members.policies import can_address
from members.services import holdings_of, office_of, save_audience, units_of
from portal.core.actors import PortalRequest
from portal.core.errors import ChooseCapacity, DomainError, require
from portal.core.rendering import render_page

NEVER_KEPT = {"csrfmiddlewaretoken", "as_holding"}
MOST_LISTED = 200


@require_GET
def person(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a colleague: name, posts, and how to reach them at work.

    Own telephone and address are shown to the person, and to who works in the same unit.
    """
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    seen = Unit.objects.visible_to(request.user).values("pk")
    held = Holding.objects.current().filter(member=member, post__unit__in=seen)
    holdings = list(held.select_related("post__unit__office").order_by("post__sort_order", "pk"))
    units = {holding.post.unit_id for holding in holdings}
    works_beside = Unit.objects.held_by(request.user).filter(pk__in=units).exists()
    is_self = member.pk == request.user.pk
    context = {
        "person": member,
        "posts": holdings,
        "shows_own": is_self or works_beside,
        "is_self": is_self,
    }
    return render_page(request, "members/person.html", context)


@require_GET
def unit(request: PortalRequest, pk: int) -> HttpResponse:
    """Show a unit: where it is, how to reach it, who holds its posts, and what belongs to it."""
    units = Unit.objects.visible_to(request.user)
    place = get_object_or_404(units.select_related("office", "district", "cluster"), pk=pk)
    held = Holding.objects.current().filter(post__unit=place).select_related("member", "post")
    lies_in = Q(district=place) | Q(cluster=place)
    if place.office_id == place.pk:
        lies_in |= Q(office=place, kind=UnitKind.GROUP)
    context = {
        "unit": place,
        "people": list(held.order_by("post__sort_order", "post__title", "pk")[:MOST_LISTED]),
        "units": list(units.open().filter(lies_in).order_by("sort_order", "name")[:MOST_LISTED]),
    }
    return render_page(request, "members/unit.html", context)


@require_POST
def choose_post(request: PortalRequest) -> HttpResponse:
    """Remember in the session in which of their posts the member acts from now on."""
    wanted = request.POST.get("holding", "")
    holding = next((held for held in holdings_of(request.user) if str(held.pk) == wanted), None)
    if holding is None:
        raise Http404
    request.session["holding"] = holding.pk
    return redirect(safe_address(request, request.POST.get("next", "")))


def capacity_page(request: HttpRequest, error: ChooseCapacity) -> HttpResponse:
    """Ask in which post the deed is done; the answer sends the same form again with it.

    What was posted is kept in hidden fields; files cannot be, and the page says so. The answer
    reaches the view as `request.actor`, through the middleware.
    """
    is_post = request.method == "POST"
    context = {
        "holdings": error.holdings,
        "kept": kept_fields(request) if is_post else [("next", request.get_full_path())],
        "action": request.get_full_path() if is_post else reverse("members:choose-post"),
        "button": "as_holding" if is_post else "holding",
        "has_files": bool(request.FILES) if is_post else False,
    }
    response = render_page(request, "members/choose_capacity.html", context, status=error.status)  # type: ignore[arg-type]  # the middleware made it a PortalRequest
    if getattr(request, "htmx", False):
        # The question is a page of its own, wherever the form meant its answer to go.
        response["HX-Retarget"] = "body"
        response["HX-Reswap"] = "innerHTML"
    return response


@require_POST
def audience_count(request: PortalRequest) -> HttpResponse:
    """Answer whom the picker means now, as a fragment; nothing is saved."""
    form = picker_of(request)
    return render_page(request, "members/audience_picker.html#count", {"audience": form})


@require_POST
def audience_find(request: PortalRequest, name: str) -> HttpResponse:
    """Answer one of the picker's long lists for the words typed; what is ticked stays."""
    if name not in AudienceForm.LABELS:
        raise Http404
    form = picker_of(request)
    if name not in form.offered:
        raise Http404
    return render_page(
        request, "members/audience_picker.html#options", {"picker": form.picker(name)}
    )


@require_POST
def audience_save(request: PortalRequest) -> HttpResponse:
    """Save what is chosen as a group of the acting unit, and go on choosing."""
    office = addressing_office(request)
    form = AudienceForm(request.POST, office=office)
    problem = _save(form, request)
    context = {
        "audience": form,
        "problem": problem,
        "saved_name": form.cleaned_data.get("name", ""),
        "kept": kept_fields(request),
        "action": safe_address(request, request.POST.get(form.add_prefix("next"), "")),
    }
    template = "members/audience_saved.html"
    if request.htmx:
        template = "members/audience_picker.html#saved"
    return render_page(request, template, context, status=422 if problem else 200)


def _save(form: AudienceForm, request: PortalRequest) -> str:
    """Save the group; return what stands in the way, or an empty text."""
    if not form.is_valid():
        return str(next(iter(form.errors.values()))[0])
    if not form.cleaned_data["name"].strip():
        return "ใส่ชื่อกลุ่มที่จะบันทึก"
    try:
        save_audience(
            form.cleaned_data["name"].strip(),
            form.rule,
            owner_unit=request.actor.holding.post.unit,
            by=request.actor,
        )
    except DomainError as error:
        return str(error)
    return ""


def picker_of(request: PortalRequest) -> AudienceForm:
    """Return the picker as it was sent: for a unit of the member that writes by itself, or whole.

    A school's people get no other than that of their school, and nobody's names with it.
    """
    wanted = request.POST.get("to-from", "")
    units = units_of(request.actor, OFFICE_ROLES | SCHOOL_DESK_ROLES) if wanted else []
    sender = next((unit for unit in units if str(unit.pk) == wanted), None)
    if sender is not None and sender.office is not None:
        return AudienceForm(request.POST, office=sender.office, sender=sender)
    return AudienceForm(request.POST, office=addressing_office(request))


def addressing_office(request: PortalRequest) -> Unit:
    """Return the office whose schools the acting post may choose among; others are 403."""
    require(can_address(request.actor))
    office = office_of(request.actor)
    assert office is not None
    return office


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was posted, for hidden fields of a form that sends it again."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in NEVER_KEPT
        for value in values
    ]


def safe_address(request: HttpRequest, address: str) -> str:
    """Return an address of this house; anything else is the first page."""
    if url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return reverse("home")
