from datetime import timedelta

from django.db import migrations
from django.utils import timezone


def end_with_the_day(apps, schema_editor):
    """Let no session that is remembered for fourteen days last longer than those of today."""
    last = timezone.now() + timedelta(hours=12)
    apps.get_model("members", "Session").objects.filter(expire_date__gt=last).update(
        expire_date=last
    )


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_sessions_begin"),
    ]

    operations = [
        migrations.RunPython(end_with_the_day, migrations.RunPython.noop),
    ]
