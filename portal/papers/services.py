"""Typeset the office's papers, and lay the receipt stamp over a letter. Bytes in, bytes out."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import typst
from django.conf import settings
from PIL import Image

from portal.core.errors import DomainError
from portal.papers.domain import (
    PLACES,
    STAMP_HEIGHT_MM,
    STAMP_WIDTH_MM,
    TEMPLATES,
    TURNS,
    NoteFill,
    SeenPage,
    made_at,
    note_fill,
    printable,
    stamp_box,
)

FOLDER = Path(__file__).resolve().parent
NO_IMAGES: Mapping[str, bytes] = {}
# 16 pt of TH Sarabun is as large as 10.9 pt of the Sarabun in this app; the state's other fonts
# are drawn at the scale of TH Sarabun.
HOUSE_FONT = "Sarabun"
SIZE_FACTORS = {HOUSE_FONT: 10.9 / 16}
REMEMBERED = 10  # compilations, by Typst (`comemo::evict` in its Python binding)
NO_GLYPH = re.compile(r'the text `"(.+)"` could not be displayed')


# Typesetting ---------------------------------------------------------------------------------


def typeset(
    template: str, data: Mapping[str, Any], *, images: Mapping[str, bytes] = NO_IMAGES
) -> bytes:
    """The paper as PDF/A-2b; the same data always give the same bytes.

    `portal.papers.domain` names the templates and the shape of their data. Images are PNG or JPEG:
    "garuda", "signature" and "seal"; without one its place is drawn dashed or left free.
    """
    compiler = _compiler(template, data, images)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=made_at(data))
    except typst.TypstError as error:
        missing = NO_GLYPH.search(error.message)
        if missing is None:
            raise
        raise DomainError(f"พิมพ์ตัวอักษร “{missing[1]}” ไม่ได้ ให้ลบหรือใช้ตัวอักษรอื่นแทน") from error
    assert isinstance(pdf, bytes)
    return pdf


def typeset_parts(
    template: str,
    count: int,
    part: Callable[[int], Mapping[str, Any]],
    *,
    most_pages: int,
    progress: Callable[[int, int], None],
) -> list[bytes]:
    """A long paper out of `count` parts, numbered through, as PDFs of at most `most_pages` each.

    Every part is made when its turn comes, and forgotten: a table of twenty thousand lines in one
    piece would need gigabytes. `part(place)` gives the data; `progress(done, total)` is told after
    each step. All parts are measured first, since each page says how many there are.
    """
    firsts = [1]
    for place in range(count):
        measured = _compiler(template, part(place)).query("<last-page>", field="value", one=True)
        firsts.append(int(json.loads(measured)) + firsts[-1])
        forget()
        progress(place + 1, 2 * count)
    volumes: list[list[bytes]] = []
    begun = 1
    for place in range(count):
        numbers = {"first_page": firsts[place], "pages": firsts[-1] - 1}
        pdf = typeset(template, {**part(place), **numbers})
        if not volumes or firsts[place + 1] - begun > most_pages:
            volumes.append([])
            begun = firsts[place]
        volumes[-1].append(pdf)
        forget()
        progress(count + place + 1, 2 * count)
    return [_joined(volume) for volume in volumes]


def forget() -> None:
    """Typst has given back the memory of all papers so far: 140 MB for a thousand lines.

    It remembers what its last ten compilations used, and knows no other way to be told.
    """
    fonts, _ = _fonts(str(settings.PAPERS_FONT_DIR))
    for _ in range(REMEMBERED + 1):
        typst.compile(b"", font_paths=fonts, ignore_system_fonts=True)


def _joined(parts: Sequence[bytes]) -> bytes:
    """The pages of these PDFs in one."""
    made = io.BytesIO()
    with ExitStack() as stack, pikepdf.new() as joined:
        for part in parts:
            joined.pages.extend(stack.enter_context(pikepdf.open(io.BytesIO(part))).pages)
        joined.save(made, deterministic_id=True)
    return made.getvalue()


def measure_note(data: Mapping[str, Any]) -> NoteFill:
    """How full the one-page note is, measured by the paper itself; nothing is printed."""
    measured = _compiler("one_page_note", data).query("<fill>", field="value", one=True)
    return note_fill(json.loads(measured))


def _compiler(
    template: str, data: Mapping[str, Any], images: Mapping[str, bytes] = NO_IMAGES
) -> typst.Compiler:
    unknown = set(data) - TEMPLATES[template]
    if unknown:
        raise ValueError(f"{template} knows no {', '.join(sorted(unknown))}")
    fonts, family = _fonts(str(settings.PAPERS_FONT_DIR))
    return typst.Compiler(
        input=_sources(template),
        root=FOLDER / "typst",
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={
            "data": json.dumps(printable(data), ensure_ascii=False),
            "images": json.dumps({name: _as_svg(name, image) for name, image in images.items()}),
            "font": family,
            "factor": str(SIZE_FACTORS.get(family, 1.0)),
        },
    )


@cache
def _sources(template: str) -> Any:
    """The template as Typst's main file, with the files that it may import.

    Typst takes a dict of files, though its type hints do not say so.
    """
    files = {path.name: path.read_bytes() for path in (FOLDER / "typst").glob("*.typ")}
    return {"main.typ": files.pop(f"{template}.typ"), **files}


@cache
def _fonts(office_folder: str) -> tuple[typst.Fonts, str]:
    """The fonts to print with, and the family of choice: the office's own when it has put one."""
    office = _families(office_folder) if office_folder else []
    folders = [str(FOLDER / "fonts"), *([office_folder] if office else [])]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=folders)
    return fonts, office[0] if office else HOUSE_FONT


