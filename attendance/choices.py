from django.db.models import TextChoices


class MeetingKind(TextChoices):
    PLENARY_SESSION = "plenary_session", "全体会议"
    STANDING_COMMITTEE_MEETING = "standing_committee_meeting", "常委会会议"
    THEMATIC_STANDING_COMMITTEE_MEETING = (
        "thematic_standing_committee_meeting",
        "专题议政性常委会会议",
    )
    CHAIRPERSONS_COUNCIL = "chairpersons_council", "主席会议"
    CONSULTATION = "consultation", "专题协商会"
    MAJOR_CONSULTATION = "major_consultation", "重要协商活动"
    TRAINING = "training", "学习培训"
    STUDY_SEMINAR = "study_seminar", "学习座谈"
    DEMOCRATIC_OVERSIGHT = "democratic_oversight", "民主监督"
    RESEARCH = "research", "调研"
    INSPECTION_TOUR = "inspection_tour", "视察考察"
    COMMITTEE_ACTIVITY = "committee_activity", "专委会活动"
    SECTOR_ACTIVITY = "sector_activity", "界别活动"
    THEMED_ACTIVITY = "themed_activity", "主题活动"
    SECRETARIES_MEETING = "secretaries_meeting", "秘书长和办公室主任工作会议"
    PARTY_BUILDING_SEMINAR = "party_building_seminar", "党的建设工作座谈会"
    OTHER = "other", "其他会议"


#: 专题议政性常委会会议 counts as a 常委会会议 too.
STANDING_COMMITTEE_KINDS = (
    MeetingKind.STANDING_COMMITTEE_MEETING,
    MeetingKind.THEMATIC_STANDING_COMMITTEE_MEETING,
)
#: 专题协商会 counts as a 重要协商活动 too.
MAJOR_CONSULTATION_KINDS = (MeetingKind.CONSULTATION, MeetingKind.MAJOR_CONSULTATION)


class AttendanceStatus(TextChoices):
    PRESENT = "present", "出席"
    LATE = "late", "迟到"
    LEFT_EARLY = "left_early", "早退"
    LEAVE = "leave", "请假"
    ABSENT = "absent", "缺席"


#: Late and early leavers did attend the sitting.
ATTENDED_STATUSES = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LATE,
    AttendanceStatus.LEFT_EARLY,
)


class SpeechManner(TextChoices):
    ORAL = "oral", "口头"
    WRITTEN = "written", "书面"
    UNUSED = "unused", "未采用"


class SpeechOccasion(TextChoices):
    PLENARY_FLOOR = "plenary_floor", "大会发言"
    GROUP_DISCUSSION = "group_discussion", "分组讨论"
    OTHER = "other", "其他"


class Participation(TextChoices):
    """Whether those invited must come or may put their names down."""

    MUST_ATTEND = "must_attend", "应当参加"
    SIGN_UP = "sign_up", "自愿报名"


class Scope(TextChoices):
    """Whom a line of the expected list takes in."""

    ALL = "all", "全体委员"
    STANDING = "standing", "全体常委"
    CHAIRPERSONS = "chairpersons", "主席会议成员"
    SECTOR = "sector", "界别"
    COMMITTEE = "committee", "专门委员会"
    SECTOR_GROUP = "sector_group", "界别活动组"
    LIAISON_GROUP = "liaison_group", "县区委员联络组"


class Capacity(TextChoices):
    EXPECTED = "expected", "出席"
    NON_VOTING = "non_voting", "列席"


class Reply(TextChoices):
    NONE = "none", "未回复"
    ATTENDING = "attending", "参加"
    DECLINED = "declined", "不参加"


class SignInMethod(TextChoices):
    """How an attendance row came about; empty where it was entered or imported afterwards."""

    STAFF = "staff", "工作人员签到"
    WORKBOOK = "workbook", "表格导入"
    HALL_CODE = "hall_code", "扫会场码"
    MEMBER_CODE = "member_code", "出示委员码"
    CLOSING = "closing", "结束签到时生成"


class Purpose(TextChoices):
    """What a procedure regulates."""

    LEAVE = "leave", "请假"
    NON_VOTING = "non_voting", "列席"


class Approver(TextChoices):
    """Who decides at a step."""

    ORGANISER = "organiser", "承办部门"
    LIAISON_SECTION = "liaison_section", "委员联络科"
    SECRETARY_GENERAL = "secretary_general", "秘书长"
    VICE_CHAIRPERSON = "vice_chairperson", "分管副主席"
    CHAIRPERSON = "chairperson", "主席"


class StepCondition(TextChoices):
    """For whom a step is needed."""

    ALWAYS = "always", "所有人"
    STANDING_MEMBERS = "standing_members", "仅常委"
    OTHERS = "others", "仅常委以外的委员"


class RequestState(TextChoices):
    """Of a request that goes up a chain of approval."""

    PENDING = "pending", "待审批"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class Verdict(TextChoices):
    WAITING = "waiting", "待审批"
    APPROVED = "approved", "同意"
    REFUSED = "refused", "不同意"


class SeatStage(TextChoices):
    """What a non-voting seat waits for."""

    APPROVAL = "approval", "待审批"
    INVITATION = "invitation", "待通知"
    TERMS = "terms", "待确认保密要求"
    MEETING = "meeting", "等待开会"
    OUTCOME = "outcome", "待登记到会"
    MATERIALS = "materials", "待收回材料"
    DONE = "done", "已办结"
    CLOSED = "closed", "不再办理"
