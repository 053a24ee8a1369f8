"""Two people at one page: what they wrote differently, and what the one who chooses gives up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

NOT_TYPED = frozenset({"csrfmiddlewaretoken", "version", "action", "keep", "differs"})


@dataclass(frozen=True)
class Difference:
    """One thing that two people wrote differently; `is_mine` is which of them is offered first."""

    name: str
    label: str
    mine: str
    theirs: str
    is_mine: bool = True
    is_rich: bool = False


def typed_in(data: QueryDict) -> list[tuple[str, str]]:
    """Return what was typed on the page, to be carried by the page that shows both texts."""
    return [
        (name, str(value))
        for name, values in data.lists()
        if name not in NOT_TYPED and not name.startswith("keep-")
        for value in values
    ]


def keep_chosen(data: QueryDict, controls: Mapping[str, Sequence[str]] | None = None) -> None:
    """Take out what the writer gave up; the rest is saved.

    `controls` names what a thing is typed in, where that is not one control of its name.
    """
    everything = data.get("keep", "")
    for name in data.getlist("differs"):
        if (everything or data.get(f"keep-{name}")) == "theirs":
            for control in (controls or {}).get(name, [name]):
                data.pop(control, None)
