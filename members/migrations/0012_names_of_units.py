from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_levels_of_posts"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="renamed_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="ใช้ชื่อนี้ตั้งแต่"),
        ),
        migrations.CreateModel(
            name="UnitName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="ชื่อเดิม")),
                (
                    "short_name",
                    models.CharField(blank=True, max_length=100, verbose_name="ชื่อย่อเดิม"),
                ),
                ("from_on", models.DateField(blank=True, null=True, verbose_name="ตั้งแต่")),
                ("to_on", models.DateField(verbose_name="ถึง")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earlier_names",
                        to="members.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "ชื่อเดิมของหน่วยงาน",
                "verbose_name_plural": "ชื่อเดิมของหน่วยงาน",
                "ordering": ["-to_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "to_on"), name="unit_name_one_at_a_time"
                    )
                ],
            },
        ),
    ]
