from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_seal_lines")]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="copied_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="documents.letter",
                verbose_name="ร่างจากฉบับ",
            ),
        )
    ]
