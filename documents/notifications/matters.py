"""What a matter on its way through the office tells whoever's turn it is.

Nobody outside the office hears of any of this: a school is told of the letter that answers it, as
of every letter.
"""

from __future__ import annotations

from django.db.models import QuerySet

from documents.models import Matter, MatterState, Step, StepKind, Urgency
from documents.querysets import GROUP_DESK_ROLES
from members.models import Member, Role, Unit
from members.services import office_holidays
from portal.core.thaidates import short_datetime
from portal.notifications.kinds import Kind, Office, Text, register
from portal.outbox.models import OutboxMessage


def group_desks(units: object) -> QuerySet[Member]:
    """Clerks and heads of these groups."""
    return Member.objects.holding(units=units, roles=GROUP_DESK_ROLES)


def registrars(office: Unit) -> QuerySet[Member]:
    """Whoever keeps the registry of the office."""
    units = office.units.values("pk")
    return Member.objects.holding(units=units, roles=[Role.CENTRAL_REGISTRAR])


class MatterKind(Kind):
    """News about a matter; its office speaks, and closes on its own holidays."""

    icon = "inbox"
    title = ""

    def matter(self, message: OutboxMessage) -> Matter:
        return Matter.objects.select_related(
            "office", "arrival__entry", "arrival__letter__owner_unit"
        ).get(pk=message.subject_pk)

    def step(self, message: OutboxMessage) -> Step:
        return Step.objects.get(pk=message.data["step"])

    def office(self, message: OutboxMessage) -> Office:
        office = self.matter(message).office
        return Office(office.label, office_holidays(office))

    def lines(self, matter: Matter, step: Step) -> list[str]:
        lines = [f"{step.get_kind_display()}โดย {step.name_text}: {step.text}"] if step.text else []
        if matter.due_at and not matter.is_done:
            lines.append(f"ภายใน: {short_datetime(matter.due_at)}")
        return lines

    def text(self, message: OutboxMessage) -> Text:
        matter = self.matter(message)
        return Text(
            title=f"{self.title}: {matter.letter.subject}",
            lines=self.lines(matter, self.step(message)),
            url=matter.get_absolute_url(),
            unit_text=f"{matter.letter.sender} · เลขรับ {matter.arrival.entry}",
        )

    def is_urgent(self, message: OutboxMessage) -> bool:
        return self.matter(message).letter.urgency == Urgency.MOST_URGENT


@register
class MatterProposed(MatterKind):
    """A matter waits for an order."""

    key = "documents.matter_proposed"
    label = "รอสั่งการ"
    title = "รอสั่งการ"
    icon = "pen-line"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        post = self.matter(message).proposed_to
        if post is None:
            return Member.objects.none()
        holders = Member.objects.holding(units=[post.unit_id], roles=[post.role])
        return holders.filter(holdings__post=post)

    def is_still_true(self, message: OutboxMessage) -> bool:
        return bool(self.matter(message).state == MatterState.PROPOSED)


@register
class MatterRouted(MatterKind):
    """A group has a matter, to act or to know."""

    key = "documents.matter_routed"
    label = "เรื่องถึงกลุ่ม"
    title = "เรื่องถึงกลุ่ม"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return group_desks(message.data["units"])


@register
class MatterAssigned(MatterKind):
    """An officer has a matter."""

    key = "documents.matter_assigned"
    label = "เรื่องที่มอบหมาย"
    title = "มอบหมายให้ท่าน"
    icon = "users"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return Member.objects.active().filter(pk=self.matter(message).officer_id)

    def is_still_true(self, message: OutboxMessage) -> bool:
        return not self.matter(message).is_done


@register
class MatterReturned(MatterKind):
    """A matter came back, or is open again: to the group's desk or to the registry."""

    key = "documents.matter_returned"
    label = "เรื่องส่งคืน"
    title = "ส่งคืน"
    icon = "undo-2"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        matter = self.matter(message)
        if matter.main_unit_id and matter.state != MatterState.RECEIVED:
            return group_desks([matter.main_unit_id])
        return registrars(matter.office)

    def text(self, message: OutboxMessage) -> Text:
        said = super().text(message)
        if self.step(message).kind != StepKind.REOPENED:
            return said
        subject = self.matter(message).letter.subject
        return Text(
            title=f"เปิดเรื่องอีกครั้ง: {subject}",
            lines=said.lines,
            url=said.url,
            unit_text=said.unit_text,
        )


@register
class MatterSettled(MatterKind):
    """A matter was answered or closed; the registry hears of it."""

    key = "documents.matter_settled"
    label = "เรื่องเสร็จ"
    title = "เรื่องเสร็จ"
    icon = "circle-check"

    def recipients(self, message: OutboxMessage) -> QuerySet[Member]:
        return registrars(self.matter(message).office)

    def lines(self, matter: Matter, step: Step) -> list[str]:
        return [f"{step.get_kind_display()} {step.to_text or step.text}".strip()]
