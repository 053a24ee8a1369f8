"""Files in and out: taken in and looked at, hung on things, read, drawn, swept."""

from portal.files.domain.kinds import FileKinds
from portal.files.services.pages import ask_for_pages, render_pages
from portal.files.services.storing import FileRefused, StorageFull, store_bytes, store_upload
from portal.files.services.sweeping import sweep_files
from portal.files.services.using import (
    attach,
    detach,
    files_of,
    files_of_many,
    open_file,
    read_bytes,
)

PDF_ONLY = FileKinds.PDF_ONLY
ENCLOSURES = FileKinds.ENCLOSURES
PICTURES = FileKinds.PICTURES

__all__ = [
    "ENCLOSURES",
    "PDF_ONLY",
    "PICTURES",
    "FileKinds",
    "FileRefused",
    "StorageFull",
    "ask_for_pages",
    "attach",
    "detach",
    "files_of",
    "files_of_many",
    "open_file",
    "read_bytes",
    "render_pages",
    "store_bytes",
    "store_upload",
    "sweep_files",
]
