import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exits', '0008_roster_to_other_houses'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='case',
            name='case_departments_agree',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_closed_when_ended',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_no_milestone_ahead',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='case_origin_leads_to_revoke',
        ),
        migrations.AddField(
            model_name='case',
            name='answer_by',
            field=models.DateField(blank=True, editable=False, help_text='提醒、劝说时告知委员的日期；本步时限是机关自己的计划', null=True, verbose_name='请委员答复的期限'),
        ),
        migrations.AlterField(
            model_name='case',
            name='origin',
            field=models.OneToOneField(blank=True, help_text='拒不提交书面申请、由本事项办理的责令辞去事项', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successor', to='exits.case', verbose_name='由此转来'),
        ),
        migrations.AlterField(
            model_name='casestep',
            name='kind',
            field=models.CharField(choices=[('opened', '立案'), ('informed', '通报情况'), ('opined', '会商意见'), ('proposed', '提出建议'), ('reminded', '提醒'), ('persuaded', '劝说'), ('applied', '提交书面申请'), ('refused', '拒不提交书面申请'), ('joined', '并入拒不提交书面申请的情形'), ('submitted', '提请审议'), ('decided', '作出决定'), ('delivered', '书面通知送达'), ('published', '向社会公布'), ('answered', '委员说明'), ('corrected', '更正决定生效后的记录'), ('dropped', '终止'), ('closed', '办结')], max_length=20, verbose_name='步骤'),
        ),
        migrations.AlterField(
            model_name='officialpaper',
            name='variant',
            field=models.CharField(blank=True, choices=[('resignation', '辞去委员'), ('not_agreed', '不同意辞去委员'), ('advised', '劝辞委员'), ('order_resign', '责令辞去委员'), ('revoke', '撤销委员资格'), ('standing', '辞去常委职务'), ('suspension', '暂停履职'), ('reinstatement', '恢复履职'), ('interview', '约谈'), ('reminder_talk', '约谈提醒'), ('performance', '年度履职情况'), ('roster', '名单及调整情况'), ('roster_others', '全体名单（送有关单位）')], max_length=20, verbose_name='适用'),
        ),
        migrations.AlterField(
            model_name='papertemplate',
            name='variant',
            field=models.CharField(blank=True, choices=[('resignation', '辞去委员'), ('not_agreed', '不同意辞去委员'), ('advised', '劝辞委员'), ('order_resign', '责令辞去委员'), ('revoke', '撤销委员资格'), ('standing', '辞去常委职务'), ('suspension', '暂停履职'), ('reinstatement', '恢复履职'), ('interview', '约谈'), ('reminder_talk', '约谈提醒'), ('performance', '年度履职情况'), ('roster', '名单及调整情况'), ('roster_others', '全体名单（送有关单位）')], max_length=20, verbose_name='适用'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ground', 'own_application'), _negated=True), ('informed_date__isnull', True), models.Q(('applied_date__isnull', False), ('informed_date__gte', models.F('applied_date'))), _connector='OR'), name='case_own_application_before_consulting', violation_error_message='本人主动申请辞去的，须先有书面申请，再向会商部门通报。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('proposed', 'submitted', 'decided', 'notified', 'published', 'refused', 'rejected')), _negated=True), models.Q(('kind__in', ('resignation',)), models.Q(('ground__in', ('advised',)), _negated=True), ('organization_opinion__in', ['agree', 'disagree']), ('united_front_opinion__in', ['agree', 'disagree'])), models.Q(('kind__in', ('suspension', 'reinstatement')), ('organization_opinion', 'agree'), ('united_front_opinion', 'agree')), models.Q(models.Q(('kind__in', ('order_resign', 'revoke', 'advise_resign_standing', 'order_resign_standing')), ('ground__in', ('advised',)), _connector='OR'), models.Q(models.Q(('side', 'organization'), ('organization_opinion', 'agree')), models.Q(('side', 'united_front'), ('united_front_opinion', 'agree')), _connector='OR')), _connector='OR'), name='case_departments_consulted', violation_error_message='会商部门的意见尚不足以提出建议。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state__in', ['published', 'dropped']), models.Q(('kind__in', ('suspension', 'reinstatement')), ('state', 'notified')), models.Q(('state', 'rejected'), models.Q(('kind__in', ('resignation',)), ('notified_date__isnull', True), _negated=True)), _connector='OR'), ('closed_date__isnull', False)), models.Q(models.Q(('state__in', ['published', 'dropped']), models.Q(('kind__in', ('suspension', 'reinstatement')), ('state', 'notified')), models.Q(('state', 'rejected'), models.Q(('kind__in', ('resignation',)), ('notified_date__isnull', True), _negated=True)), _connector='OR', _negated=True), ('closed_date__isnull', True)), _connector='OR'), name='case_closed_when_ended', violation_error_message='办结日期只在事项结束时填写。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('informed_date__isnull', True), models.Q(('state__in', ('opened',)), _negated=True), _connector='OR'), models.Q(('proposed_date__isnull', True), models.Q(('state__in', ('opened', 'consulting')), _negated=True), _connector='OR'), models.Q(('submitted_date__isnull', True), models.Q(('state__in', ('opened', 'consulting', 'proposed', 'refused')), _negated=True), _connector='OR'), models.Q(('notified_date__isnull', True), models.Q(('state__in', ('opened', 'consulting', 'proposed', 'submitted', 'refused', 'decided')), _negated=True), _connector='OR'), models.Q(('published_date__isnull', True), models.Q(('state__in', ('opened', 'consulting', 'proposed', 'submitted', 'refused', 'rejected', 'decided', 'notified')), _negated=True), _connector='OR'), models.Q(('notified_date__isnull', True), models.Q(('state', 'rejected'), models.Q(('kind__in', ('resignation',)), _negated=True), _negated=True), _connector='OR')), name='case_no_milestone_ahead', violation_error_message='尚未到达的环节不能有日期。'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('origin__isnull', True), ('kind', 'revoke'), _connector='OR'), name='case_origin_leads_to_revoke', violation_error_message='拒不提交申请的，只能由撤销委员资格事项办理。'),
        ),
    ]
