"""Names of files as people gave them: cleaned, and kept in Thai."""

from __future__ import annotations

import unicodedata

from portal.files.domain.kinds import TYPES

MAX_NAME = 150
MAX_ENDING = 10
KILOBYTE = 1024
NBSP = "\u00a0"
# Forbidden on Windows, where most schools will save the file.
FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
# Zero-width joiners and the marks that turn the reading direction ("cod.exe" shown as "exe.doc").
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)


def clean_name(name: str, media_type: str) -> str:
    """Return the name as it may be shown and saved, with an ending that fits the type.

    No path, no control or direction marks, at most 150 characters; Thai stays Thai.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(letter for letter in text if unicodedata.category(letter) not in UNSEEN)
    text = " ".join(text.translate(FORBIDDEN).split())
    stem, ending = split_ending(text)
    kind = TYPES.get(media_type)
    if kind and ending.lower() not in kind.endings:
        stem, ending = (stem if not ending or is_known(ending) else text), kind.endings[0]
    stem = shorten(stem.strip(" ."), MAX_NAME - len(ending) - 1) or "ไฟล์"
    if stem.lower() in DEVICES:
        stem = f"_{stem}"
    return f"{stem}.{ending}" if ending else stem


def folder_name(text: str, *, most: int = 80) -> str:
    """Return a text as the name of a folder that Windows takes: Thai stays Thai."""
    text = unicodedata.normalize("NFC", text).replace("\\", "_").replace("/", "_")
    text = "".join(letter for letter in text if unicodedata.category(letter) not in UNSEEN)
    name = shorten(" ".join(text.translate(FORBIDDEN).split()).strip(" ."), most) or "โฟลเดอร์"
    return f"_{name}" if name.lower() in DEVICES else name


def split_ending(name: str) -> tuple[str, str]:
    """Split “แบบ 1.pdf” into “แบบ 1” and “pdf”; a dot in the middle of a sentence is no ending."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or not ending.isascii() or not ending.isalnum():
        return name, ""
    return (stem, ending) if len(ending) <= MAX_ENDING else (name, "")


def is_known(ending: str) -> bool:
    """Answer whether an ending belongs to a type the office takes."""
    return ending.lower() == "webp" or any(
        ending.lower() in kind.endings for kind in TYPES.values()
    )


def shorten(text: str, length: int) -> str:
    """Cut a text, but never between a consonant and the marks on it."""
    if len(text) <= length:
        return text
    while length and unicodedata.category(text[length]) == "Mn":
        length -= 1
    return text[:length].rstrip(" .")


def readable_size(size: int) -> str:
    """Write a size as people say it: 180 KB, 2.4 MB."""
    kilobytes = size / KILOBYTE
    if kilobytes < KILOBYTE:
        return f"{max(1, round(kilobytes))}{NBSP}KB"
    return f"{kilobytes / KILOBYTE:.1f}".removesuffix(".0") + f"{NBSP}MB"
