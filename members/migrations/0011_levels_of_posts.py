from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0010_facts_of_schools"),
    ]

    operations = [
        migrations.AddField(
            model_name="post",
            name="level",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="เช่น ชำนาญการพิเศษ",
                max_length=60,
                verbose_name="ระดับ",
            ),
        ),
    ]
