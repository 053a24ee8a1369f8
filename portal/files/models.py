"""Files: bytes kept once, and the places where they hang."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from portal.files.domain.kinds import PDF, PICTURE_TYPES, TYPES
from portal.files.domain.names import readable_size
from portal.files.querysets import FileUseQuerySet, StoredFileQuerySet


class PagesState(models.TextChoices):
    NONE = "none", "ไม่มีภาพหน้า"
    WAITING = "waiting", "กำลังเตรียมหน้า"
    READY = "ready", "พร้อมอ่าน"
    FAILED = "failed", "ทำภาพหน้าไม่ได้"


class StoredFile(models.Model):
    """Bytes that the office keeps, once, under their SHA-256; they have no address of their own.

    `pages` holds width and height of each page in points, as the reader sees it. `pages_ready`
    counts the first pages whose pictures are made. `seen_at` is when somebody last handed in
    these bytes; the sweep spares what was seen within a day.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    page_count = models.PositiveIntegerField(null=True)
    pages = models.JSONField(default=list)
    pages_state = models.CharField(
        max_length=10, choices=PagesState.choices, default=PagesState.NONE
    )
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
    def type_label(self) -> str:
        """What people call it: PDF, Word, รูปภาพ."""
        known = TYPES.get(self.media_type)
        return known.label if known else "ไฟล์"

    @property
    def icon(self) -> str:
        known = TYPES.get(self.media_type)
        return known.icon if known else "paperclip"


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
    def meta(self) -> str:
        """What stands behind the name in a list: 2 หน้า · 180 KB."""
        size = readable_size(self.stored.size)
        return f"{self.stored.page_count} หน้า · {size}" if self.stored.page_count else size
