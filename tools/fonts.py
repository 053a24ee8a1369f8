"""Build the portal's Sarabun TTF files from the web font package @fontsource/sarabun.

The package splits each weight into one file per script; Typst wants whole TTF files. Needed only
when the font is renewed:

    npm pack @fontsource/sarabun@5.3.0 && tar xzf fontsource-sarabun-5.3.0.tgz
    python tools/fonts.py package portal/papers/fonts
"""

import argparse
import sys
import tempfile
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

WEIGHTS = {400: "Regular", 700: "Bold"}
# Thai first: where both files hold a sign (space, no-break space), the Thai one is kept.
SCRIPTS = ("thai", "latin")
UPPER_MARK = "uni0E48"
SECOND_MARK = "uni0E48.small"
UPPER_VOWELS = {"uni0E31", "uni0E34", "uni0E35", "uni0E36", "uni0E37", "uni0E47"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path, help="the unpacked npm package")
    parser.add_argument("target", type=Path, help="folder for the TTF files and the licence")
    arguments = parser.parse_args()

    arguments.target.mkdir(parents=True, exist_ok=True)
    for weight, style in WEIGHTS.items():
        target = arguments.target / f"Sarabun-{style}.ttf"
        build_weight(arguments.package / "files", weight, target)
        sys.stdout.write(f"{target} {target.stat().st_size:,} bytes\n")
    licence = (arguments.package / "LICENSE").read_text(encoding="utf-8")
    (arguments.target / "OFL.txt").write_text(licence, encoding="utf-8")
    return 0


def build_weight(files: Path, weight: int, target: Path) -> None:
    """Join the scripts of one weight into one TTF at target."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        taken: set[int] = set()
        for script in SCRIPTS:
            source = files / f"sarabun-{script}-{weight}-normal.woff2"
            font = TTFont(source, recalcTimestamp=False)
            own = set(font.getBestCmap()) - taken
            taken |= own
            parts.append(str(write_part(font, own, Path(folder) / f"{script}.ttf")))
        whole = merge.Merger().merge(parts)
    level_marks(whole)
    # The merger writes the time of today; the same package must give the same file.
    whole.recalcTimestamp = False
    whole["head"].created = font["head"].created
    whole["head"].modified = font["head"].modified
    whole.save(target)


def level_marks(font: TTFont) -> None:
    """Put the marks above Thai letters on one common height each, so that shaping never lifts one.

    The font raises or lowers a few tone marks by up to 5 % of an em (ตั้ง, สิ่ง). Typst writes a
    glyph that is lifted as a piece of text of its own, and readers then copy its syllable twice:
    "สิ่สิ่ง". The eye does not see the difference, the text layer does.
    """
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            if hasattr(table, "BaseArray"):
                level_bases(table)
            elif hasattr(table, "Mark2Array"):
                level_vowels(table)


def level_bases(table: otTables.MarkBasePos) -> None:
    marks = dict(zip(table.MarkCoverage.glyphs, table.MarkArray.MarkRecord, strict=True))
    if UPPER_MARK not in marks:
        return
    level = marks[UPPER_MARK].MarkAnchor.YCoordinate
    upper = marks[UPPER_MARK].Class
    for name, base in zip(table.BaseCoverage.glyphs, table.BaseArray.BaseRecord, strict=True):
        if is_consonant(name) and base.BaseAnchor[upper]:
            base.BaseAnchor[upper].YCoordinate = level


def level_vowels(table: otTables.MarkMarkPos) -> None:
    marks = dict(zip(table.Mark1Coverage.glyphs, table.Mark1Array.MarkRecord, strict=True))
    if SECOND_MARK not in marks:
        return
    level = marks[SECOND_MARK].MarkAnchor.YCoordinate
    for name, mark in marks.items():
        if name.endswith(".small") and mark.Class == marks[SECOND_MARK].Class:
            mark.MarkAnchor.YCoordinate = level
    for name, below in zip(table.Mark2Coverage.glyphs, table.Mark2Array.Mark2Record, strict=True):
        if name.removesuffix(".narrow") in UPPER_VOWELS:
            below.Mark2Anchor[0].YCoordinate = level


def is_consonant(name: str) -> bool:
    return name.endswith(("thai.short", "thai.less")) or "uni0E01" <= name[:7] <= "uni0E2E"


def write_part(font: TTFont, signs: set[int], path: Path) -> Path:
    """Save the font with only these signs as a TTF, so that no sign comes twice in the merge."""
    options = subset.Options()
    options.layout_features = ["*"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.glyph_names = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=signs)
    subsetter.subset(font)
    font.flavor = None
    font.save(path)
    return path


if __name__ == "__main__":
    sys.exit(main())
