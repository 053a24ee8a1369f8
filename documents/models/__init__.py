"""The tables of letters and registers."""

from documents.models.arrivals import (
    Arrival,
    ArrivalState,
    Assignment,
    Extension,
    Opening,
    Response,
    ResponseState,
    StampPlace,
)
from documents.models.letters import (
    ActionRequired,
    Dispatch,
    Letter,
    LetterKind,
    LetterReference,
    LetterState,
    MainSource,
    ResponseKind,
    Secrecy,
    Urgency,
)
from documents.models.registers import RegisterBook, RegisterEntry, Series

__all__ = [
    "ActionRequired",
    "Arrival",
    "ArrivalState",
    "Assignment",
    "Dispatch",
    "Extension",
    "Letter",
    "LetterKind",
    "LetterReference",
    "LetterState",
    "MainSource",
    "Opening",
    "RegisterBook",
    "RegisterEntry",
    "Response",
    "ResponseKind",
    "ResponseState",
    "Secrecy",
    "Series",
    "StampPlace",
    "Urgency",
]
