"""How Django takes an upload in: never more of it to the disk than a file may have."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class LimitedUploads(TemporaryFileUploadHandler):
    """Write a file to the disk up to the limit.

    A longer file becomes an empty one that remembers its true size: the rest of the form is read
    as usual, nothing that was typed is lost, and `store_upload` says what is wrong.
    """

    is_over = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.is_over = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.is_over:
            return
        if start + len(raw_data) > settings.FILES_MAX_BYTES:
            self.is_over = True
            self.file.close()
            return
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if not self.is_over:
            return super().file_complete(file_size)
        return InMemoryUploadedFile(
            io.BytesIO(),
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
