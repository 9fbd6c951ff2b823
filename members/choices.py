from django.db.models import TextChoices


class AssemblyLevel(TextChoices):
    CITY = "city", "市"
    COUNTY = "county", "县（市、区）"


class Gender(TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Party(TextChoices):
    CPC = "cpc", "中共"
    RCCK = "rcck", "民革"
    CDL = "cdl", "民盟"
    CNDCA = "cndca", "民建"
    CAPD = "capd", "民进"
    CPWDP = "cpwdp", "农工党"
    ZGP = "zgp", "致公党"
    JIUSAN = "jiusan", "九三学社"
    TSL = "tsl", "台盟"
    NON_PARTY = "non_party", "无党派"
    MASSES = "masses", "群众"


class Post(TextChoices):
    STANDING_MEMBER = "standing_member", "常委"
    CHAIRPERSON = "chairperson", "主席"
    VICE_CHAIRPERSON = "vice_chairperson", "副主席"
    SECRETARY_GENERAL = "secretary_general", "秘书长"
    COMMITTEE_DIRECTOR = "committee_director", "专委会主任"
    COMMITTEE_DEPUTY_DIRECTOR = "committee_deputy_director", "专委会副主任"
    SECTOR_GROUP_HEAD = "sector_group_head", "界别活动组组长"


class Level(TextChoices):
    """Levels of awards and instructions, from the lowest."""

    COUNTY = "county", "县区"
    CITY = "city", "市"
    PROVINCE = "province", "省"
    NATIONAL = "national", "国家"


class SanctionKind(TextChoices):
    WARNING = "warning", "警告"
    SERIOUS_WARNING = "serious_warning", "严重警告"
    PARTY_POST_REMOVED = "party_post_removed", "撤销党内职务"
    PARTY_PROBATION = "party_probation", "留党察看"
    PARTY_EXPELLED = "party_expelled", "开除党籍"
    ADMINISTRATIVE_WARNING = "administrative_warning", "政务警告"
    ADMINISTRATIVE_DEMERIT = "administrative_demerit", "政务记过"
    ADMINISTRATIVE_MAJOR_DEMERIT = "administrative_major_demerit", "政务记大过"
    ADMINISTRATIVE_DEMOTION = "administrative_demotion", "政务降级"
    ADMINISTRATIVE_DISMISSAL = "administrative_dismissal", "政务撤职"
    ADMINISTRATIVE_EXPULSION = "administrative_expulsion", "政务开除"
    CRIMINAL_LIABILITY = "criminal_liability", "追究刑事责任"
    OTHER = "other", "其他"


class ConductKind(TextChoices):
    POLITICAL_DISCIPLINE = "political_discipline", "违反政治纪律政治规矩"
    PUBLIC_MORALITY = "public_morality", "违反社会公德职业道德家庭美德"
    CHARTER_VIOLATION = "charter_violation", "严重违反政协章程或决议"


class RecordKind(TextChoices):
    """What a department collects (萍协字〔2022〕8号 二)."""

    PLENARY_ATTENDANCE = "plenary_attendance", "全体会议考勤"
    ATTENDANCE = "attendance", "其他会议活动考勤"
    SPEECH = "speech", "会议发言"
    PROPOSAL = "proposal", "提案"
    OPINION = "opinion", "社情民意信息"
    ARTICLE = "article", "发表文章"
    RESEARCH = "research", "调研视察"
    THEMED_ACTIVITY = "themed_activity", "主题活动"
    INVITATION = "invitation", "外单位活动"
    CONDUCT = "conduct", "奖惩"
    HAND_IN = "hand_in", "材料提交"


class NoticeKind(TextChoices):
    """What a notice is about."""

    MEETING = "meeting", "会议通知"
    LEAVE = "leave", "请假结果"
    NON_VOTING = "non_voting", "列席邀请"
    OBJECTION = "objection", "异议答复"
    CAMPAIGN = "campaign", "年度填报"
    REMINDER = "reminder", "提醒"
    INTERVIEW = "interview", "约谈通知"
    EXIT = "exit", "退出与暂停履职"
    CIRCULAR = "circular", "通报"
    OTHER = "other", "其他"


#: Of single members' discipline: leaders read them only where they are told themselves.
CONFIDENTIAL_NOTICES = (NoticeKind.INTERVIEW, NoticeKind.EXIT)


class ChangeKind(TextChoices):
    """What the groups and 组织部 report of a member (萍协办字〔2022〕19号 三（四）（六）（七）)."""

    POST_CHANGED = "post_changed", "职务变动"
    MOVED_AWAY = "moved_away", "调离本地"
    SUSPECTED_VIOLATION = "suspected_violation", "涉嫌违纪违法违规"
    VIOLATION_HANDLED = "violation_handled", "违纪违法违规处理"
    OTHER = "other", "其他情况"


#: Reports of these kinds are disciplinary: fewer people read them.
DISCIPLINARY_CHANGES = (ChangeKind.SUSPECTED_VIOLATION, ChangeKind.VIOLATION_HANDLED)


class ReportState(TextChoices):
    """Of a report of change, in the office's queue."""

    NEW = "new", "待办理"
    ACCEPTED = "accepted", "已办理"
    SET_ASIDE = "set_aside", "不需办理"
    WITHDRAWN = "withdrawn", "已撤回"
