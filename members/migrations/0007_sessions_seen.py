from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0006_sessions_end_with_the_day"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="last_seen_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
