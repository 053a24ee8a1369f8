"""Rows of long lists are drawn by Jinja2, eight times as fast as by Django's own templates.

A page is a template of Django (`*.html`); what stands in it forty or two hundred times is a
template of Jinja2 beside it (`*.jinja`), put in by `{% rows "documents/inbox_rows.jinja" … %}`. It
is given values alone: no request, no member, no token of a form (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from jinja2 import BaseLoader, Environment, StrictUndefined

from portal.core.templatetags import portal as tags

STAND_IN = 1_973_000_001  # no row has it


class Marks(Environment):
    """Jinja2 whose templates see the globals themselves.

    It would give each a layer of its own above them, which is looked through name by name.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def environment(*, loader: BaseLoader, auto_reload: bool, **_: Any) -> Environment:
    """Return Jinja2 with the house's icons and words; a name that was not given is an error."""
    made = Marks(
        loader=loader,
        auto_reload=auto_reload,
        cache_size=-1,  # all of them; with a limit each look puts the used ones into a new order
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "address": address,
        "fresh": fresh,
        "icon": lru_cache(maxsize=1_000)(tags.icon),
        "remember": tags.remember,
        "state_of": tags.state_of,
        "static": static,
        "url": lru_cache(maxsize=1_000)(reverse),
        "zip": zip,
    }
    made.filters |= {
        "commas": tags.commas,
        "linebreaksbr": linebreaksbr,
        "neardate": tags.neardate,
        "tel": tags.tel,
        "thaidate": tags.thaidate,
        "thaidatetime": tags.thaidatetime,
        "urgency_word": tags.urgency_word,
    }
    return made


def address(name: str, pk: int) -> str:
    """Return the address of one thing, as `reverse` does, which looked it up once for all."""
    before, after = _around(name)
    return f"{before}{pk}{after}"


def fresh(template: str, **values: Any) -> SafeString:
    """Draw a template of Django with these values, as an include does; `remember` draws it once."""
    return render_to_string(template, values)


@lru_cache(maxsize=100)
def _around(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[STAND_IN]).partition(str(STAND_IN))
    return before, after
