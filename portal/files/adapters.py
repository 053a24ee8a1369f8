"""How Django takes an upload in: never more of it than a file may have."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUploads(FileUploadHandler):
    """Stand in front of the other handlers and let a file's bytes through up to the limit.

    A longer file becomes an empty one that remembers its true size: the rest of the form is read
    as usual, nothing that was typed is lost, and `store_upload` says what is wrong.
    """

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        return raw_data if self.received <= settings.FILES_MAX_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        if self.received <= settings.FILES_MAX_BYTES:
            return None
        return InMemoryUploadedFile(
            io.BytesIO(),
            self.field_name,
            self.file_name,
            self.content_type,
            self.received,
            self.charset,
            self.content_type_extra,
        )
