"""What the demo's letters say: written for this project in the manner of an area office."""

from __future__ import annotations

from portal.home.management.demo.texts.first_dozen import FIRST_DOZEN
from portal.home.management.demo.texts.moments import (
    ASSIGN_NOTES,
    DRAFTS,
    EXTENSIONS,
    REFUSALS,
    RETURNS,
    SHOWCASE,
    SUBMITTED,
    TEXT_ANSWERS,
)
from portal.home.management.demo.texts.people import GROUPS, MEN, SURNAMES, WOMEN
from portal.home.management.demo.texts.second_dozen import SECOND_DOZEN
from portal.home.management.demo.texts.shapes import Template

TEMPLATES = (*FIRST_DOZEN, *SECOND_DOZEN)

__all__ = [
    "ASSIGN_NOTES",
    "DRAFTS",
    "EXTENSIONS",
    "GROUPS",
    "MEN",
    "REFUSALS",
    "RETURNS",
    "SHOWCASE",
    "SUBMITTED",
    "SURNAMES",
    "TEMPLATES",
    "TEXT_ANSWERS",
    "WOMEN",
    "Template",
]
