from django.db.models import TextChoices


class ExitKind(TextChoices):
    RESIGNATION = "resignation", "辞去委员"
    ORDER_RESIGN = "order_resign", "责令辞去委员"
    REVOKE = "revoke", "撤销委员资格"


class CaseStepKind(TextChoices):
    REMINDED = "reminded", "提醒"
    PERSUADED = "persuaded", "劝说"
    APPLIED = "applied", "提交书面申请"
    REFUSED = "refused", "拒不提交书面申请"
    CLOSED = "closed", "办结"
