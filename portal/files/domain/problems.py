"""What may be wrong with a file, said so that the sender knows what to do."""

from __future__ import annotations

from portal.files.domain.names import readable_size


class BadFile(Exception):
    """The file cannot be taken; `text` is a Thai sentence for the sender, `reason` for the log."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


def too_large(size: int, limit: int) -> BadFile:
    """The file is over the limit; nothing of it was read."""
    return BadFile(
        "too_large",
        f"ไฟล์นี้ใหญ่ {readable_size(size)} รับได้ไม่เกิน {readable_size(limit)} "
        "วิธีทำ: ลดขนาดหรือแบ่งเป็นหลายไฟล์ แล้วแนบใหม่",
    )


def empty() -> BadFile:
    """The file has no bytes at all."""
    return BadFile("empty", "ไฟล์นี้ว่างเปล่า ไม่มีข้อมูลอยู่เลย เปิดดูไฟล์ในเครื่องก่อน แล้วแนบใหม่")


def unreadable() -> BadFile:
    """The check itself broke on this file, or took longer than any honest file does."""
    return BadFile(
        "unreadable",
        "ตรวจไฟล์นี้ไม่สำเร็จ ไฟล์อาจเสียหรือซับซ้อนผิดปกติ วิธีทำ: เปิดไฟล์แล้วบันทึกเป็นไฟล์ใหม่ จากนั้นแนบไฟล์ใหม่นั้น",
    )
