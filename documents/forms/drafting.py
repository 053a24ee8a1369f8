"""A new letter, and everything that is typed about a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from documents.domain import clean_questions, propose_lines
from documents.forms.draft_rows import (
    QuestionRow,
    ReferenceRow,
    Row,
    bound_problems,
    change_rows,
    id_in,
    question_as_typed,
    question_rows,
    read_rows,
    write_rows,
)
from documents.models import (
    INTERNAL_KINDS,
    OFFICE_KINDS,
    SCHOOL_KINDS,
    ActionRequired,
    Letter,
    LetterKind,
    MainSource,
    ResponseKind,
    Secrecy,
    Urgency,
)
from documents.services.addressing import addressee_of
from documents.services.drafting import refuse_secret
from documents.services.wording import reference_to
from members.models import Unit, UnitKind
from members.services import Actor
from portal.core.calendar import END_OF_DAY
from portal.core.clock import BANGKOK, db_now
from portal.core.drafts import Difference
from portal.core.errors import DomainError
from portal.core.formfields import KeyField, LimitedText, offer
from portal.core.thaidates import parse_date, parse_time, short_date, short_datetime
from portal.core.thaitext import tidy

LINES = ("line_new", "line_do", "line_by")
TEXTS = ("subject", "addressee", "body", "signer_name", "signer_position", *LINES)
CHOICES = ("kind", "action_required", "main_source", "response_kind")
LEVELS = ("urgency", "secrecy")
# What a thing is typed in, where that is not one control of its name.
CONTROLS = {"due_at": ["due_on", "due_time"], "questions": ["q-count"], "references": ["ref-count"]}
OTHER_LABELS = {"due_at": "กำหนดตอบ", "questions": "แบบสั้น", "references": "อ้างถึง"}


def _choice(label: str, choices: Any, *, radio: bool = False) -> forms.ChoiceField:
    widget = forms.RadioSelect if radio else forms.Select
    return forms.ChoiceField(label=label, choices=choices, widget=widget, required=False)


def _level(label: str, choices: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, required=False)


class DraftForm(forms.Form):
    """Everything that is typed about a letter; nothing is required before it is sent.

    What is valid is in `changes()` also when another field is not, so that a draft is always
    saved as far as it goes. A field that the request does not carry is no change.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    kind = _choice("ชนิดหนังสือ", [(kind.value, kind.label) for kind in OFFICE_KINDS])
    urgency = _level("ชั้นความเร็ว", Urgency.choices)
    secrecy = _level("ชั้นความลับ", Secrecy.choices)
    subject = LimitedText("เรื่อง", 500, "ใจความสั้นที่สุด ไม่เกิน 500 ตัวอักษร", rows=2)
    addressee = LimitedText(
        "เรียน", 300, "ตำแหน่งของผู้รับ เช่น ผู้อำนวยการโรงเรียนในสังกัดทุกโรงเรียน หรือ ผู้อำนวยการกลุ่ม"
    )
    action_required = _choice("ขอให้ผู้รับ", ActionRequired.choices)
    main_source = _choice("ตัวหนังสือ", MainSource.choices, radio=True)
    body = LimitedText(
        "ข้อความ", 20_000, "บรรทัดละย่อหน้า บรรทัดที่ขึ้นต้นด้วย 1. หรือ (1) จัดเป็นข้อให้เอง", rows=10
    )
    signer_name = LimitedText("ผู้ลงนาม", 200, "คำนำหน้า ชื่อ และนามสกุล")
    signer_position = LimitedText("ตำแหน่งผู้ลงนาม", 600, "บรรทัดละบรรทัด อย่างที่พิมพ์ใต้ชื่อ", rows=3)
    line_new = LimitedText("เรื่องใหม่", 200)
    line_do = LimitedText("ต้องทำ", 200)
    line_by = LimitedText("ภายใน", 200)
    response_kind = _choice("ให้ผู้รับตอบอย่างไร", ResponseKind.choices, radio=True)
    due_on = LimitedText("ภายในวันที่", 60, "เช่น 27 พ.ย. 2569 หรือ 27/11/2569")
    due_time = LimitedText("เวลา", 20, "เว้นว่างคือ 16.30 น.")

    def __init__(self, *args: Any, letter: Letter, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter
        self.actor = actor
        if letter.kind == LetterKind.SEALED:
            self.fields["addressee"].label = "ถึง"
        if not letter.addressee and (head := addressee_of(letter)):
            self.fields["addressee"].help_text = f"เว้นว่างคือ {head}"
        kind = cast("forms.ChoiceField", self.fields["kind"])
        kind.choices = [(str(one.value), str(one.label)) for one in letter.kinds_beside]

    def clean_secrecy(self) -> int:
        """Refuse what the portal may not carry, in the words of the service."""
        level = int(self.cleaned_data["secrecy"] or Secrecy.NORMAL)
        try:
            refuse_secret(level)
        except DomainError as error:
            raise ValidationError(str(error)) from error
        return level

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "due_on" in self.data and "due_on" in cleaned:
            self._clean_due(cleaned)
        if "q-count" in self.data:
            for problem in bound_problems(self.typed_questions):
                self.add_error(None, problem)
        return cleaned

    def _clean_due(self, cleaned: dict[str, Any]) -> None:
        """Make one moment of day and time, and name the part that cannot be read."""
        if not cleaned["due_on"]:
            if cleaned.get("due_time"):
                self.add_error("due_on", "ใส่วันที่ด้วย เช่น 27 พ.ย. 2569")
            else:
                cleaned["due_at"] = None
            return
        try:
            day = parse_date(cleaned["due_on"])
        except (ValueError, OverflowError):
            self.add_error("due_on", "ใส่วันที่ เช่น 27 พ.ย. 2569")
            return
        try:
            clock = parse_time(cleaned["due_time"]) if cleaned.get("due_time") else END_OF_DAY
        except ValueError:
            self.add_error("due_time", "ใส่เวลา เช่น 16.30")
            return
        due_at = datetime.combine(day, clock, tzinfo=BANGKOK)
        if due_at <= db_now():
            said = f"{short_datetime(due_at)} ผ่านไปแล้ว ใส่วันและเวลาที่ยังไม่ถึง"
            self.add_error("due_on", said)
            return
        cleaned["due_at"] = due_at

    # What the services take ---------------------------------------------------------------------

    def changes(self) -> dict[str, Any]:
        """Return the fields of the draft that were sent and are valid."""
        cleaned = self.cleaned_data
        sent = [name for name in (*TEXTS, *LEVELS) if name in self.data and name in cleaned]
        found = {name: cleaned[name] for name in sent if name in TEXTS or cleaned[name] != ""}
        found |= {name: cleaned[name] for name in CHOICES if cleaned.get(name)}
        if "due_at" in cleaned:
            found["due_at"] = cleaned["due_at"]
        if "q-count" in self.data:
            found["questions"] = self.typed_questions
        return found

    def references(self) -> list[dict[str, Any]] | None:
        """Return the references for `save_draft`; a letter the writer cannot see stays a text."""
        if "ref-count" not in self.data:
            return None
        rows = [row for row in self.typed_references if row["text"].strip()]
        ids = {id_in(row["letter"]) for row in rows}
        seen = Letter.objects.visible_to(self.actor.member).in_bulk(ids)
        return [
            {
                "text": tidy(row["text"]).strip()[:500],
                "to_letter": seen.get(id_in(row["letter"])),
            }
            for row in rows
        ]

    # What the page shows ------------------------------------------------------------------------

    @property
    def typed_questions(self) -> list[Row]:
        if self.is_bound and "q-count" in self.data:
            return read_rows(self.data, "q")
        return [question_as_typed(question) for question in self.letter.questions]

    @property
    def typed_references(self) -> list[Row]:
        if self.is_bound and "ref-count" in self.data:
            return read_rows(self.data, "ref")
        return [
            {"text": reference.text, "letter": str(reference.to_letter_id or "")}
            for reference in self.letter.references.all()
        ]

    @property
    def question_rows(self) -> list[QuestionRow]:
        return question_rows(self.typed_questions)

    @property
    def reference_rows(self) -> list[ReferenceRow]:
        return [
            ReferenceRow(index, row["text"], row["letter"])
            for index, row in enumerate(self.typed_references)
        ]

    @property
    def proposal(self) -> tuple[str, str, str]:
        """Return the three plain lines that the draft, as it was saved last, suggests."""
        return proposal_for(self.letter)

    @property
    def sentences(self) -> dict[str, str]:
        """Return the first thing wrong with each field, for the page that saves by itself."""
        return {name: str(errors[0]) for name, errors in self.errors.items() if name != "version"}


def proposal_for(letter: Letter) -> tuple[str, str, str]:
    """Return the three plain lines that the letter's own words suggest."""
    return propose_lines(
        letter.subject,
        action=letter.action_required,
        response=letter.response_kind,
        due_text=short_datetime(letter.due_at) if letter.due_at else "",
    )


def as_typed(letter: Letter) -> dict[str, Any]:
    """Return the draft as the controls of its page show it; empty lines are proposed."""
    typed: dict[str, Any] = {name: getattr(letter, name) for name in (*TEXTS, *CHOICES, *LEVELS)}
    typed["version"] = letter.version
    if letter.due_at:
        due = letter.due_at.astimezone(BANGKOK)
        typed |= {"due_on": short_date(due), "due_time": f"{due:%H.%M}"}
    if letter.subject and not any(typed[name] for name in LINES):
        typed |= dict(zip(LINES, proposal_for(letter), strict=True))
    return typed


# What a button of the page changes before the draft is saved ------------------------------------


def press(
    data: QueryDict, action: str, *, letter: Letter, actor: Actor, deadlines: Mapping[str, date]
) -> None:
    """Change what was typed as the button says: a row, a proposal, a deadline, a reference."""
    what, _, rest = action.partition(":")
    deed, _, place = rest.partition(":")
    if what == "ref" and deed == "pick":
        _pick_reference(data, place, actor)
    elif what in {"q", "ref"}:
        change_rows(data, what, deed, place)
    elif what == "lines":
        _propose(data, letter)
    elif what == "due" and deed in deadlines:
        data["due_on"] = short_date(deadlines[deed])
        data["due_time"] = f"{END_OF_DAY:%H.%M}"


def _pick_reference(data: QueryDict, place: str, actor: Actor) -> None:
    seen = Letter.objects.visible_to(actor.member).select_related("office")
    if letter := seen.filter(pk=id_in(place)).first():
        rows = [row for row in read_rows(data, "ref") if row["text"].strip()]
        rows.append({"text": reference_to(letter), "letter": str(letter.pk)})
        write_rows(data, "ref", rows)
        data["ref_q"] = ""


def _propose(data: QueryDict, letter: Letter) -> None:
    day, clock = data.get("due_on", "").strip(), data.get("due_time", "").strip()
    try:
        day = short_date(parse_date(day)) if day else ""
    except ValueError:
        day = ""  # the field says what is wrong with it
    due_text = f"{day} {clock or f'{END_OF_DAY:%H.%M}'} น." if day else ""
    lines = propose_lines(
        data.get("subject", letter.subject),
        action=data.get("action_required", letter.action_required),
        response=data.get("response_kind", letter.response_kind),
        due_text=due_text,
    )
    for name, line in zip(LINES, lines, strict=True):
        data[name] = line


# Two people at one draft ------------------------------------------------------------------------


def differences(form: DraftForm, current: Letter) -> list[Difference]:
    """Return what the writer's page says otherwise than the draft as it stands now."""
    mine = form.changes()
    if "questions" in mine:
        mine["questions"] = clean_questions(mine["questions"]).values
    if (references := form.references()) is not None:
        mine["references"] = [row["text"] for row in references]
    theirs = {name: getattr(current, name) for name in mine if name != "references"}
    theirs["references"] = [reference.text for reference in current.references.all()]
    return [
        Difference(name, _label(form, name), _shown(form, name, value), _shown(form, name, their))
        for name, value in mine.items()
        if (their := theirs[name]) != value
    ]


def _label(form: DraftForm, name: str) -> str:
    return OTHER_LABELS.get(name) or str(form.fields[name].label)


def _shown(form: DraftForm, name: str, value: Any) -> str:
    if name == "due_at":
        return short_datetime(value) if value else "ไม่มีกำหนด"
    if name == "questions":
        return "\n".join(question["label"] for question in value)
    if name == "references":
        return "\n".join(value)
    choices = getattr(form.fields[name], "choices", None)
    return str(dict(choices).get(value, value)) if choices else str(value)


# A new letter -----------------------------------------------------------------------------------


WAYS = {
    LetterKind.MEMO: " ถึงกลุ่มในสำนักงานหรือผู้อำนวยการ",
    LetterKind.ORDER: " ออกเลขคำสั่งของสำนักงาน",
    LetterKind.ANNOUNCEMENT: " ออกเลขประกาศของสำนักงาน",
}
SCHOOL_WAYS = {
    LetterKind.EXTERNAL: " ถึงสำนักงานหรือโรงเรียนอื่น",
    LetterKind.CIRCULAR: " ถึงหลายโรงเรียน",
    **dict.fromkeys(INTERNAL_KINDS, " ภายในโรงเรียน"),
}


class NewLetterForm(forms.Form):
    """Whose letter, and of which kind."""

    key = KeyField(required=False)
    owner_unit = forms.ModelChoiceField(
        label="เจ้าของเรื่อง",
        queryset=Unit.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "เลือกเจ้าของเรื่อง", "invalid_choice": "เลือกเจ้าของเรื่อง"},
    )
    kind = forms.ChoiceField(
        label="ชนิดหนังสือ",
        choices=[(kind.value, f"{kind.label}{WAYS.get(kind, '')}") for kind in OFFICE_KINDS],
        widget=forms.RadioSelect,
        initial=LetterKind.CIRCULAR,
        error_messages={"required": "เลือกชนิดหนังสือ"},
    )

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner_unit", units)
        self.fields["owner_unit"].initial = units[0].pk
        if all(unit.kind == UnitKind.SCHOOL for unit in units):
            kind = cast("forms.ChoiceField", self.fields["kind"])
            kind.choices, kind.initial = school_kinds(), LetterKind.EXTERNAL


def school_kinds() -> list[tuple[str, str]]:
    """Return the kinds of letter of a school, with where each goes."""
    return [(str(kind.value), f"{kind.label}{SCHOOL_WAYS.get(kind, '')}") for kind in SCHOOL_KINDS]
