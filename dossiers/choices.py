from django.db.models import TextChoices


class HandInKind(TextChoices):
    ANNUAL_RETURN = "annual_return", "履职情况登记表"
    PERFORMANCE_REPORT = "performance_report", "述职报告"
    PERFORMANCE_FORM = "performance_form", "述职表"
    ANNUAL_DUTY_REPORT = "annual_duty_report", "年度履职报告"
    TERM_DUTY_REPORT = "term_duty_report", "届末履职报告"
