"""What the house may find of letters, and what of them waits for whom."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from documents.models import (
    Arrival,
    Assignment,
    Inquiry,
    Letter,
    Matter,
    RegisterBook,
    RegisterEntry,
    Response,
    Routing,
    Secrecy,
)
from documents.resources.finding import find_letter, find_matter, letter_scopes
from documents.resources.readers import (
    arrival_readers,
    book_readers,
    entry_readers,
    inquiry_readers,
    letter_readers,
    matter_readers,
    response_readers,
    routing_readers,
)
from documents.resources.waiting import (
    arrival_waits,
    assignment_waits,
    inquiry_waits,
    letter_waits,
    matter_waits,
    routing_waits,
)
from portal.core.resources import Resource, register


def with_letter_parts(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    return letters.select_related("owner_unit")


def with_matter_parts(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    parts = matters.select_related("arrival__entry__book", "arrival__letter__owner_unit")
    return parts.prefetch_related("steps")


register(
    Resource(
        model=RegisterBook,
        label="ทะเบียน",
        icon="book-open",
        visible_to=lambda member: RegisterBook.objects.visible_to(member),
        readers=book_readers,
    )
)
register(
    Resource(
        model=RegisterEntry,
        label="เลขทะเบียน",
        icon="book-open",
        visible_to=lambda member: RegisterEntry.objects.visible_to(member),
        readers=entry_readers,
    )
)
register(
    Resource(
        model=Letter,
        label="หนังสือ",
        icon="mail",
        visible_to=lambda member: Letter.objects.visible_to(member),
        secret=Q(secrecy__gt=Secrecy.NORMAL),
        readers=letter_readers,
        find=find_letter,
        with_parts=with_letter_parts,
        scopes=letter_scopes,
        waiting=letter_waits,
    )
)
register(
    Resource(
        model=Arrival,
        label="หนังสือเข้า",
        icon="inbox",
        visible_to=lambda member: Arrival.objects.visible_to(member),
        readers=arrival_readers,
        waiting=arrival_waits,
    )
)
register(
    Resource(
        model=Response,
        label="คำตอบ",
        icon="reply",
        visible_to=lambda member: Response.objects.visible_to(member),
        secret=Q(arrival__letter__secrecy__gt=Secrecy.NORMAL),
        readers=response_readers,
    )
)
register(
    Resource(
        model=Assignment,
        label="งานที่มอบหมาย",
        icon="users",
        visible_to=lambda member: Assignment.objects.visible_to(member),
        waiting=assignment_waits,
    )
)
register(
    Resource(
        model=Matter,
        label="เรื่องเข้าสำนักงาน",
        icon="inbox",
        visible_to=lambda member: Matter.objects.visible_to(member),
        readers=matter_readers,
        find=find_matter,
        with_parts=with_matter_parts,
        waiting=matter_waits,
    )
)
register(
    Resource(
        model=Routing,
        label="เรื่องเพื่อทราบ",
        icon="inbox",
        visible_to=lambda member: Routing.objects.visible_to(member),
        readers=routing_readers,
        waiting=routing_waits,
    )
)
register(
    Resource(
        model=Inquiry,
        label="คำถามจากผู้รับ",
        icon="message-circle-question-mark",
        visible_to=lambda member: Inquiry.objects.visible_to(member),
        readers=inquiry_readers,
        waiting=inquiry_waits,
    )
)
