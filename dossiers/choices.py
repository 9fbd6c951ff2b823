from django.db.models import TextChoices


class HandInKind(TextChoices):
    ANNUAL_RETURN = "annual_return", "履职情况登记表"
    PERFORMANCE_REPORT = "performance_report", "述职报告"
    PERFORMANCE_FORM = "performance_form", "述职表"
    ANNUAL_DUTY_REPORT = "annual_duty_report", "年度履职报告"
    TERM_DUTY_REPORT = "term_duty_report", "届末履职报告"


class ObjectionState(TextChoices):
    OPEN = "open", "待答复"
    CORRECTED = "corrected", "已更正"
    EXPLAINED = "explained", "已说明"
    WITHDRAWN = "withdrawn", "已撤回"


class ObjectionAct(TextChoices):
    """A step in the history of an objection; both sides read it."""

    FILED = "filed", "提出异议"
    ANSWERED = "answered", "答复"
    REOPENED = "reopened", "再次提出"
    PASSED_ON = "passed_on", "转交"
    WITHDRAWN = "withdrawn", "撤回"
