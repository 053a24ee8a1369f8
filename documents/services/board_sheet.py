"""The board of a letter as a spreadsheet: every recipient, every answer, nothing shortened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from documents.models import Letter
from documents.services.following import (
    BOARD_ORDER,
    RANK,
    Recipient,
    as_values,
    chosen_arrivals,
    place_of_answers,
)
from documents.services.standing import Asked
from documents.services.wording import answer_words, columns_of, state_of_arrival
from members.models import label_of
from portal.core.thaidates import short_datetime


def sheet_head(letter: Letter) -> list[str]:
    """Return the heads of the columns of the spreadsheet."""
    return [
        "โรงเรียน / หน่วยงาน",
        "รหัส 8 หลัก",
        "อำเภอ",
        "กลุ่มเครือข่าย",
        "สถานะ",
        "ลงรับเมื่อ",
        "เลขรับ",
        "ตอบเมื่อ",
        "กำหนด",
        *[column.label for column in columns_of(letter)],
    ]


def sheet_rows(
    letter: Letter, asked: Asked, now: datetime, words: dict[str, str]
) -> Iterator[list[Any]]:
    """Yield every recipient asked for; numbers as numbers, the rest as words."""
    columns = columns_of(letter)
    more = ("unit__code8", "unit__cluster__name", "unit__cluster__short_name", "answered_at")
    arrivals = chosen_arrivals(letter, asked, now).alias(rank=RANK)
    rows = as_values(arrivals, answer=place_of_answers(columns), more=more)
    for row in rows.order_by(*BOARD_ORDER).iterator(chunk_size=2_000):
        one = Recipient._make(row[: -len(more)])
        code8, cluster, cluster_short, answered_at = row[-len(more) :]
        kind, word = state_of_arrival(one, expects_answer=letter.expects_answer)
        yield [
            one.name,
            code8,
            one.district,
            label_of(cluster, cluster_short) if cluster else "",
            word or words.get(kind, kind),
            short_datetime(one.received_at) if one.received_at else "",
            one.number or "",
            short_datetime(answered_at) if answered_at else "",
            short_datetime(one.due_at) if one.due_at else "",
            *[
                value if column.is_number else answer_words(column.kind, value)
                for column, value in zip(columns, one.answers(columns), strict=True)
            ],
        ]
