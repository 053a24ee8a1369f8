"""What stands on the office's printed papers: their data, their words, and where the stamp goes."""

from portal.papers.domain.notes import (
    NOTE_BOXES,
    NOTE_PARTS,
    NoteFill,
    NotePaper,
    PartFill,
    note_fill,
)
from portal.papers.domain.papers import (
    TEMPLATES,
    LetterPaper,
    Paragraph,
    StampPaper,
    paragraphs,
    signature_lines,
)
from portal.papers.domain.places import (
    PLACES,
    STAMP_HEIGHT_MM,
    STAMP_WIDTH_MM,
    TURNS,
    SeenPage,
    stamp_box,
)
from portal.papers.domain.registers import (
    ClosedBook,
    ClosingPaper,
    SlipPaper,
    TableCell,
    TableColumn,
    TablePaper,
    TableRow,
)
from portal.papers.domain.wording import made_at, printable

__all__ = [
    "NOTE_BOXES",
    "NOTE_PARTS",
    "PLACES",
    "STAMP_HEIGHT_MM",
    "STAMP_WIDTH_MM",
    "TEMPLATES",
    "TURNS",
    "ClosedBook",
    "ClosingPaper",
    "LetterPaper",
    "NoteFill",
    "NotePaper",
    "Paragraph",
    "PartFill",
    "SeenPage",
    "SlipPaper",
    "StampPaper",
    "TableCell",
    "TableColumn",
    "TablePaper",
    "TableRow",
    "made_at",
    "note_fill",
    "paragraphs",
    "printable",
    "signature_lines",
    "stamp_box",
]
