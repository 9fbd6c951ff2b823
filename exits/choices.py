from django.db.models import TextChoices


class CaseKind(TextChoices):
    """萍协办字〔2022〕19号 一、二; 常委职务: 萍办字〔2022〕9号 四（十三）16, 乐政协〔2021〕12号 12."""

    RESIGNATION = "resignation", "辞去委员"
    ORDER_RESIGN = "order_resign", "责令辞去委员"
    REVOKE = "revoke", "撤销委员资格"
    ADVISE_RESIGN_STANDING = "advise_resign_standing", "劝辞常委职务"
    ORDER_RESIGN_STANDING = "order_resign_standing", "责令辞去常委职务"
    SUSPENSION = "suspension", "暂停履行委员职责"
    REINSTATEMENT = "reinstatement", "恢复履行委员职责"


class Ground(TextChoices):
    """Why, by the items of the rules; which ground fits which kind is in `exits.procedures`."""

    OWN_APPLICATION = "own_application", "本人主动申请"
    POST_CHANGED = "post_changed", "因工作调整不宜继续担任委员"
    HEALTH = "health", "因身体健康原因不能正常履行职责"
    ADVISED = "advised", "未经批准连续 2 次不出席全体会议，经劝辞"
    SANCTIONED = "sanctioned", "受到撤销党内职务、留党察看、政务记大过、降级、撤职等处分"
    POLITICAL_CONDUCT = "political_conduct", "违反政治纪律、政治规矩，造成严重不良影响"
    PUBLIC_MORALITY = "public_morality", "违反社会公德、职业道德和家庭美德，造成严重不良影响"
    NO_ACTIVITY = "no_activity", "无正当理由一年内不参加政协任何会议和活动"
    PLENARY_TWO_RUNNING = "plenary_two_running", "届内连续 2 次全程不参加全体会议"
    FAILED_TWO_YEARS = "failed_two_years", "届内累计两年履职考核不合格"
    CRIMINAL = "criminal", "被依法追究刑事责任"
    EXPELLED = "expelled", "受到开除党籍、政务开除处分"
    CHARTER = "charter", "严重违反政协章程或全体会议、常委会会议决议、决定"
    PLENARY_TWO_UNEXCUSED = "plenary_two_unexcused", "届内无故 2 次全程不参加全体会议"
    REFUSED_ORDER = "refused_order", "符合责令辞去情形，经提醒、劝说后拒不提交书面申请"
    STANDING_TWO_RUNNING = "standing_two_running", "未经批准连续 2 次不出席常委会会议"
    STANDING_TWO_IN_YEAR = "standing_two_in_year", "一年中无故 2 次不出席常委会会议"
    SUSPECTED = "suspected", "涉嫌严重违纪违法，可能受到撤销委员资格处理"
    CLEARED = "cleared", "经查不存在严重违法违纪行为，不符合撤销委员资格情形"
    OTHER = "other", "其他情形"


class CaseState(TextChoices):
    """Where a case stands. `exits.procedures` says which act leads from which to which."""

    OPENED = "opened", "已立案"
    CONSULTING = "consulting", "会商中"
    PROPOSED = "proposed", "已提出建议"
    SUBMITTED = "submitted", "已提请审议"
    DECIDED = "decided", "已作出决定"
    NOTIFIED = "notified", "已书面通知"
    PUBLISHED = "published", "已公布"
    REFUSED = "refused", "拒不提交申请"
    REJECTED = "rejected", "未获通过"
    DROPPED = "dropped", "已终止"


class Act(TextChoices):
    """What is done in a case, each kept as a dated step that is never rewritten."""

    OPEN = "opened", "立案"
    INFORM = "informed", "通报情况"
    OPINE = "opined", "会商意见"
    PROPOSE = "proposed", "提出建议"
    REMIND = "reminded", "提醒"
    PERSUADE = "persuaded", "劝说"
    APPLY = "applied", "提交书面申请"
    REFUSE = "refused", "拒不提交书面申请"
    JOIN = "joined", "并入拒不提交书面申请的情形"
    SUBMIT = "submitted", "提请审议"
    DECIDE = "decided", "作出决定"
    DELIVER = "delivered", "书面通知送达"
    PUBLISH = "published", "向社会公布"
    ANSWER = "answered", "委员说明"
    CORRECT = "corrected", "更正决定生效后的记录"
    DROP = "dropped", "终止"
    CLOSE = "closed", "办结"


