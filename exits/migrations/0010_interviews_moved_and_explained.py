"""An interview keeps its former times, and why no special committee takes part."""

from django.db import migrations, models

NOT_SAID = "升级前安排，未填写"


def explain(apps, schema_editor):
    rows = apps.get_model("exits", "Interview").objects.using(schema_editor.connection.alias)
    rows.filter(committee=None).update(without_committee=NOT_SAID)


class Migration(migrations.Migration):
    dependencies = [("exits", "0009_departments_advise_either_way")]

    operations = [
        migrations.AddField(
            model_name='interview',
            name='rescheduled',
            field=models.TextField(blank=True, editable=False, help_text='一行一次', max_length=10000, verbose_name='改期记录'),
        ),
        migrations.AddField(
            model_name='interview',
            name='without_committee',
            field=models.TextField(blank=True, max_length=1000, verbose_name='没有专门委员会参加的原因'),
        ),
        migrations.RunPython(explain, migrations.RunPython.noop),
    ]
