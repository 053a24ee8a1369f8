from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_stand_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="began_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
