from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0009_one_time_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="by_temple",
            field=models.BooleanField(db_default=False, default=False, verbose_name="โรงเรียนวัด"),
        ),
        migrations.AddField(
            model_name="unit",
            name="is_private",
            field=models.BooleanField(db_default=False, default=False, verbose_name="โรงเรียนเอกชน"),
        ),
        migrations.AddField(
            model_name="unit",
            name="is_remote",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="เกาะ ห่างไกล หรือเครือข่ายไม่เสถียร",
            ),
        ),
    ]
