"""Pieces of pages that are drawn once: the same values give the same HTML.

What stands on every page (the band, the bottom bar, the links of head and foot) and the small
components of many pages are drawn from a handful of values, and most readers see what was drawn
before. `draw(template, values)` keeps what a template of Django made of these values in the memory
of this process, with the values themselves as the key. So nothing can be stale, and nobody can see
what is not theirs: whoever has the same values would draw the same. The template knows nothing
else: no request, no member, no token of a form. Pages say it as `{% remember %}`, templates of
Jinja2 as `remember(…)`.

The fields of a form that nobody has typed into are such a piece, too (`Blank`); of a form that came
back with what was typed they are drawn anew. The rows of long lists are none: most are read once or
twice, and Jinja2 draws them anew at the same price (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.forms import BaseForm
from django.template import Context, engines
from django.utils.safestring import SafeString

PIECES = 20_000  # of about a kilobyte each


class Blank(NamedTuple):
    """A form before anybody typed into it: which one, and the values it is made of.

    A piece is given the form itself; it is made only when the piece is drawn.
    """

    kind: type[BaseForm]
    initial: tuple[tuple[str, Any], ...] = ()
    given: tuple[tuple[str, Any], ...] = ()

    @property
    def is_bound(self) -> bool:
        return False

    def form(self) -> BaseForm:
        return self.kind(initial=dict(self.initial), **dict(self.given))


def blank(kind: type[BaseForm], *, initial: Mapping[str, Any] | None = None, **given: Any) -> Blank:
    """Return the form as it is before anybody typed into it; made of values, as `draw` takes."""
    return Blank(kind, tuple((initial or {}).items()), tuple(given.items()))


def draw(template: str, values: Mapping[str, Any]) -> SafeString:
    """Return what the template makes of these values; drawn once for the same ones.

    Values are texts, numbers, moments, blank forms, and tuples of them (as a NamedTuple, too):
    what can be changed after it was drawn cannot be a key, and raises TypeError. With a form that
    somebody typed into, the piece is drawn anew.
    """
    given = tuple(values.values())
    if settings.DEBUG or any(isinstance(value, BaseForm) for value in given):
        return _draw(template, tuple(values), given)
    return _remembered(template, tuple(values), given, kinds_of(given))


def kinds_of(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the types of the values, so that equal ones which are drawn differently stay apart.

    A text that is safe HTML equals one that is not, and 1 equals True.
    """
    return tuple(
        [
            (type(value), kinds_of(value)) if isinstance(value, tuple) else type(value)
            for value in values
        ]
    )


@lru_cache(maxsize=PIECES)
def _remembered(
    template: str, names: tuple[str, ...], values: tuple[Any, ...], kinds: tuple[Any, ...]
) -> SafeString:
    return _draw(template, names, values)


def _draw(template: str, names: tuple[str, ...], values: tuple[Any, ...]) -> SafeString:
    engine = engines["django"].engine  # type: ignore[attr-defined]  # the engine of settings.TEMPLATES
    shown = (value.form() if isinstance(value, Blank) else value for value in values)
    drawn: SafeString = engine.get_template(template).render(
        Context(dict(zip(names, shown, strict=True)))
    )
    return drawn