def _families(folder: str) -> list[str]:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    ).families()


def _as_svg(name: str, image: bytes) -> str:
    """The picture inside an SVG: text, as Typst's in-memory files must be."""
    try:
        with Image.open(io.BytesIO(image), formats=["PNG", "JPEG"]) as opened:
            opened.load()
            width, height, kind = *opened.size, opened.format
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DomainError(f"ภาพ “{name}” ใช้ไม่ได้ ให้ใช้ไฟล์ PNG หรือ JPEG") from error
    content = base64.b64encode(image).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" '
        f'href="data:image/{str(kind).lower()};base64,{content}"/></svg>'
    )


# The stamp -------------------------------------------------------------------------------------

# Letter paper, which a page without any box is taken for, as every reader does.
DEFAULT_BOX = (0.0, 0.0, 612.0, 792.0)
UNPRINTABLE = re.compile("[^ -~\u00a1-\u00ff\u0e01-\u0e5b\u2010-\u2026]")


def stamp_pdf(original: bytes, stamp: bytes, *, place: str = "top_right") -> bytes:
    """A copy of the PDF with the stamp on its first page, 50 × 25 mm at that place as it is seen.

    The original stays as it is. A signed PDF is refused: a stamp would break the signature.
    """
    if place not in PLACES:
        raise DomainError("ไม่มีตำแหน่งตรานี้ เลือกตำแหน่งจากรายการ")
    with _opened(original) as pdf, _opened(stamp) as stamps:
        if _has_signature(pdf, original):
            raise DomainError("ไฟล์นี้มีลายมือชื่อดิจิทัล ประทับตราลงในไฟล์ไม่ได้ ให้ใช้ใบปะหน้าแทน")
        page = pdf.pages[0]
        seen = _seen(page)
        x, y = stamp_box(*seen.size_mm, place)
        form = pdf.copy_foreign(stamps.pages[0].as_form_xobject())
        _isolate(page)
        name = page.add_resource(form, pikepdf.Name.XObject)
        placed = _numbers(seen.matrix(x, y, STAMP_HEIGHT_MM))
        scaled = _numbers(
            (
                STAMP_WIDTH_MM / float(form.BBox[2]),
                0,
                0,
                STAMP_HEIGHT_MM / float(form.BBox[3]),
                0,
                0,
            )
        )
        page.contents_add(
            f"/Artifact BMC q {placed} cm {scaled} cm {name} Do Q EMC\n".encode("ascii")
        )
        copy = io.BytesIO()
        pdf.save(copy, deterministic_id=True)
    return copy.getvalue()


def is_signed(original: bytes) -> bool:
    """Whether the PDF carries a digital signature that a change would break."""
    with _opened(original) as pdf:
        return _has_signature(pdf, original)


def receipt_copy(
    original: bytes, stamp_data: Mapping[str, Any], place: str = "top_right", *, file_name: str = ""
) -> bytes:
    """The PDF that shows the receipt: a stamped copy or, for a signed PDF, a cover sheet alone.

    The cover sheet carries the stamp and names the file by name and SHA-256; the signed original
    is not repeated behind it, since only the untouched file proves its signature.
    """
    with _opened(original) as pdf:
        signed = _has_signature(pdf, original)
        pages = len(pdf.pages)
    if not signed:
        return stamp_pdf(original, typeset("stamp", stamp_data), place=place)
    cover = {
        "file_name": UNPRINTABLE.sub("_", file_name),
        "sha256": hashlib.sha256(original).hexdigest(),
        "pages": pages,
    }
    return typeset("cover_sheet", {**stamp_data, **cover})


