"""Pictures are drawn anew: turned upright, made smaller, and without what the camera wrote in."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from portal.files.domain.facts import Facts
from portal.files.domain.kinds import JPEG, PNG
from portal.files.domain.problems import BadFile

MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2560
JPEG_QUALITY = 85
MAX_COLOUR_PROFILE = 8 * 1024
READ_FORMATS = ("PNG", "JPEG", "WEBP")
MODES = {"PNG": {"1", "L", "LA", "P", "RGB", "RGBA"}, "JPEG": {"L", "RGB"}}


def redraw(path: Path, out: Path) -> Facts:
    """Write the picture anew to `out` and return its type; raise BadFile if it cannot be drawn."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(path, formats=READ_FORMATS) as picture:
                return _redraw(picture, out)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_many_pixels() from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise BadFile(
                "damaged", "รูปนี้เสีย เปิดไม่ได้ครบ ถ่ายใหม่หรือบันทึกเป็น JPG แล้วแนบอีกครั้ง"
            ) from error


def _too_many_pixels() -> BadFile:
    return BadFile(
        "too_many_pixels",
        f"รูปนี้ใหญ่เกิน {MAX_PIXELS // 1_000_000} ล้านพิกเซล ย่อรูปให้เล็กลง แล้วแนบอีกครั้ง",
    )


def _redraw(picture: Image.Image, out: Path) -> Facts:
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many_pixels()
    kind = "PNG" if picture.format == "PNG" else "JPEG"
    profile = picture.info.get("icc_profile") or b""
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    options: dict[str, Any] = {"optimize": True, "exif": b""}
    if kind == "JPEG":
        options |= {"quality": JPEG_QUALITY, "progressive": True}
    if profile and len(profile) <= MAX_COLOUR_PROFILE and upright.mode in {"RGB", "RGBA"}:
        options["icc_profile"] = profile
    drawn = _on_white(upright) if kind == "JPEG" else _plain(upright)
    drawn.info = {}
    drawn.save(out, kind, **options)
    return Facts(PNG if kind == "PNG" else JPEG)


def _plain(picture: Image.Image) -> Image.Image:
    return picture if picture.mode in MODES["PNG"] else picture.convert("RGBA")


def _on_white(picture: Image.Image) -> Image.Image:
    """A JPEG knows no transparency: what was transparent becomes paper."""
    if picture.mode in MODES["JPEG"]:
        return picture
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper
