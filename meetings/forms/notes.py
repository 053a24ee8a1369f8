"""What is typed on a one-page note, and on a mind map."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from meetings.domain.maps import MOST_CHARACTERS, BadTree, Tree, clean_tree, from_outline
from meetings.domain.notes import (
    BOXES,
    LONGEST_BOX,
    MOST_TASKS,
    PART_NAMES,
    TASK_LIMITS,
    Rows,
    clean_tasks,
)
from meetings.models import Note
from portal.core.thaitext import tidy

LARGEST_VERSION = 2_000_000_000
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ROW_NAMES = tuple(TASK_LIMITS)
LEAST_ROWS = 2


class BoxField(forms.CharField):
    """A box of the note: lines of text without signs nobody sees."""

    def __init__(self, *, label: str) -> None:
        widget = forms.Textarea(attrs={"rows": 6})
        super().__init__(label=label, required=False, strip=False, widget=widget)

    def to_python(self, value: Any) -> str:
        text = "\n".join(tidy(str(value or "")).splitlines())
        return UNSEEN.sub("", text).rstrip()

    def validate(self, value: Any) -> None:
        if (over := len(value) - LONGEST_BOX) > 0:
            raise ValidationError(
                f"ยาวเกินไป {over:,} ตัวอักษร ช่องหนึ่งเก็บได้ไม่เกิน {LONGEST_BOX:,} ตัวอักษร"
            )


def _version() -> forms.IntegerField:
    return forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=LARGEST_VERSION
    )


class NoteForm(forms.Form):
    """The whole page; what is valid is kept also when a box is far too long.

    The rows of tasks come as task-0, who-0, by-0, and so on; `rows` says how many there are.
    """

    version = _version()
    heard = BoxField(label="สุ ฟัง")
    thought = BoxField(label="จิ คิด")
    asked = BoxField(label="ปุ ถาม")
    written = BoxField(label="ลิ เขียน")
    without_name = forms.BooleanField(label="คำถามของฉัน (ปุ) ไม่ต้องแสดงชื่อ", required=False)

    def __init__(self, *args: Any, note: Note, more_rows: bool = False, **kwargs: Any) -> None:
        typed = {name: getattr(note, name) for name in BOXES}
        initial = typed | {"version": note.version, "without_name": not note.asks_by_name}
        super().__init__(*args, **kwargs | {"initial": initial})
        self.note = note
        self.more_rows = more_rows

    @property
    def base_version(self) -> int:
        """The version that the writer's page was made from."""
        return int(self.cleaned_data.get("version") or 0)

    def changes(self) -> dict[str, Any]:
        """Return the fields of the note that were sent and are valid."""
        cleaned = self.cleaned_data
        found: dict[str, Any] = {
            name: cleaned[name] for name in BOXES if name in self.data and name in cleaned
        }
        if "rows" in self.data:
            found["tasks"] = clean_tasks(self.typed_rows)
            found["asks_by_name"] = not cleaned.get("without_name")
        return found

    @property
    def typed_rows(self) -> Rows:
        if not (self.is_bound and "rows" in self.data):
            return list(self.note.tasks)
        return [
            {name: UNSEEN.sub(" ", str(self.data.get(f"{name}-{n}", ""))) for name in ROW_NAMES}
            for n in range(MOST_TASKS)
        ]

    @property
    def rows(self) -> Rows:
        """The rows to show: those with words, and room for one more."""
        filled = clean_tasks(self.typed_rows)
        wanted = max(LEAST_ROWS, len(filled) + (1 if len(filled) > 1 else 0))
        if self.more_rows:
            wanted = max(wanted, len(filled) + 1, LEAST_ROWS + 1)
        empty = dict.fromkeys(ROW_NAMES, "")
        return [*filled, *(dict(empty) for _ in range(wanted - len(filled)))][:MOST_TASKS]

    @property
    def sentences(self) -> dict[str, str]:
        """The first thing wrong with each field."""
        return {name: str(problems[0]) for name, problems in self.errors.items()}

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in BOXES]


def merge(note: Note, changes: dict[str, Any]) -> dict[str, Any]:
    """Both versions of a note below each other, where they differ."""
    merged = dict(changes)
    for name in BOXES:
        theirs, mine = getattr(note, name), changes.get(name, "")
        if mine and theirs and mine != theirs:
            merged[name] = f"{theirs}\n{mine}"
        else:
            merged[name] = mine or theirs
    rows = [*note.tasks, *(row for row in changes.get("tasks", []) if row not in note.tasks)]
    return merged | {"tasks": rows}


def differences(note: Note, changes: dict[str, Any]) -> list[dict[str, str]]:
    """Where what was typed differs from the note as it stands, to be shown side by side."""
    found = [
        {"label": PART_NAMES[name], "mine": changes[name], "theirs": getattr(note, name)}
        for name in BOXES
        if name in changes and changes[name] != getattr(note, name)
    ]
    if "tasks" in changes and changes["tasks"] != note.tasks:
        found.append(
            {
                "label": "งานที่ฉันรับหรือมอบ",
                "mine": _rows_as_text(changes["tasks"]),
                "theirs": _rows_as_text(note.tasks),
            }
        )
    return found


def _rows_as_text(rows: Rows) -> str:
    return "\n".join(" · ".join(filter(None, row.values())) for row in rows)


# Mind maps --------------------------------------------------------------------------------------


class OutlineField(forms.Field):
    """Typed lines, whatever they hold; the tree that is made of them is judged, not the text."""

    def to_python(self, value: Any) -> str:
        return str(value or "").replace("\x00", "").replace("\r\n", "\n")


class MapForm(forms.Form):
    """A mind map, either as the outline that was typed or as the drawing's tree in JSON."""

    version = _version()
    outline = OutlineField(
        label="เค้าโครง",
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text="บรรทัดแรกคือเรื่องกลาง บรรทัดต่อไปคือกิ่ง เว้นวรรคหน้าบรรทัดสองเคาะเพื่อแตกกิ่งย่อย",
    )

    def __init__(self, data: QueryDict | None = None, *, title: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.title = title
        self.cleaned_tree: Tree | None = None

    @property
    def base_version(self) -> int:
        return int(self.cleaned_data.get("version") or 0)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            if self.data.get("tree"):
                self.cleaned_tree = clean_tree(_read_json(self.data["tree"]))
            else:
                self.cleaned_tree = from_outline(cleaned.get("outline") or "", title=self.title)
        except BadTree as error:
            self.add_error("outline", str(error))
        return cleaned


def _read_json(text: str) -> Any:
    if len(text) > 4 * MOST_CHARACTERS:
        raise BadTree("แผนที่นี้ใหญ่เกินไป ลบบางกิ่งแล้วลองอีกครั้ง")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadTree("อ่านแผนที่นี้ไม่ได้ เปิดหน้านี้ใหม่แล้วลองอีกครั้ง") from error