@contextmanager
def _opened(original: bytes) -> Iterator[pikepdf.Pdf]:
    """The PDF, opened and with at least one page; otherwise a sentence for the reader."""
    if b"%PDF-" not in original[:1024]:
        raise DomainError("ไฟล์นี้ไม่ใช่ PDF" if original else "ไฟล์นี้ว่างเปล่า ให้ส่งไฟล์ใหม่")
    try:
        with pikepdf.open(io.BytesIO(original)) as pdf:
            if not pdf.pages:
                raise DomainError("ไฟล์ PDF นี้ไม่มีหน้า ให้ขอไฟล์ใหม่จากผู้ส่ง")
            yield pdf
    except pikepdf.PasswordError as error:
        raise DomainError("ไฟล์ PDF นี้มีรหัสผ่าน ให้บันทึกใหม่โดยไม่ใส่รหัสผ่าน") from error
    except pikepdf.PdfError as error:
        raise DomainError("เปิดไฟล์ PDF นี้ไม่ได้ ไฟล์อาจเสียหรือมาไม่ครบ ให้ขอไฟล์ใหม่จากผู้ส่ง") from error


def _has_signature(pdf: pikepdf.Pdf, original: bytes) -> bool:
    """A filled signature field, or a /ByteRange, which stands in the clear in every signature.

    Where the two disagree the file counts as signed: a cover sheet too many does no harm.
    """
    return b"/ByteRange" in original or any(
        field.get("/FT") == pikepdf.Name.Sig and "/V" in field for field in _form_fields(pdf)
    )


def _form_fields(pdf: pikepdf.Pdf) -> Iterator[Any]:
    form: Any = pdf.Root.get("/AcroForm")
    waiting = list(_dictionaries(form.get("/Fields"))) if _is_dictionary(form) else []
    seen = set()
    while waiting:
        field = waiting.pop()
        if field.objgen in seen and field.is_indirect:
            continue
        seen.add(field.objgen)
        yield field
        waiting.extend(_dictionaries(field.get("/Kids")))


def _dictionaries(items: Any) -> Iterator[Any]:
    if isinstance(items, pikepdf.Array):
        yield from (item for item in items if _is_dictionary(item))


def _is_dictionary(item: Any) -> bool:
    return isinstance(item, pikepdf.Dictionary)


def _seen(page: pikepdf.Page) -> SeenPage:
    """The part of the page that readers show: the crop box inside the media box."""
    media = _box(_inherited(page, "/MediaBox")) or DEFAULT_BOX
    crop = _box(_inherited(page, "/CropBox")) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if left >= right or bottom >= top:
        left, bottom, right, top = media
    turn = _number(_inherited(page, "/Rotate"), 0.0) % 360
    unit = _number(page.obj.get("/UserUnit"), 1.0)
    return SeenPage(
        left=left,
        bottom=bottom,
        right=right,
        top=top,
        turn=int(turn) if turn in TURNS else 0,
        unit=unit if unit > 0 else 1.0,
    )


def _inherited(page: pikepdf.Page, key: str) -> Any:
    """The page's own value, or that of the nearest branch of the page tree above it."""
    node: Any = page.obj
    for _ in range(100):
        if not _is_dictionary(node):
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    return None


def _box(value: Any) -> tuple[float, float, float, float] | None:
    if not isinstance(value, pikepdf.Array) or len(value) != 4:
        return None
    x0, y0, x1, y1 = (_number(item, 0.0) for item in value)
    box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    return box if box[0] < box[2] and box[1] < box[3] else None


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, int | float | Decimal) else default


def _isolate(page: pikepdf.Page) -> None:
    """Close what the page's own content leaves open, so that it cannot move or hide the stamp."""
    depth = lowest = 0
    for instruction in pikepdf.parse_content_stream(page, "q Q"):
        depth += 1 if str(instruction.operator) == "q" else -1
        lowest = min(lowest, depth)
    page.contents_add(b"q " * (1 - lowest), prepend=True)
    page.contents_add(b"\n" + b"Q " * (1 + depth - lowest))


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.6f}" for value in values)
