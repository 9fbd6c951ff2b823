"""Every county group is told by itself; an interview has a special committee or says why not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exits", "0010_interviews_moved_and_explained")]

    operations = [
        migrations.RemoveConstraint(
            model_name='casedelivery',
            name='case_delivery_once',
        ),
        migrations.AddConstraint(
            model_name='casedelivery',
            constraint=models.UniqueConstraint(fields=('case', 'addressee', 'name'), name='case_delivery_once', violation_error_message='该通知对象已在列。'),
        ),
        migrations.AddConstraint(
            model_name='interview',
            constraint=models.CheckConstraint(condition=models.Q(('committee__isnull', False), models.Q(('without_committee', ''), _negated=True), _connector='OR'), name='interview_with_committee_or_why_not', violation_error_message='约谈须有专门委员会参加；没有的，须写明原因。'),
        ),
    ]
