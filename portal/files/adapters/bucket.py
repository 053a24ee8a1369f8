"""A bucket as Django's default storage: private, without addresses, and never waited for long."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from portal.core.errors import DomainError

logger = logging.getLogger("portal.files")

CONNECT_SECONDS = 3
READ_SECONDS = 20
MOST_ATTEMPTS = 3


class BucketSilent(DomainError):
    """The bucket did not answer, or would not do what it was asked."""

    status = 503


class Bucket(S3Storage):  # type: ignore[misc]  # the library is not typed
    """Files in a bucket that only the portal opens; readers come through its own doors.

    A name says what the bytes are (their SHA-256), so writing it again changes nothing.
    """

    def __init__(self, *, endpoint_url: str | None, **options: Any) -> None:
        super().__init__(
            endpoint_url=endpoint_url,
            client_config=client_config(is_amazon=endpoint_url is None),
            default_acl=None,
            file_overwrite=True,
            max_memory_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE,  # the rest waits on the disk
            **options,
        )

    def _open(self, name: str, mode: str = "rb") -> Any:
        with asking("open"):
            return super()._open(name, mode)

    def _save(self, name: str, content: Any) -> Any:
        with asking("save"):
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with asking("delete"):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with asking("exists"):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with asking("size"):
            return int(super().size(name))

    def url(self, name: str | None, *_: Any, **__: Any) -> str:
        """Refuse: whoever had such an address would need no gate."""
        raise ValueError("A file in the bucket has no address.")


def client_config(*, is_amazon: bool) -> Config:
    """Return how the bucket is asked; other makers' are found by path and know fewer checksums."""
    others: dict[str, Any] = {
        "s3": {"addressing_style": "path"},
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    return Config(
        signature_version="s3v4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": MOST_ATTEMPTS},
        **({} if is_amazon else others),
    )


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Say in words that the bucket did not answer; the log names what it was asked."""
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        logger.exception("files.bucket_silent asked=%s", what)
        raise BucketSilent(
            "ที่เก็บไฟล์ไม่ตอบ จึงยังเปิดหรือเก็บไฟล์นี้ไม่ได้ สิ่งที่บันทึกไว้แล้วยังอยู่ครบ ลองใหม่อีกครั้งในอีกสักครู่"
        ) from error
