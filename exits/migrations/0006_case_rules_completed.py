from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0003_run_permission'),
        ('exits', '0005_cases_of_old_removed'),
        ('members', '0005_liaison_group_assembly'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('informed_date__isnull', True), models.Q(('state__in', ('opened',)), _negated=True), _connector='OR'), models.Q(('proposed_date__isnull', True), models.Q(('state__in', ('opened', 'consulting')), _negated=True), _connector='OR'), models.Q(('submitted_date__isnull', True), models.Q(('state__in', ('opened', 'consulting', 'proposed', 'refused')), _negated=True), _connector='OR'), models.Q(('notified_date__isnull', True), models.Q(('state__in', ('opened', 'consulting', 'proposed', 'submitted', 'refused', 'rejected', 'decided')), _negated=True), _connector='OR'), models.Q(('published_date__isnull', True), models.Q(('state__in', ('opened', 'consulting', 'proposed', 'submitted', 'refused', 'rejected', 'decided', 'notified')), _negated=True), _connector='OR')), name='case_no_milestone_ahead', violation_error_message='尚未到达的环节不能有日期。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ground__in', ('own_application', 'post_changed', 'health', 'advised', 'other')), ('kind', 'resignation')), models.Q(('ground__in', ('sanctioned', 'political_conduct', 'public_morality', 'no_activity', 'plenary_two_running', 'failed_two_years', 'other')), ('kind', 'order_resign')), models.Q(('ground__in', ('criminal', 'expelled', 'charter', 'plenary_two_unexcused', 'refused_order', 'other')), ('kind', 'revoke')), models.Q(('ground__in', ('standing_two_running', 'other')), ('kind', 'advise_resign_standing')), models.Q(('ground__in', ('standing_two_in_year', 'other')), ('kind', 'order_resign_standing')), models.Q(('ground__in', ('suspected',)), ('kind', 'suspension')), models.Q(('ground__in', ('cleared',)), ('kind', 'reinstatement')), _connector='OR'), name='case_ground_fits_kind', violation_error_message='所选情形不是此类事项的情形。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('origin__isnull', True), models.Q(('ground', 'refused_order'), ('kind', 'revoke')), _connector='OR'), name='case_origin_leads_to_revoke', violation_error_message='由拒不提交申请转来的，只能是撤销委员资格事项。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('applied_date__isnull', True), ('submitted_date__isnull', True), ('submitted_date__gte', models.F('applied_date')), _connector='OR'), name='case_submitted_after_application', violation_error_message='提请审议不能早于委员提交书面申请。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('refused_date__isnull', True), models.Q(('proposed_date__isnull', False), ('refused_date__gte', models.F('proposed_date'))), _connector='OR'), name='case_refused_after_proposal', violation_error_message='拒不提交申请不能早于提出建议。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('suspension__isnull', True), models.Q(('kind__in', ('suspension', 'reinstatement')), ('state__in', ('decided', 'notified', 'published')), _negated=True)), models.Q(('kind__in', ('suspension', 'reinstatement')), ('state__in', ('decided', 'notified', 'published')), ('suspension__isnull', False)), _connector='OR'), name='case_suspension_by_decision', violation_error_message='暂停、恢复履职的决定须有暂停期间，其他事项没有。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ['organization', 'united_front']), ('state__in', ['opened', 'consulting', 'proposed', 'submitted', 'decided', 'notified', 'published', 'refused', 'rejected', 'dropped'])), name='case_state_and_side_known', violation_error_message='没有这样的状态或会商部门。'),
        ),
    ]
