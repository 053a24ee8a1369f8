"""The one check every file goes through: type by its bytes, a real parse, a name that fits."""

from __future__ import annotations

from pathlib import Path

from portal.files.domain.archives import inspect_ole, inspect_zip
from portal.files.domain.facts import Facts
from portal.files.domain.kinds import JPEG, PICTURE_TYPES, PNG, TYPES, FileKinds
from portal.files.domain.names import split_ending
from portal.files.domain.pdfs import inspect_pdf
from portal.files.domain.pictures import redraw
from portal.files.domain.problems import BadFile, empty
from portal.files.domain.sniffing import HEAD_BYTES, Family, family_of, unknown, unwanted

PICTURE_FAMILIES = frozenset({Family.PNG, Family.JPEG, Family.WEBP})


def inspect(path: Path, name: str, kinds: FileKinds, redrawn: Path) -> Facts:
    """Return what the file is, or raise BadFile. A picture is drawn anew into `redrawn`."""
    if path.stat().st_size == 0:
        raise empty()
    with path.open("rb") as file:
        family = family_of(file.read(HEAD_BYTES))
    if family in PICTURE_FAMILIES:
        if not kinds.media_types & PICTURE_TYPES:
            raise unwanted(PNG if family is Family.PNG else JPEG, kinds)
        facts = redraw(path, redrawn)
    else:
        facts = _parse(path, name, family, kinds)
    if facts.media_type not in kinds.media_types:
        raise unwanted(facts.media_type, kinds)
    _refuse_ending(name, family, facts.media_type)
    return facts


def _parse(path: Path, name: str, family: Family, kinds: FileKinds) -> Facts:
    if family is Family.PDF:
        return inspect_pdf(path)
    if family is Family.ZIP:
        return inspect_zip(path)
    if family is Family.OLE:
        return inspect_ole(path)
    raise unknown(family, split_ending(name)[1], kinds)


def _refuse_ending(name: str, family: Family, media_type: str) -> None:
    """The name must end as the type does; a name without an ending gets one later."""
    ending = split_ending(name)[1].lower()
    kind = TYPES[media_type]
    fitting = {"webp", "png", *kind.endings} if family in PICTURE_FAMILIES else set(kind.endings)
    if family in PICTURE_FAMILIES:
        fitting |= {ending for taken in PICTURE_TYPES for ending in TYPES[taken].endings}
    if ending and ending not in fitting:
        raise BadFile(
            "wrong_ending",
            f"ชื่อไฟล์ลงท้ายว่า .{ending} แต่ข้างในเป็น {kind.label} "
            f"วิธีทำ: เปลี่ยนชื่อให้ลงท้ายว่า .{kind.endings[0]} หรือบันทึกไฟล์ใหม่ แล้วแนบอีกครั้ง",
        )
