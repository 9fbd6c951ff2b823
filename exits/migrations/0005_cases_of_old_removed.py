from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exits", "0004_cases_carried_over")]

    operations = [
        migrations.DeleteModel("ExitCaseStep"),
        migrations.DeleteModel("ExitCase"),
    ]
