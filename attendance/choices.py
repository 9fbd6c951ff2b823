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
