"""The tables of meetings."""

from meetings.models.meetings import (
    AgendaItem,
    Answer,
    Attendance,
    CancelCause,
    Heading,
    Meeting,
    MeetingState,
    Presence,
)
from meetings.models.notes import MindMap, Note
from meetings.models.resolutions import Correction, Resolution, Task, TaskState
from meetings.models.series import Rhythm, Series, SeriesState, Weekday

__all__ = [
    "AgendaItem",
    "Answer",
    "Attendance",
    "CancelCause",
    "Correction",
    "Heading",
    "Meeting",
    "MeetingState",
    "MindMap",
    "Note",
    "Presence",
    "Resolution",
    "Rhythm",
    "Series",
    "SeriesState",
    "Task",
    "TaskState",
    "Weekday",
]
