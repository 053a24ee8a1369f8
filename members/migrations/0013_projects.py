from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0012_names_of_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="เช่น โครงการ อพ.สธ.", max_length=200, verbose_name="ชื่อโครงการ"
                    ),
                ),
                (
                    "opened_on",
                    models.DateField(blank=True, null=True, verbose_name="เริ่มเมื่อ"),
                ),
                (
                    "closed_on",
                    models.DateField(blank=True, null=True, verbose_name="ปิดโครงการเมื่อ"),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="members.unit",
                        verbose_name="สำนักงาน",
                    ),
                ),
            ],
            options={
                "verbose_name": "โครงการ",
                "verbose_name_plural": "โครงการ",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("office", "name"),
                        name="project_name_unique",
                        violation_error_message="สำนักงานนี้มีโครงการชื่อนี้แล้ว",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProjectStay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField(verbose_name="ตั้งแต่")),
                ("to_on", models.DateField(blank=True, null=True, verbose_name="ถึง")),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="members.project",
                        verbose_name="โครงการ",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="project_stays",
                        to="members.unit",
                        verbose_name="หน่วยงาน",
                    ),
                ),
            ],
            options={
                "verbose_name": "การร่วมโครงการ",
                "verbose_name_plural": "การร่วมโครงการ",
                "ordering": ["project", "unit", "-from_on"],
                "indexes": [models.Index(fields=["unit", "to_on"], name="project_stay_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_on__isnull", True),
                            ("to_on__gte", models.F("from_on")),
                            _connector="OR",
                        ),
                        name="project_stay_dates_in_order",
                        violation_error_message="วันที่สิ้นสุดต้องไม่ก่อนวันที่เริ่ม",
                    )
                ],
            },
        ),
    ]