class Partner(TextChoices):
    """The department consulted with, by side (萍协办字〔2022〕19号 一（三）1)."""

    ORGANIZATION = "organization", "组织部"
    UNITED_FRONT = "united_front", "统战部"


class Verdict(TextChoices):
    AGREE = "agree", "同意"
    DISAGREE = "disagree", "不同意"


class DecidingBody(TextChoices):
    STANDING_COMMITTEE = "standing_committee", "常务委员会会议"
    CHAIRPERSONS_COUNCIL = "chairpersons_council", "主席会议"


class Addressee(TextChoices):
    """Who is told of a decision in writing (萍协办字〔2022〕19号 一（三）3, 二（二））."""

    MEMBER = "member", "委员本人"
    UNIT = "unit", "所在单位或推荐单位"
    COMMITTEE = "committee", "所在专门委员会"
    SECTOR_GROUP = "sector_group", "界别活动组"
    LIAISON_GROUP = "liaison_group", "县区委员联络组"


class InterviewKind(TextChoices):
    INTERVIEW = "interview", "约谈"
    REMINDER_TALK = "reminder_talk", "约谈提醒"


class InterviewState(TextChoices):
    ARRANGED = "arranged", "已安排"
    NOTIFIED = "notified", "已通知"
    HELD = "held", "已约谈"
    CLOSED = "closed", "已办结"
    CANCELLED = "cancelled", "已取消"


class InterviewAct(TextChoices):
    """What is done with an interview; `exits.procedures` says when."""

    NOTIFY = "notify", "发出约谈通知"
    HOLD = "hold", "登记约谈记录"
    SIGN = "sign", "本人确认约谈记录"
    SIGN_ON_PAPER = "paper", "登记纸质签字件"
    CLOSE = "close", "办结"
    FOLLOW_UP = "follow_up", "登记回访"
    RESCHEDULE = "reschedule", "改期"
    CANCEL = "cancel", "取消约谈"


class InterviewStage(TextChoices):
    """What an interview waits for on a day."""

    NOTICE = "notice", "待通知"
    MEETING = "meeting", "已通知"
    MINUTES = "minutes", "待记录"
    SIGNATURE = "signature", "待本人确认"
    CLOSING = "closing", "待办结"
    FOLLOW_UP = "follow_up", "回访到期"
    LATER = "later", "待回访"
    DONE = "done", "已办结"
    CANCELLED = "cancelled", "已取消"


class InterviewResult(TextChoices):
    ACCEPTED = "accepted", "认识到位，限期改进"
    EXPLAINED = "explained", "情况属实，予以谅解"
    UNMOVED = "unmoved", "态度不端正，建议进一步处理"
    OTHER = "other", "其他"


class PaperKind(TextChoices):
    """Official letters the office writes about interviews and cases."""

    INTERVIEW_NOTICE = "interview_notice", "约谈通知书"
    INTERVIEW_MINUTES = "interview_minutes", "约谈记录"
    INFORMATION = "information", "情况通报函"
    CONSULTATION = "consultation", "会商纪要"
    PROPOSAL = "proposal", "处理建议"
    REMINDER = "reminder", "提醒函"
    DECISION_MEMBER = "decision_member", "决定通知书（本人）"
    DECISION_UNIT = "decision_unit", "决定通知（单位）"
    PUBLICATION = "publication", "公告"
    EXCHANGE = "exchange", "委员信息通报"
    OTHER = "other", "其他公文"


class PaperVariant(TextChoices):
    """Where the wording of one kind of letter differs by what it is about."""

    RESIGNATION = "resignation", "辞去委员"
    NOT_AGREED = "not_agreed", "不同意辞去委员"
    ADVISED = "advised", "劝辞委员"
    ORDER_RESIGN = "order_resign", "责令辞去委员"
    REVOKE = "revoke", "撤销委员资格"
    STANDING = "standing", "辞去常委职务"
    SUSPENSION = "suspension", "暂停履职"
    REINSTATEMENT = "reinstatement", "恢复履职"
    INTERVIEW = "interview", "约谈"
    REMINDER_TALK = "reminder_talk", "约谈提醒"
    PERFORMANCE = "performance", "年度履职情况"
    ROSTER = "roster", "名单及调整情况"
    ROSTER_OTHERS = "roster_others", "全体名单（送有关单位）"
