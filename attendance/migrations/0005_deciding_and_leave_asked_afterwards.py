from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0004_grace_minutes_and_own_sign_in'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='approval',
            options={
                'default_permissions': ('view',),
                'ordering': ['leave_request', 'seat', 'sequence'],
                'permissions': [('decide_approval', '审批请假和列席')],
                'verbose_name': '审批',
                'verbose_name_plural': '审批',
            },
        ),
        migrations.AddField(
            model_name='leaverequest',
            name='is_afterwards',
            field=models.BooleanField(default=False, editable=False, help_text='所请各场都已开始之后才申请；可批准为情况说明，考勤仍计缺席', verbose_name='事后补假'),
        ),
    ]
