"""Small pictures for the demo, drawn by us: flat shapes in the colours of the house."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable

from PIL import Image, ImageDraw

SIZE = (960, 640)
LONG_AGO = time.gmtime(0)
SKY, WATER, DEEP = "#E4F0F2", "#3F8294", "#0B3644"
LAKE, LEAF, DARK_LEAF = "#0F5468", "#1A6440", "#0F4A2E"
SAND, GOLD, BROWN, PALE = "#FAF4E3", "#DCCFA9", "#5F4A12", "#CFE3E8"

Pen = ImageDraw.ImageDraw


def _hills(pen: Pen, level: int) -> None:
    pen.polygon(
        [(0, level), (220, level - 90), (430, level - 20), (700, level - 120), (960, level)],
        fill=PALE,
    )


def _ripples(pen: Pen, top: int) -> None:
    for row in range(6):
        y = top + 40 + row * 36
        line = [(x, y + 5 * math.sin((x + row * 90) / 60)) for x in range(0, SIZE[0] + 1, 12)]
        pen.line(line, fill=PALE, width=3)


def _boat(pen: Pen, x: int, y: int) -> None:
    pen.polygon([(x, y), (x + 320, y), (x + 270, y + 44), (x + 50, y + 44)], fill=BROWN)
    pen.line([(x + 320, y), (x + 380, y - 40)], fill=BROWN, width=10)
    pen.ellipse((x + 130, y - 66, x + 164, y - 32), fill=DEEP)
    pen.polygon([(x + 116, y), (x + 178, y), (x + 160, y - 36), (x + 134, y - 36)], fill=DEEP)


def lake(pen: Pen) -> None:
    pen.rectangle((0, 0, *SIZE), fill=SKY)
    pen.ellipse((690, 90, 790, 190), fill=GOLD)
    _hills(pen, 300)
    pen.rectangle((0, 300, *SIZE), fill=WATER)
    _ripples(pen, 320)
    _boat(pen, 250, 420)


def sago(pen: Pen) -> None:
    pen.rectangle((0, 0, *SIZE), fill=SAND)
    pen.rectangle((0, 450, *SIZE), fill=WATER)
    for x, height in ((180, 300), (470, 360), (760, 280)):
        top = 460 - height
        pen.rectangle((x - 16, top + 60, x + 16, 470), fill=BROWN)
        for number in range(9):
            angle = math.pi * (0.1 + 0.1 * number)
            tip = (x + 190 * math.cos(angle), top + 90 - 150 * math.sin(angle))
            colour = LEAF if number % 2 else DARK_LEAF
            pen.polygon([(x - 8, top + 70), (x + 8, top + 70), tip], fill=colour)
    _ripples(pen, 440)


def flood(pen: Pen) -> None:
    pen.rectangle((0, 0, *SIZE), fill=PALE)
    pen.polygon([(240, 210), (480, 90), (720, 210)], fill=BROWN)
    for x in (280, 470, 660):
        pen.rectangle((x, 210, x + 22, 430), fill=DEEP)
    pen.rectangle((250, 330, 710, 350), fill=GOLD)
    for step in range(3):
        pen.rectangle(
            (420 - step * 12, 352 + step * 22, 560 + step * 12, 366 + step * 22), fill=GOLD
        )
    pen.rectangle((0, 400, *SIZE), fill=WATER)
    _ripples(pen, 410)


def palm(pen: Pen) -> None:
    pen.rectangle((0, 0, *SIZE), fill=SAND)
    pen.ellipse((140, 60, 820, 580), fill=LEAF)
    for number in range(8):
        angle = math.pi * number / 4
        end = (480 + 335 * math.cos(angle), 320 + 255 * math.sin(angle))
        pen.line([(480, 320), end], fill=DARK_LEAF, width=6)
    pen.pieslice((290, 150, 670, 490), 0, 270, fill=GOLD, outline=BROWN, width=4)
    pen.pieslice((310, 120, 690, 460), 270, 360, fill=GOLD, outline=BROWN, width=4)


def shadow(pen: Pen) -> None:
    pen.rectangle((0, 0, *SIZE), fill=DEEP)
    pen.rectangle((90, 60, 870, 520), fill=SAND)
    pen.ellipse((330, 90, 630, 390), fill="#FFFFFF")
    for x, side in ((330, 1), (640, -1)):
        pen.ellipse((x - 46, 170, x + 46, 262), fill=DEEP)
        pen.polygon([(x + side * 40, 200), (x + side * 92, 216), (x + side * 40, 232)], fill=DEEP)
        pen.polygon([(x - 60, 440), (x + 60, 440), (x + 34, 262), (x - 34, 262)], fill=DEEP)
        pen.line([(x, 440), (x, 520)], fill=DEEP, width=8)
        pen.line([(x + side * 30, 300), (x + side * 130, 340)], fill=DEEP, width=14)


def leaf(pen: Pen) -> None:
    pen.rectangle((0, 0, *SIZE), fill=SKY)
    pen.rectangle((0, 470, *SIZE), fill=LEAF)
    pen.rectangle((300, 300, 660, 430), fill=GOLD, outline=BROWN, width=8)
    for y in (335, 365, 395):
        pen.line([(340, y), (620 - (y % 4) * 40, y)], fill=BROWN, width=8)
    for x in (340, 610):
        pen.rectangle((x, 430, x + 16, 540), fill=BROWN)
    for x, y in ((150, 150), (480, 90), (800, 160)):
        pen.pieslice((x - 110, y - 60, x + 110, y + 120), 200, 340, fill=DARK_LEAF)
        pen.line([(x, y), (x, 470)], fill=LAKE, width=6)


DRAWINGS: dict[str, Callable[[Pen], None]] = {
    "lake": lake,
    "sago": sago,
    "flood": flood,
    "palm": palm,
    "shadow": shadow,
    "leaf": leaf,
}


def draw(name: str) -> bytes:
    """Return the picture of this name as JPEG; always the same bytes."""
    picture = Image.new("RGB", SIZE)
    DRAWINGS[name](ImageDraw.Draw(picture))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=82)
    return file.getvalue()


def one_page_form(boxes: int = 4) -> bytes:
    """Return an empty A4 sheet with so many boxes, as PDF."""
    page = Image.new("L", (1240, 1754), 255)
    pen = ImageDraw.Draw(page)
    pen.line([(100, 150), (760, 150)], fill=90, width=5)
    height = 1400 // boxes
    for number in range(boxes):
        top = 220 + number * height
        pen.rectangle((100, top, 1140, top + height - 30), outline=90, width=4)
        pen.line([(130, top + 60), (420, top + 60)], fill=160, width=4)
    file = io.BytesIO()
    page.save(file, "PDF", resolution=150, creationDate=LONG_AGO, modDate=LONG_AGO)
    return file.getvalue()
