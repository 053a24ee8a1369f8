"""Pictures of a document's pages: 16 greys, sharp enough to read, small enough to fetch."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # comes without types
from PIL import Image

from portal.files.domain.sizes import picture_size

LEVELS = (16, 8)
GOOD_SIZE = 80 * 1024
WHITE = 255
SMALLER = 0.85
LEAST_SIDE = 250


def render(path: Path, folder: Path, first: int, last: int) -> int:
    """Draw the pages `first` to `last` into `folder` as 1.png, 2.png, …; return the last one."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        pdf.init_forms()
        for number in range(first, min(last, len(pdf)) + 1):
            page = pdf[number - 1]
            half = folder / "half"
            half.write_bytes(draw(page))
            half.rename(folder / f"{number}.png")
            page.close()
        return min(last, len(pdf))
    finally:
        pdf.close()


def draw(page: pypdfium2.PdfPage) -> bytes:
    """Return one page as a grey PNG."""
    width, height = page.get_size()
    target = picture_size(width, height)
    bitmap = page.render(
        scale=max(target[0] / width, target[1] / height), grayscale=True, draw_annots=True
    )
    grey = bitmap.to_pil().convert("L")
    if grey.size != target:
        grey = grey.resize(target, Image.Resampling.LANCZOS)
    return small_png(grey)


def small_png(grey: Image.Image) -> bytes:
    """Return the picture as a PNG of at most 80 KB: a scan in fewer greys, a photograph smaller.

    The page is shown at the size it would have had, so a smaller picture is only less sharp.
    """
    for levels in LEVELS:
        drawn = as_png(grey, levels)
        if len(drawn) <= GOOD_SIZE:
            return drawn
    while min(grey.size) > LEAST_SIDE:
        grey = grey.resize(
            (round(grey.width * SMALLER), round(grey.height * SMALLER)), Image.Resampling.LANCZOS
        )
        drawn = as_png(grey, LEVELS[0])
        if len(drawn) <= GOOD_SIZE:
            break
    return drawn


def as_png(grey: Image.Image, levels: int) -> bytes:
    """Return the picture with so many greys, four bits a pixel."""
    top = levels - 1
    shade = grey.point([round(value * top / WHITE) for value in range(WHITE + 1)])
    indexed = Image.frombytes("P", shade.size, shade.tobytes())
    indexed.putpalette([round(level * WHITE / top) for level in range(levels) for _ in "rgb"])
    out = io.BytesIO()
    indexed.save(out, "PNG", bits=4, optimize=True)
    return out.getvalue()
