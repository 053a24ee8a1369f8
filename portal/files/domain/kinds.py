"""Which files the office takes, and what people call them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
ZIP = "application/zip"
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OPEN_XML}.wordprocessingml.document"
XLSX = f"{_OPEN_XML}.spreadsheetml.sheet"
PPTX = f"{_OPEN_XML}.presentationml.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
PPT = "application/vnd.ms-powerpoint"


@dataclass(frozen=True)
class FileType:
    """One type of file: its endings (the first is the usual one), its name, its icon."""

    media_type: str
    endings: tuple[str, ...]
    label: str
    icon: str


TYPES = {
    kind.media_type: kind
    for kind in (
        FileType(PDF, ("pdf",), "PDF", "file-text"),
        FileType(DOCX, ("docx",), "Word", "file-text"),
        FileType(XLSX, ("xlsx",), "Excel", "file-spreadsheet"),
        FileType(PPTX, ("pptx",), "PowerPoint", "file-text"),
        FileType(DOC, ("doc",), "Word", "file-text"),
        FileType(XLS, ("xls",), "Excel", "file-spreadsheet"),
        FileType(PPT, ("ppt",), "PowerPoint", "file-text"),
        FileType(PNG, ("png",), "รูปภาพ", "image"),
        FileType(JPEG, ("jpg", "jpeg"), "รูปภาพ", "image"),
        FileType(ZIP, ("zip",), "zip", "paperclip"),
    )
}
PICTURE_TYPES = frozenset({PNG, JPEG})


class FileKinds(Enum):
    """What a form asks for: the letter itself, its enclosures, or pictures."""

    PDF_ONLY = "pdf"
    ENCLOSURES = "enclosures"
    PICTURES = "pictures"

    @property
    def media_types(self) -> frozenset[str]:
        return _TAKEN[self]

    @property
    def label(self) -> str:
        """The kinds as a sentence names them: “ใช้ … เท่านั้น”."""
        return _LABELS[self]

    @property
    def accept(self) -> str:
        """For the `accept` attribute of a file field: `.pdf,.docx`."""
        taken = [kind for kind in TYPES.values() if kind.media_type in self.media_types]
        endings = [ending for kind in taken for ending in kind.endings]
        redrawn = ["webp"] if JPEG in self.media_types else []
        return ",".join(f".{ending}" for ending in endings + redrawn)


_TAKEN = {
    FileKinds.PDF_ONLY: frozenset({PDF}),
    FileKinds.ENCLOSURES: frozenset(TYPES),
    FileKinds.PICTURES: PICTURE_TYPES,
}
_LABELS = {
    FileKinds.PDF_ONLY: "PDF",
    FileKinds.ENCLOSURES: "PDF, Word, Excel, PowerPoint, รูปภาพ (JPG, PNG) หรือ zip",
    FileKinds.PICTURES: "รูปภาพ (JPG, PNG)",
}
