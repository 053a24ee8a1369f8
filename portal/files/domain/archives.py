"""Files that are zips inside, and Office files of the old kind: only their tables are read."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

from portal.files.domain.facts import Facts
from portal.files.domain.kinds import DOC, DOCX, PPT, PPTX, XLS, XLSX, ZIP
from portal.files.domain.problems import BadFile

MAX_ENTRIES = 1_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_TABLE = 4 * 1024 * 1024
MAX_CONTENT_TYPES = 1024 * 1024
END_MARK = b"PK\x05\x06"
END_BYTES = 22
MAX_COMMENT = 65_535
ENTRY_HEAD = 30
IS_LOCKED = 0x1
CONTENT_TYPES = "[Content_Types].xml"
ARCHIVES = frozenset(
    {"zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "zst", "cab", "iso", "arj", "lzh"}
)
PROGRAMS = frozenset(
    {"exe", "com", "scr", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "msi"}
    | {"lnk", "pif", "reg", "dll", "jar", "apk", "jnlp", "chm"}
)
OFFICE_PARTS = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
    b"presentationml.presentation.main+xml": PPTX,
    b"presentationml.slideshow.main+xml": PPTX,
}
OLE_STREAMS = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS, "PowerPoint Document": PPT}
MACROS = ("vbaproject.bin", "vbadata.xml")
MAKE_ANEW = "วิธีทำ: บันทึกหรือบีบอัดใหม่ แล้วแนบอีกครั้ง"


def inspect_zip(path: Path) -> Facts:
    """Return the type of a zip or an Office file, judged by its table of contents alone."""
    _refuse_table(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_sizes(entries)
            _refuse_overlaps(entries, archive.start_dir)
            _refuse_names(entries)
            if CONTENT_TYPES in archive.NameToInfo:
                return Facts(_office_type(archive, entries))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _broken() from error
    _refuse_entries(entries)
    return Facts(ZIP)


def _broken() -> BadFile:
    return BadFile("damaged", f"ไฟล์ zip หรือ Office นี้เสีย เปิดไม่ได้ {MAKE_ANEW}")


def _bomb(what: str) -> BadFile:
    return BadFile("bomb", f"{what} จึงไม่รับ {MAKE_ANEW}")


def _refuse_table(path: Path) -> None:
    """Read the end of the zip by hand, before anything is built from a table of a million lines."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - END_BYTES - MAX_COMMENT))
        tail = file.read()
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) < at + END_BYTES:
        raise _broken()
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    table = int.from_bytes(tail[at + 12 : at + 16], "little")
    if entries > MAX_ENTRIES or table > MAX_TABLE:
        raise _bomb(f"ข้างในมีไฟล์เกิน {MAX_ENTRIES:,} ไฟล์")


def _refuse_sizes(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise _bomb(f"ข้างในมีไฟล์เกิน {MAX_ENTRIES:,} ไฟล์")
    if unpacked > MAX_UNPACKED:
        raise _bomb(f"แตกออกแล้วใหญ่เกิน {MAX_UNPACKED // 1024 // 1024} MB")
    if unpacked > MAX_RATIO * max(packed, 1) and unpacked > MAX_CONTENT_TYPES:
        raise _bomb("แตกออกแล้วใหญ่ผิดปกติเมื่อเทียบกับตัวไฟล์")


def _refuse_overlaps(entries: list[zipfile.ZipInfo], table_at: int) -> None:
    """Entries that share their bytes make a small bomb of any size."""
    free_from = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < free_from:
            raise _bomb("ส่วนต่าง ๆ ข้างในซ้อนทับกันผิดปกติ")
        free_from = entry.header_offset + ENTRY_HEAD + entry.compress_size
    if free_from > table_at:
        raise _broken()


def _refuse_names(entries: list[zipfile.ZipInfo]) -> None:
    """No entry may point outside the folder it is unpacked into."""
    for entry in entries:
        name = entry.orig_filename.replace("\\", "/")
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        leaves = name.startswith("/") or ".." in name.split("/") or name[1:2] == ":"
        if leaves or is_link or any(ord(letter) < ord(" ") for letter in name):
            raise BadFile("bad_names", f"ข้างในมีชื่อไฟล์ที่ชี้ออกนอกโฟลเดอร์ ไม่ปลอดภัย จึงไม่รับ {MAKE_ANEW}")


def _refuse_entries(entries: list[zipfile.ZipInfo]) -> None:
    """A zip for schools holds papers, not locked files, further archives or programs."""
    for entry in entries:
        ending = entry.filename.rpartition(".")[2].lower()
        if entry.flag_bits & IS_LOCKED:
            raise BadFile(
                "encrypted", "ไฟล์ zip นี้มีรหัสผ่าน ตรวจและเปิดไม่ได้ บีบอัดใหม่โดยไม่ใส่รหัสผ่าน แล้วแนบอีกครั้ง"
            )
        if ending in ARCHIVES:
            raise BadFile("nested", "ในไฟล์ zip นี้มีไฟล์บีบอัดซ้อนอยู่ แตกไฟล์ข้างในออกก่อน แล้วบีบอัดชั้นเดียว")
        if ending in PROGRAMS:
            raise BadFile("program", "ในไฟล์ zip นี้มีโปรแกรมอยู่ ไม่ปลอดภัย จึงไม่รับ เอาออกแล้วบีบอัดใหม่")


def _office_type(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str:
    """Return the type that the list of contents names; macros are refused."""
    with archive.open(CONTENT_TYPES) as file:
        listed = file.read(MAX_CONTENT_TYPES)
    has_macro = any(entry.filename.lower().endswith(MACROS) for entry in entries)
    if has_macro or b"macroEnabled" in listed:
        raise BadFile(
            "macro",
            "ไฟล์นี้มีมาโครอยู่ข้างใน ไม่ปลอดภัยต่อผู้รับ จึงไม่รับ "
            "วิธีทำ: แฟ้ม › บันทึกเป็น › เลือกชนิดที่ไม่มีมาโคร (.docx, .xlsx, .pptx)",
        )
    for part, media_type in OFFICE_PARTS.items():
        if part in listed:
            return media_type
    raise _broken()


def inspect_ole(path: Path) -> Facts:
    """Return the type of an old Office file by the streams it names."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise BadFile(
            "encrypted",
            "ไฟล์ Office นี้มีรหัสผ่าน ผู้รับจะเปิดไม่ได้ วิธีทำ: เปิดไฟล์ › แฟ้ม › ข้อมูล › เอารหัสผ่านออก แล้วแนบใหม่",
        )
    for stream, media_type in OLE_STREAMS.items():
        if f"{stream}\0".encode("utf-16-le") in content:
            return Facts(media_type)
    raise _broken()
