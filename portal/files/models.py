"""Files: bytes kept once, and the places where they hang."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.urls import reverse

from portal.files.domain.kinds import PDF, PICTURE_TYPES, TYPES
from portal.files.domain.names import readable_size
from portal.files.domain.sizes import millimetres, picture_size
from portal.files.querysets import FileUseQuerySet, IncomingFileQuerySet, StoredFileQuerySet

PAGES_AT_ONCE = 20
A4 = [595.28, 841.89]


class PagesState(models.TextChoices):
    NONE = "none", "ไม่มีภาพหน้า"
    WAITING = "waiting", "กำลังเตรียมหน้า"
    READY = "ready", "พร้อมอ่าน"
    FAILED = "failed", "ทำภาพหน้าไม่ได้"


class StoredFile(models.Model):
    """Bytes that the office keeps, once, under their SHA-256; they have no address of their own.

    `pages` holds width and height of each page in points, as the reader sees it. Pictures are
    made of the first `pages_wanted` pages; `pages_ready` of them are there. `seen_at` is when
    somebody last handed in these bytes; the sweep spares what was seen within a day.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    page_count = models.PositiveIntegerField(null=True)
    pages = models.JSONField(default=list)
    pages_state = models.CharField(max_length=10, choices=PagesState, default=PagesState.NONE)
    pages_wanted = models.PositiveIntegerField(default=PAGES_AT_ONCE)
    pages_ready = models.PositiveIntegerField(default=0)
    is_signed = models.BooleanField(default=False)
    has_active_content = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = "ไฟล์ที่เก็บ"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pages_state__in=PagesState.values), name="pages_state_known"
            )
        ]
        indexes = [models.Index(fields=["seen_at"], name="stored_file_seen")]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_pdf(self) -> bool:
        return self.media_type == PDF

    @property
    def is_picture(self) -> bool:
        return self.media_type in PICTURE_TYPES

    @property
    def icon(self) -> str:
        known = TYPES.get(self.media_type)
        return known.icon if known else "paperclip"

    @property
    def is_waiting_for_pages(self) -> bool:
        """Answer whether pictures are still being made."""
        return self.pages_state == PagesState.WAITING

    @property
    def has_more_pages(self) -> bool:
        """Answer whether there are pages of which no picture was asked for yet."""
        return self.pages_state == PagesState.READY and self.pages_wanted < (self.page_count or 0)

    @property
    def next_pages(self) -> int:
        """How many pictures the next order makes."""
        return min(PAGES_AT_ONCE, (self.page_count or 0) - self.pages_wanted)

    def page_size_mm(self, number: int = 1) -> tuple[float, float]:
        """Return width and height of a page as the reader sees it, in millimetres."""
        width, height = self._page_size(number)
        return millimetres(width), millimetres(height)

    def picture_size(self, number: int) -> tuple[int, int]:
        """Return width and height of a page's picture in pixels."""
        width, height = self._page_size(number)
        return picture_size(width, height)

    def _page_size(self, number: int) -> list[float]:
        return self.pages[number - 1] if number <= len(self.pages) else A4


@dataclass(frozen=True)
class PagePicture:
    """One page as it stands on the desk: its picture, or the place where it will be."""

    number: int
    url: str
    width: int
    height: int
    alt: str
    is_ready: bool

    @property
    def is_wide(self) -> bool:
        return self.width > self.height


class FileUse(models.Model):
    """A file as it hangs on one thing under a name; the only way to read its bytes.

    Whoever may open the owner may read it, as long as it was not taken off.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="uses")
    owner_type = models.CharField(max_length=80)
    owner_id = models.BigIntegerField()
    role = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True)

    objects = FileUseQuerySet.as_manager()

    class Meta:
        verbose_name = "ไฟล์แนบ"
        ordering = ["position", "pk"]
        indexes = [
            models.Index(
                fields=["owner_type", "owner_id"],
                condition=models.Q(removed_at__isnull=True),
                name="file_use_owner",
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def can_be_opened(self) -> bool:
        """Answer whether a browser may show it: a PDF that has no commands inside."""
        return self.stored.is_pdf and not self.stored.has_active_content

    @property
    def url(self) -> str:
        """Where to save the file."""
        return reverse("files:download", args=[self.public_id])

    @property
    def inline_url(self) -> str:
        """Where to open a PDF in the browser."""
        return f"{self.url}?inline=1"

    def page_url(self, number: int) -> str:
        """Where the picture of a page is; pages count from 1."""
        return reverse("files:page", args=[self.public_id, number])

    @property
    def pages_url(self) -> str:
        """Where a page that waits for pictures asks whether they are made."""
        return reverse("files:pages", args=[self.public_id])

    @property
    def more_pages_url(self) -> str:
        """Where the pictures of further pages are ordered."""
        return reverse("files:more-pages", args=[self.public_id])

    @property
    def pictures(self) -> list[PagePicture]:
        """The pages that are shown: at least the first, at most those that were asked for."""
        total = self.stored.page_count or 1
        return [self._picture(number) for number in range(1, self._shown() + 1) if number <= total]

    def _shown(self) -> int:
        if self.stored.pages_state == PagesState.FAILED:
            return max(1, self.stored.pages_ready)
        return self.stored.pages_wanted

    def _picture(self, number: int) -> PagePicture:
        width, height = self.stored.picture_size(number)
        return PagePicture(
            number=number,
            url=self.page_url(number),
            width=width,
            height=height,
            alt=f"หน้า {number} จาก {self.stored.page_count} ของ {self.name}",
            is_ready=number <= self.stored.pages_ready,
        )

    @property
    def meta(self) -> str:
        """What stands behind the name in a list: 2 หน้า · 180 KB."""
        size = readable_size(self.stored.size)
        return f"{self.stored.page_count} หน้า · {size}" if self.stored.page_count else size


class IncomingFile(models.Model):
    """A file on its way in, in pieces: its sender's own, until a form of theirs brings it.

    `key` is how the sender's browser knows the same file again: after a broken line, a closed
    page, or in two windows it goes on with one and the same. `sha256` is what the sender says the
    whole will be, or empty.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    objects = IncomingFileQuerySet.as_manager()

    class Meta:
        verbose_name = "ไฟล์ที่กำลังส่งเข้ามา"
        constraints = [
            models.UniqueConstraint(fields=["member", "key"], name="incoming_file_once"),
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="incoming_not_too_long"
            ),
        ]
        indexes = [models.Index(fields=["touched_at"], name="incoming_file_touched")]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_whole(self) -> bool:
        return self.received == self.size


class IncomingPiece(models.Model):
    """Some bytes of a file on its way in, at their place; a place is filled once."""

    file = models.ForeignKey(IncomingFile, on_delete=models.CASCADE, related_name="pieces")
    offset = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    blob = models.CharField(max_length=120)

    class Meta:
        verbose_name = "ชิ้นของไฟล์ที่กำลังส่งเข้ามา"
        ordering = ["offset"]
        constraints = [
            models.UniqueConstraint(fields=["file", "offset"], name="incoming_piece_place")
        ]

    def __str__(self) -> str:
        return f"{self.offset}+{self.size}"
