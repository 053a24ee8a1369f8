"""Files for tests, made here: good ones, broken ones, bombs; and a file that hangs on a school."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from members.models import Unit
from members.tests.factories import SchoolFactory
from portal.core.actors import SYSTEM
from portal.files.models import FileUse
from portal.files.services import attach, store_bytes

OFFICE_PARTS = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}
A4 = (595.28, 841.89)
NOTHING = b""
HTML = b"<!DOCTYPE html><html lang='th'><body>404</body></html>"
GARBAGE = b"%PDF-1.7\n" + b"\xff\x00 rubbish" * 400 + b"\n%%EOF\n"


def words(value: object) -> str:
    """For `ids=`: what a reader can tell tests apart by; bytes differ from run to run."""
    return value if isinstance(value, str) else getattr(value, "value", "")


def upload(data: bytes, name: str = "a.pdf") -> SimpleUploadedFile:
    """A file as a form hands it over; its name and claimed type say nothing about its bytes."""
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=not options, **options)
    return out.getvalue()


def blank(pages: int = 1, *, mark: str = "") -> pikepdf.Pdf:
    """A PDF of empty A4 pages; `mark` makes its bytes differ from another's."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=A4)
    if mark:
        pdf.docinfo["/Subject"] = mark
    return pdf


def pdf_bytes(pages: int = 1, *, mark: str = "") -> bytes:
    return saved(blank(pages, mark=mark))


def drawn_pdf(pages: int = 3) -> bytes:
    """Pages with something on them, long enough to be cut in the middle."""
    pdf = blank(pages)
    for number, page in enumerate(pdf.pages):
        squares = b" ".join(b"%d %d 40 40 re f" % (60 * n, 70 * number + 40) for n in range(9))
        page.Contents = pdf.make_stream(squares + b" % padding " + bytes(range(65, 91)) * 40)
    return saved(pdf)


def encrypted_pdf() -> bytes:
    return saved(blank(), encryption=pikepdf.Encryption(user="1234", owner="5678"))


def print_only_pdf() -> bytes:
    """Opens without a password, but its owner has forbidden changes."""
    return saved(blank(), encryption=pikepdf.Encryption(user="", owner="5678"))


def truncated_pdf() -> bytes:
    data = drawn_pdf()
    return data[: len(data) * 6 // 10]


def cut_at_the_end_pdf() -> bytes:
    """Every page is there, but the last lines are not: nobody can say what else is missing."""
    data = drawn_pdf()
    return data[: data.rindex(b"startxref")]


def lost_table_pdf() -> bytes:
    """Whole but for its cross-reference table: readers repair it, and so do we."""
    data = drawn_pdf()
    return data[: data.rindex(b"startxref")] + b"startxref\n7\n%%EOF\n"


def lost_page_pdf() -> bytes:
    """The table is lost and so is what stood on a page."""
    return lost_table_pdf().replace(b"\n7 0 obj", b"\n9 0 obj")


def loop_pdf() -> bytes:
    """A page tree that contains itself."""
    pdf = blank()
    pdf.Root.Pages.Kids.append(pdf.Root.Pages)
    return saved(pdf)


def content_bomb_pdf() -> bytes:
    """A page whose drawing unpacks to a gigabyte and a half: whoever draws it needs all of it."""
    packer = zlib.compressobj(wbits=-15)
    megabyte = packer.compress(b" " * 1024**2) + packer.flush(zlib.Z_FULL_FLUSH)
    pdf = blank()
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"")
    pdf.pages[0].Contents.write(
        b"\x78\x9c" + megabyte * 1_500 + b"\x03\x00", filter=pikepdf.Name.FlateDecode
    )
    return saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def signed_pdf() -> bytes:
    """A PDF with a signature field that has a value."""
    pdf = blank()
    value = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"),
            ByteRange=[0, 10, 20, 30], Contents=pikepdf.String(b"\x00" * 16),
        )
    )  # fmt: skip
    field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="signer", V=value))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field], SigFlags=3)
    return saved(pdf)


def script_pdf(kind: str = "JavaScript") -> bytes:
    """A PDF that wants to do something when it is opened."""
    pdf = blank()
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), JS="app.alert(1)")
    return saved(pdf)


def turned_pdf() -> bytes:
    """A page of 400 × 800 points, cropped to 300 × 600 and turned by its parent."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(400, 800))
    pdf.pages[0].CropBox = [350, 100, 50, 700]
    pdf.Root.Pages.Rotate = 90
    return saved(pdf)


def zipped(entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def office(kind: str, **more: bytes) -> bytes:
    """A Word, Excel or PowerPoint file as far as its table of contents goes."""
    part, content = OFFICE_PARTS[kind]
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/{part}" ContentType="application/vnd.'
        f'openxmlformats-officedocument.{content}.main+xml"/></Types>'
    )
    return zipped({"[Content_Types].xml": types.encode(), part: b"<x/>", **more})


def old_office(stream: str) -> bytes:
    """An old Office file: the mark of its container and the name of its stream."""
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)
    return head + f"{stream}\0".encode("utf-16-le") + bytes(512)


def claiming(data: bytes, size: int) -> bytes:
    """The same zip, whose table says that its last entry unpacks to so many bytes."""
    changed = bytearray(data)
    entry = changed.rindex(b"PK\x01\x02")
    changed[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(changed)


def bomb_zip() -> bytes:
    """A quarter of a gigabyte in a few bytes."""
    return claiming(zipped({"a.txt": bytes(1024)}), 250 * 1024**2)


def bomb_docx() -> bytes:
    """A Word file with a gigabyte of XML."""
    return claiming(office("docx", **{"word/media/big.xml": bytes(1024)}), 1024**3)


def steep_zip() -> bytes:
    """Few bytes that become five million: within the size limit, far over the ratio."""
    return zipped({"a.txt": bytes(5_000_000)})


def crowded_zip() -> bytes:
    return zipped({f"{n}.txt": b"" for n in range(1_001)}, method=zipfile.ZIP_STORED)


def overlapping_zip() -> bytes:
    """Two entries that share their bytes: the second line of the table points at the first file."""
    data = bytearray(zipped({"a.txt": b"a" * 99, "b.txt": b"b" * 99}, method=zipfile.ZIP_STORED))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)
    return bytes(data)


def locked_zip() -> bytes:
    data = bytearray(zipped({"a.txt": b"secret"}))
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    return bytes(data)


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def camera_picture() -> bytes:
    """A photograph that lies on its side and knows where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[2] = (7.0, 30.0, 0.0)
    return picture("JPEG", (400, 300), exif=exif)


def pixel_bomb() -> bytes:
    """A PNG of 64,000 × 64,000 pixels in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    head = struct.pack(">IIBBBBB", 64_000, 64_000, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def file_on(
    owner: Unit | None = None, *, data: bytes | None = None, name: str = "หนังสือ.pdf"
) -> FileUse:
    """A file that hangs on a school; whoever may see the school may read it."""
    stored = store_bytes(
        pdf_bytes(3) if data is None else data, by=SYSTEM, media_type="application/pdf"
    )
    return attach(stored, owner or SchoolFactory(), role="main", name=name, by=SYSTEM)
