"""Drafts: begin, save without losing anything, attach, hand in, give back, throw away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from documents.domain import clean_questions
from documents.models import (
    INTERNAL_KINDS,
    OFFICE_KINDS,
    SCHOOL_KINDS,
    ActionRequired,
    Letter,
    LetterKind,
    LetterOrigin,
    LetterReference,
    LetterState,
    MainSource,
    ResponseKind,
    Secrecy,
)
from documents.policies import can_edit, can_register, can_write
from documents.services.addressing import addressee_of, refuse_beyond_reach
from members.models import Role, Unit, UnitKind
from members.services import Actor, own_title, signing_holding
from portal.audit.services import record
from portal.core.clock import db_now
from portal.core.errors import Conflict, DomainError, require
from portal.core.once import once
from portal.core.seen import require_as_seen
from portal.core.thaitext import normalise, tidy
from portal.files.models import FileUse, StoredFile
from portal.files.services import attach, detach, files_of
from portal.outbox.services import publish
from portal.papers.domain import signature_lines
from portal.search.services import refresh

MAIN = "main"
ENCLOSURE = "enclosure"
MAX_ENCLOSURES = 20
AUDIENCE = ("audience_rule",)
DRAFT_FIELDS = frozenset(
    {
        "kind",
        "subject",
        "addressee",
        "urgency",
        "secrecy",
        "action_required",
        "response_kind",
        "questions",
        "due_at",
        "line_new",
        "line_do",
        "line_by",
        "main_source",
        "body",
        "signer_name",
        "signer_position",
    }
)


class DraftConflict(Conflict):
    """The draft was saved elsewhere since this page was opened; `current` is how it stands now."""

    def __init__(self, current: Letter) -> None:
        super().__init__("มีคนแก้หน้านี้พร้อมกัน เลือกเก็บของท่าน ของเขา หรือดูทั้งสอง")
        self.current = current


def _locked_draft(letter: Letter, by: Actor) -> Letter:
    """Return the letter under lock, a draft that this actor may edit."""
    locked = Letter.objects.select_related("owner_unit").lock(letter.pk)
    require(can_edit(by, locked))
    if not locked.is_draft:
        raise DomainError(f"{locked} ไม่ใช่ร่างแล้ว จึงแก้ไม่ได้")
    return locked


@transaction.atomic
def create_letter(
    owner_unit: Unit,
    *,
    kind: str = LetterKind.CIRCULAR,
    key: UUID | None = None,
    by: Actor,
    **fields: Any,
) -> Letter:
    """There is a new draft of the unit; the same form sent twice began one.

    Drafts are not audited until they are handed in.
    """
    require(can_write(by, owner_unit))
    with once(by, key, {"begin": owner_unit.pk, "kind": kind}) as done:
        if done.is_repeat and done.result:
            return Letter.objects.get(pk=done.result["letter"])
        letter = _new_draft(owner_unit, kind=kind, by=by, **fields)
        done.result = {"letter": letter.pk}
    return letter


def _new_draft(owner_unit: Unit, *, kind: str, by: Actor, **fields: Any) -> Letter:
    now = db_now()
    office = owner_unit.office or owner_unit
    if owner_unit.kind == UnitKind.SCHOOL:
        fields = _from_school(owner_unit, office, kind) | fields
    elif kind not in OFFICE_KINDS:
        raise DomainError("เลือกชนิดหนังสือจากรายการ")
    letter = Letter(
        office=office,
        owner_unit=owner_unit,
        drafter=by.member,
        kind=kind,
        created_at=now,
        saved_at=now,
        subject_search=normalise(fields.get("subject", "")),
        **fields,
    )
    letter.save(force_insert=True)
    return letter


def _from_school(school: Unit, office: Unit, kind: str) -> dict[str, Any]:
    """Return with what a school's letter begins.

    It goes to its office until other recipients are chosen; a circular has to be given its
    recipients, and an order, announcement or memo stays in the school.
    """
    if kind not in SCHOOL_KINDS:
        raise DomainError("เลือกชนิดหนังสือจากรายการ")
    begun: dict[str, Any] = {"origin": LetterOrigin.SCHOOL, **_head_of(school)}
    if kind in INTERNAL_KINDS:
        return begun | {"audience_rule": {"units": [school.pk]}}
    if kind == LetterKind.CIRCULAR:
        return begun
    return begun | {
        "audience_rule": {"units": [office.pk]},
        "action_required": ActionRequired.CONSIDER,
    }


def _head_of(school: Unit) -> dict[str, str]:
    """Return who signs for the school today, when somebody is known; a stand-in with the words."""
    holding = signing_holding(school, Role.SCHOOL_DIRECTOR)
    if holding is None:
        return {}
    name, head = str(holding.member), f"ผู้อำนวยการ{school.name}"
    lines: tuple[str, ...] = (head,)
    if holding.acting_for_id is not None:
        words = holding.get_phrase_display()
        lines = signature_lines(name, own_title(holding), acting=words, principal=head)[1:]
    return {"signer_name": name, "signer_position": "\n".join(lines)}


def refuse_secret(level: int) -> None:
    """Secret levels are not built yet: they are offered, and refused in words."""
    if int(level) != Secrecy.NORMAL:
        raise DomainError("ระบบยังไม่รับหนังสือลับ ส่งเป็นกระดาษตามระเบียบว่าด้วยการรักษาความลับของทางราชการ")


@transaction.atomic
def save_draft(
    letter: Letter,
    *,
    version: int,
    changes: Mapping[str, Any],
    references: Sequence[Mapping[str, Any]] | None = None,
    by: Actor,
) -> Letter:
    """The draft holds `changes`; its version is one higher.

    `version` is the one the writer's page was made from: when the draft moved on since,
    DraftConflict is raised and nothing is changed. `references` is a list of
    `{"text": …, "to_letter": Letter or None}` and replaces the earlier ones.
    """
    if unknown := set(changes) - DRAFT_FIELDS:
        raise ValueError(f"not fields of a draft: {sorted(unknown)}")
    refuse_secret(changes.get("secrecy", Secrecy.NORMAL))
    locked = _locked_draft(letter, by)
    if changes.get("kind", locked.kind) not in locked.kinds_beside:
        raise DomainError("เปลี่ยนเป็นหนังสือชนิดนี้ไม่ได้ เริ่มร่างใหม่แล้วเลือกชนิดที่ต้องการ")
    if locked.is_internal and changes.get("response_kind", ResponseKind.NONE) != ResponseKind.NONE:
        raise DomainError("หนังสือภายในโรงเรียนไม่ต้องกำหนดแบบตอบ แจ้งเวียนแล้วดูว่าใครทราบได้")
    if locked.version != version:
        raise DraftConflict(locked)
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.subject = tidy(locked.subject)
    locked.subject_search = normalise(locked.subject)
    if "questions" in changes:
        locked.questions = clean_questions(changes["questions"]).values
    locked.version += 1
    locked.saved_at = db_now()
    locked.save(update_fields=[*changes, "subject", "subject_search", "version", "saved_at"])
    if references is not None:
        locked.references.all().delete()
        LetterReference.objects.bulk_create(
            LetterReference(letter=locked, position=position, **reference)
            for position, reference in enumerate(references)
        )
    return locked


@transaction.atomic
def set_audience(letter: Letter, *, rule: dict[str, Any], seen: str = "", by: Actor) -> Letter:
    """The draft is meant for the recipients of `rule` (see members.domain.AudienceRule).

    The version stays: a page of the draft that is open elsewhere holds no recipients to lose.
    Recipients that somebody else chose since they were `seen` are Overtaken.
    """
    locked = _locked_draft(letter, by)
    require_as_seen(locked, AUDIENCE, seen)
    refuse_beyond_reach(locked, rule)
    locked.audience_rule = rule
    locked.saved_at = db_now()
    locked.save(update_fields=["audience_rule", "saved_at"])
    return locked


@transaction.atomic
def attach_main(letter: Letter, *, stored: StoredFile, name: str, by: Actor) -> FileUse:
    """The PDF is the letter itself; an earlier one is taken off."""
    locked = _locked_draft(letter, by)
    for use in files_of(locked, MAIN):
        detach(use, by=by)
    locked.main_source = MainSource.UPLOADED
    locked.save(update_fields=["main_source"])
    return attach(stored, locked, role=MAIN, name=name, by=by)


@transaction.atomic
def attach_enclosure(letter: Letter, *, stored: StoredFile, name: str, by: Actor) -> FileUse:
    """The file is the last enclosure of the draft."""
    locked = _locked_draft(letter, by)
    earlier = files_of(locked, ENCLOSURE)
    if len(earlier) >= MAX_ENCLOSURES:
        raise DomainError(f"แนบได้ไม่เกิน {MAX_ENCLOSURES} ไฟล์ รวมไฟล์เป็น zip แล้วแนบใหม่")
    position = max((use.position for use in earlier), default=0) + 1
    return attach(stored, locked, role=ENCLOSURE, name=name, by=by, position=position)


@transaction.atomic
def move_enclosure(letter: Letter, *, public_id: str, step: int, by: Actor) -> None:
    """The enclosure stands one place further (or nearer) in the list; at an end it stays."""
    locked = _locked_draft(letter, by)
    uses = files_of(locked, ENCLOSURE)
    index = next((i for i, use in enumerate(uses) if str(use.public_id) == public_id), None)
    if index is None or not 0 <= index + step < len(uses):
        return
    uses.insert(index + step, uses.pop(index))
    for position, use in enumerate(uses, start=1):
        use.position = position
        use.save(update_fields=["position"])


@transaction.atomic
def remove_file(letter: Letter, *, use: FileUse, by: Actor) -> None:
    """The file no longer belongs to the draft."""
    locked = _locked_draft(letter, by)
    if use.pk not in {mine.pk for mine in files_of(locked)}:
        raise DomainError("ไฟล์นี้ไม่ได้อยู่ในร่างนี้แล้ว")
    detach(use, by=by)


def missing_for_sending(letter: Letter) -> list[tuple[str, str]]:
    """Return what the draft still lacks, as (field name, Thai sentence); empty when complete."""
    missing: list[tuple[str, str]] = []

    def lacks(is_lacking: object, field: str, sentence: str) -> None:
        if is_lacking:
            missing.append((field, sentence))

    lacks(not letter.subject.strip(), "subject", "ใส่เรื่อง")
    has_recipients = letter.audience_rule or letter.outside_party or letter.is_decree
    lacks(not has_recipients, "audience", "เลือกผู้รับ")
    if letter.main_source == MainSource.TYPED:
        lacks(not letter.body.strip(), "body", "พิมพ์ข้อความในหนังสือ")
        needs_addressee = not letter.is_decree and not addressee_of(letter)
        lacks(needs_addressee, "addressee", "ใส่ว่าเรียนหรือถึงผู้ใด")
        lacks(
            letter.kind != LetterKind.SEALED and not letter.signer_name.strip(),
            "signer_name",
            "ใส่ชื่อผู้ลงนาม",
        )
    else:
        lacks(not files_of(letter, MAIN), "main", "แนบหนังสือเป็นไฟล์ PDF")
    lacks(
        letter.response_kind == ResponseKind.FORM and not letter.questions,
        "questions",
        "ใส่คำถามในแบบสั้นอย่างน้อย 1 ข้อ",
    )
    if letter.response_kind == ResponseKind.FORM:
        for key, problem in clean_questions(letter.questions).errors.items():
            lacks(problem, "questions", f"คำถามข้อ {key.removeprefix('q')}: {problem}")
    lacks(
        letter.due_at and letter.due_at <= db_now(),
        "due_at",
        "กำหนดส่งผ่านไปแล้ว แก้วันและเวลาก่อนส่ง",
    )
    if letter.kind == LetterKind.CIRCULAR:
        for name, label in (("line_new", "เรื่องใหม่"), ("line_do", "ต้องทำ"), ("line_by", "ภายใน")):
            lacks(not getattr(letter, name).strip(), name, f"ใส่สรุปสามบรรทัด ช่อง “{label}”")
    return missing


def require_complete(letter: Letter) -> None:
    if missing := missing_for_sending(letter):
        raise DomainError("ยังขาด: " + " · ".join(sentence for _, sentence in missing))


@transaction.atomic
def submit_letter(letter: Letter, *, by: Actor) -> Letter:
    """The complete draft waits for the registrar, who is told."""
    locked = _locked_draft(letter, by)
    if locked.is_numbered_by_owner:
        raise DomainError(f"{locked.owner_unit.name}ออกเลขและส่งเอง ไม่ต้องเสนอออกเลข")
    require_complete(locked)
    locked.move_to(LetterState.SUBMITTED)
    locked.submitted_at = db_now()
    locked.return_reason = ""
    locked.save(update_fields=["state", "submitted_at", "return_reason"])
    record("letter.submitted", locked, by=by, state=[LetterState.DRAFT, LetterState.SUBMITTED])
    publish("documents.letter_submitted", locked, by=by)
    refresh(locked, by=by)
    return locked


@transaction.atomic
def return_letter(letter: Letter, *, reason: str, by: Actor) -> Letter:
    """The letter is a draft again, with the registrar's reason; its drafter is told."""
    locked = Letter.objects.select_related("owner_unit").lock(letter.pk)
    require(can_register(by, locked) or can_edit(by, locked))
    if not reason.strip():
        raise DomainError("บอกเหตุผลที่ส่งกลับ")
    locked.move_to(LetterState.DRAFT)
    locked.return_reason = reason.strip()
    locked.save(update_fields=["state", "return_reason"])
    record(
        "letter.returned",
        locked,
        by=by,
        state=[LetterState.SUBMITTED, LetterState.DRAFT],
        reason=locked.return_reason,
    )
    publish("documents.letter_returned", locked, by=by)
    refresh(locked, by=by)
    return locked


@transaction.atomic
def discard_letter(letter: Letter, *, by: Actor) -> Letter:
    """The draft is put away; `restore_letter` brings it back."""
    locked = _locked_draft(letter, by)
    locked.move_to(LetterState.DISCARDED)
    locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def restore_letter(letter: Letter, *, by: Actor) -> Letter:
    """The discarded draft is a draft again."""
    locked = Letter.objects.select_related("owner_unit").lock(letter.pk)
    require(can_edit(by, locked))
    locked.move_to(LetterState.DRAFT)
    locked.save(update_fields=["state"])
    return locked
