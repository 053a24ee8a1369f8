"""The answer of a recipient, in the shape the office asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import cached_property

from documents.domain import clean_answers
from documents.models import Arrival, HalfAnswer, Response, ResponseKind
from documents.services.answering import AnswerFile
from documents.services.half_answers import half_answer_of, half_files
from members.services import Actor
from portal.core.clock import db_now
from portal.core.errors import DomainError
from portal.core.formfields import KeyField, LimitedText
from portal.core.thaidates import near
from portal.files.models import StoredFile
from portal.files.services import ENCLOSURES, PICTURES, files_of, store_upload

STASH_SALT = "documents.answer-file"
STASH_SECONDS = 24 * 60 * 60
YES_NO = [("yes", "ใช่"), ("no", "ไม่ใช่")]
COMING = [("yes", "เข้าร่วม"), ("no", "ไม่เข้าร่วม")]


class ManyFilesInput(forms.FileInput):
    """A file control that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploaded files; none is an empty list."""

    widget = ManyFilesInput

    def __init__(self, **kwargs: Any) -> None:
        # An empty file is refused by name where it would be stored; the others stay.
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        if not data:
            return []
        rows = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(row, initial) for row in rows]


def stash_token(file: AnswerFile, member_id: int) -> str:
    """Return a signed word for a stored file, so that a refused form keeps it."""
    return signing.dumps(
        {"file": file.stored.pk, "name": file.name, "q": file.question, "by": member_id},
        salt=STASH_SALT,
    )


def unstash(token: str, member_id: int) -> AnswerFile | None:
    """Return the file of a token given to this member; None when it is not valid (any more)."""
    try:
        facts = signing.loads(token, salt=STASH_SALT, max_age=STASH_SECONDS)
    except signing.BadSignature:
        return None
    stored = StoredFile.objects.filter(pk=facts["file"]).first()
    if stored is None or facts["by"] != member_id:
        return None
    return AnswerFile(stored, facts["name"], facts["q"])


def _question_field(question: dict[str, Any]) -> forms.Field:
    common = {
        "label": question["label"],
        "help_text": question.get("hint", ""),
        "required": False,
    }
    kind = question["kind"]
    if kind == "choice":
        choices = [(choice, choice) for choice in question["choices"]]
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if kind == "yes_no":
        return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **common)
    if kind == "photos":
        return ManyFilesField(widget=ManyFilesInput(attrs={"accept": "image/*"}), **common)
    if kind == "text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)
    mode = "decimal" if kind == "number" else "text"
    return forms.CharField(
        widget=forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"}), **common
    )


class AnswerForm(forms.Form):
    """One answer; what was typed and uploaded stays when something has to be mended.

    Field names are the keys of the questions, with `answer`, `text` and `files` for the other
    kinds. `answer_files` holds every file of this version after `is_valid()`. `like` is the answer
    of another school of the same person: its files are offered, its pictures not ticked, since
    what a picture shows is that school's own.
    """

    key = KeyField()

    def __init__(
        self,
        *args: Any,
        arrival: Arrival,
        actor: Actor,
        like: Response | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.half = half_answer_of(arrival) if not self.is_bound else None
        self.like = None if self.half else like
        if self.half:
            self.initial = {**self.initial, **self.half.data}
        self.arrival = arrival
        self.actor = actor
        self.answer_files: list[AnswerFile] = []
        self.refused_files: set[str] = set()
        self.questions: list[dict[str, Any]] = []
        letter = arrival.letter
        kind = letter.response_kind
        if kind == ResponseKind.FORM:
            self.questions = letter.questions
            for question in self.questions:
                self.fields[question["key"]] = _question_field(question)
        if kind == ResponseKind.YES_NO:
            self.fields["answer"] = forms.ChoiceField(
                label="การเข้าร่วม",
                choices=COMING,
                widget=forms.RadioSelect,
                error_messages={"required": "เลือกเข้าร่วมหรือไม่เข้าร่วม"},
            )
        if kind in {ResponseKind.YES_NO, ResponseKind.FORM, ResponseKind.FILE, ResponseKind.TEXT}:
            self.fields["text"] = (
                LimitedText("คำตอบ", 5_000, ask="พิมพ์คำตอบ", rows=6)
                if kind == ResponseKind.TEXT
                else LimitedText("หมายเหตุ", 5_000, rows=2)
            )
        if kind in {ResponseKind.FILE, ResponseKind.TEXT}:
            self.fields["files"] = ManyFilesField(label="ไฟล์", required=False)

    @cached_property
    def controls(self) -> list[dict[str, Any]]:
        """Every visible field with its unit, and its files that are kept."""
        by_key = {question["key"]: question for question in self.questions}
        kept = self.stashed
        return [
            {
                "field": self[name],
                "unit": by_key.get(name, {}).get("unit", ""),
                "optional": name in by_key and not by_key[name].get("required"),
                "is_file": isinstance(field, ManyFilesField),
                "kept": [row for row in kept if row["slot"] == name],
            }
            for name, field in self.fields.items()
            if name != "key"
        ]

    @property
    def stashed(self) -> list[dict[str, Any]]:
        """Files that stay with this form: of the version before, or uploaded a moment ago."""
        return self._tokens(self.answer_files if self.is_bound else self._files_before())

    def files_with(self, half: HalfAnswer) -> list[dict[str, Any]]:
        """The files of this form, and those that a colleague put to the kept one meanwhile."""
        own = {(file.stored.pk, file.role) for file in self.answer_files}
        others = [file for file in half_files(half) if (file.stored.pk, file.role) not in own]
        return self._tokens([*self.answer_files, *others])

    def _tokens(self, files: list[AnswerFile]) -> list[dict[str, Any]]:
        member_id = self.actor.member.pk
        return [
            {
                "slot": file.question or "files",
                "name": file.name,
                "token": stash_token(file, member_id),
                "is_chosen": not (self.like and file.stored.is_picture),
            }
            for file in files
        ]

    def _files_before(self) -> list[AnswerFile]:
        if self.half:
            return half_files(self.half)
        return earlier_files(self.like or self.last)

    @cached_property
    def last(self) -> Response | None:
        """The answer given last, if any; set by who has looked already."""
        return self.arrival.responses.order_by("-version").first()

    @property
    def base(self) -> int:
        """The version of the answer that this one comes after."""
        return self.last.version if self.last else 0

    @property
    def half_version(self) -> int:
        """How often what stands here was kept; a refused form comes back with what it said."""
        if self.is_bound:
            return int(said) if (said := self.data.get("version") or "").isdecimal() else 0
        return self.half.version if self.half else 0

    @property
    def half_text(self) -> str:
        """Who kept it when, for the line above the form; empty when nothing was kept."""
        if self.half is None:
            return ""
        return f"กรอกค้างไว้โดย{self.half.saved_by} {near(self.half.saved_at, db_now())} ยังไม่ได้ส่ง"

    def filled(self) -> dict[str, str]:
        """Return what is filled in, right or wrong, for keeping it."""
        return {
            name: str(self.data.get(name, ""))
            for name, field in self.fields.items()
            if name != "key" and not isinstance(field, ManyFilesField)
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        member_id = self.actor.member.pk
        tokens = self.data.getlist("stash") if hasattr(self.data, "getlist") else []
        self.answer_files = [file for token in tokens if (file := unstash(token, member_id))]
        for name, field in self.fields.items():
            if isinstance(field, ManyFilesField):
                self._store(name, cleaned.get(name) or [])
        self._check_questions(cleaned)
        if self.arrival.letter.response_kind == ResponseKind.FILE and not self.answer_files:
            self.add_error("files", "แนบไฟล์อย่างน้อย 1 ไฟล์")
        return cleaned

    def _store(self, name: str, uploads: list[UploadedFile[Any]]) -> None:
        """Store what was uploaded; a file that cannot be taken is named, the others stay."""
        kinds = ENCLOSURES if name == "files" else PICTURES
        question = "" if name == "files" else name
        for upload in uploads:
            try:
                stored = store_upload(upload, by=self.actor, kinds=kinds)
            except DomainError as error:
                self.refused_files.add(name)
                self.add_error(name, f"{upload.name}: {error}")
            else:
                self.answer_files.append(AnswerFile(stored, upload.name or "file", question))

    def _check_questions(self, cleaned: dict[str, Any]) -> None:
        raw = {question["key"]: self.data.get(question["key"], "") for question in self.questions}
        checked = clean_answers(self.questions, raw)
        for key, problem in checked.errors.items():
            if key not in self.errors:
                self.add_error(key, problem)
        for question in self.questions:
            if question["kind"] != "photos":
                continue
            has_photo = any(file.question == question["key"] for file in self.answer_files)
            if question.get("required") and not has_photo and question["key"] not in self.errors:
                self.add_error(question["key"], "แนบภาพอย่างน้อย 1 ภาพ")

    def answer(self) -> dict[str, Any]:
        """Return the keywords of `submit_response`."""
        data = {
            name: self.cleaned_data.get(name, "")
            for name in self.fields
            if name not in {"key", "text", "files"}
            and not isinstance(self.fields[name], ManyFilesField)
        }
        return {
            "data": data,
            "text": self.cleaned_data.get("text", ""),
            "files": self.answer_files,
            "key": self.cleaned_data["key"],
        }


def earlier_files(last: Response | None) -> list[AnswerFile]:
    """Return the files of the last answer, which a new version keeps unless they are unticked."""
    if last is None:
        return []
    return [AnswerFile(use.stored, use.name, use.role.partition(":")[2]) for use in files_of(last)]


def earlier_answer(last: Response | None) -> dict[str, Any]:
    """Return the initial values for answering once more."""
    return {**last.data, "text": last.text} if last else {}
