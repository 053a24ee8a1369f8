"""The history knows the lines that were registered before it kept their fingerprints."""

from __future__ import annotations

from datetime import UTC

from django.db import migrations

from documents.domain import row_seal

SEALED = (
    "book_id",
    "number",
    "registered_at",
    "letter_id",
    "letter_number",
    "letter_dated_on",
    "from_text",
    "to_text",
    "subject",
    "remarks",
)
CHUNK = 2_000


def seal(apps, schema_editor):
    AuditEntry = apps.get_model("audit", "AuditEntry")
    RegisterEntry = apps.get_model("documents", "RegisterEntry")
    rows = RegisterEntry.objects.order_by("pk").values(
        "pk", "registered_by_id", "holding_id", *SEALED
    )
    lines = []
    for row in rows.iterator(chunk_size=CHUNK):
        pk, member, holding = row.pop("pk"), row.pop("registered_by_id"), row.pop("holding_id")
        at = row["registered_at"]
        dated_on = row["letter_dated_on"]
        columns = row | {
            "registered_at": at.astimezone(UTC).isoformat(),
            "letter_dated_on": dated_on.isoformat() if dated_on else "",
        }
        lines.append(
            AuditEntry(
                at=at,
                action="register.entry_registered",
                subject_type="documents.registerentry",
                subject_id=pk,
                member_id=member,
                holding_id=holding,
                capacity="",
                data={
                    "book": row["book_id"],
                    "number": row["number"],
                    "row": row_seal(columns),
                },
            )
        )
    AuditEntry.objects.bulk_create(lines, batch_size=CHUNK)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0003_main_job_complete"),
        ("audit", "0001_initial"),
    ]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
