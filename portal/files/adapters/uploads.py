"""How Django takes an upload in: never more of it to the disk than a file may have."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from portal.core.errors import is_disk_full


class FileWithoutRoom(InMemoryUploadedFile):
    """Stands for a file that came whole and could not be written down."""


class LimitedUploads(TemporaryFileUploadHandler):
    """Write a file to the disk up to the limit.

    A longer file, and one for which the disk has no room, becomes an empty one that remembers its
    true size: the rest of the form is read as usual, nothing that was typed is lost, and
    `store_upload` says what is wrong.
    """

    is_over = False
    is_without_room = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.is_over = self.is_without_room = False
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.is_over:
            return
        if start + len(raw_data) > settings.FILES_MAX_BYTES:
            self.is_over = True
            self.file.close()
            return
        with self._room():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if not self.is_over:
            with self._room():
                return super().file_complete(file_size)
        kind = FileWithoutRoom if self.is_without_room else InMemoryUploadedFile
        return kind(
            io.BytesIO(),
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Go on without the file when the disk has no room for it."""
        try:
            yield
        except OSError as error:
            if not is_disk_full(error):
                raise
            self.is_over = self.is_without_room = True
            with suppress(OSError):  # what was not written yet finds no room either
                self.file.close()
