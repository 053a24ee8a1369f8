"""The inbox as one would write it at first: counted pages, ordered by a column without an index.

The peer of the portal's inbox: the same data, sign-in and layers, and a smaller page. These are
addresses; `bench.parts.naively` serves them.
"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import Context, Template
from django.urls import path

from documents.models import Arrival
from portal.core.actors import PortalRequest
from portal.urls import urlpatterns as pages_of_the_portal

PAGE = """<!doctype html><title>Inbox</title><p>{{ page.paginator.count }}</p><ul>
{% for arrival in page %}<li>
<a href="{{ arrival.letter.get_absolute_url }}">{{ arrival.letter.subject }}</a>
{{ arrival.letter.number_text }} {{ arrival.letter.owner_unit.name }} {{ arrival.unit.name }}
{{ arrival.entry.number }} {{ arrival.letter.sent_at|date:"j M Y" }}</li>{% endfor %}</ul>
{% for number in page.paginator.page_range|slice:":10" %}
<a href="?page={{ number }}">{{ number }}</a>{% endfor %}"""


def inbox(request: PortalRequest) -> HttpResponse:
    """Show a page of everything that lies at the member's desks."""
    rows = (
        Arrival.objects.at_desk_of(request.user)
        .select_related("letter__owner_unit", "unit", "entry")
        .order_by("-letter__sent_at")
    )
    page = Paginator(rows, 40).get_page(request.GET.get("page"))
    return HttpResponse(Template(PAGE).render(Context({"page": page})))


urlpatterns = [path("naive/", inbox), *pages_of_the_portal]
