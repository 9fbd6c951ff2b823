from django.db.models import TextChoices


class Outcome(TextChoices):
    """From mild to severe; the order is the order of severity."""

    REMIND = "remind", "提醒"
    INTERVIEW = "interview", "约谈"
    ADVISE_RESIGN_STANDING = "advise_resign_standing", "劝辞常委职务"
    ORDER_RESIGN_STANDING = "order_resign_standing", "责令辞去常委职务"
    ADVISE_RESIGN = "advise_resign", "劝辞委员"
    ORDER_RESIGN = "order_resign", "责令辞去委员"
    REVOKE = "revoke", "撤销委员资格"


class FindingState(TextChoices):
    OPEN = "open", "待审核"
    CONFIRMED = "confirmed", "已确认"
    DISMISSED = "dismissed", "不予采纳"
    WITHDRAWN = "withdrawn", "已撤回"


class SubjectKind(TextChoices):
    MEMBER = "member", "委员"
    SECTOR = "sector", "界别"
    COMMITTEE = "committee", "专委会"
    ASSEMBLY = "assembly", "本会"


class FindingEventKind(TextChoices):
    FOUND = "found", "发现"
    CHANGED = "changed", "证据变更"
    CONFIRMED = "confirmed", "确认"
    DISMISSED = "dismissed", "不予采纳"
    REOPENED = "reopened", "退回待审核"
    WITHDRAWN = "withdrawn", "撤回"
