from django.db.models import TextChoices


class ExaminationResult(TextChoices):
    ON_FILE = "on_file", "立案"
    NOT_ON_FILE = "not_on_file", "不予立案"
    CONVERTED = "converted", "转社情民意"


class HandlingResult(TextChoices):
    ADOPTED = "adopted", "采纳"
    SOLVED = "solved", "解决"
    PLANNED = "planned", "列入计划"
    FOR_REFERENCE = "for_reference", "留作参考"


class AdoptionLevel(TextChoices):
    COUNTY = "county", "县区"
    CITY = "city", "市"
    PROVINCE = "province", "省"
    NATIONAL = "national", "全国"


class ResearchKind(TextChoices):
    SELF_DIRECTED = "self_directed", "自主调研"
    TOPIC = "topic", "调研协商课题"
    INSPECTION_TOUR = "inspection_tour", "视察"
    STUDY_TOUR = "study_tour", "考察"


class PublicationLevel(TextChoices):
    CENTRAL = "central", "中央"
    PROVINCE = "province", "省"
    CITY = "city", "市"


class TopicKind(TextChoices):
    """What is planned for a year (萍办字〔2022〕9号 二, 萍协字〔2022〕22号)."""

    CONSULTATION = "consultation", "协商议题"
    DEMOCRATIC_OVERSIGHT = "democratic_oversight", "民主监督议题"
    RESEARCH = "research", "调研视察"
    MAJOR_PROPOSAL = "major_proposal", "重点提案督办"


class TopicState(TextChoices):
    PLANNED = "planned", "已列入计划"
    UNDER_WAY = "under_way", "进行中"
    FINISHED = "finished", "已完成"
    CANCELLED = "cancelled", "已取消"


#: A topic in one of these can still be finished or cancelled.
OPEN_TOPIC_STATES = (TopicState.PLANNED, TopicState.UNDER_WAY)
#: What may be counted as a 调研协商课题 (萍办字〔2022〕9号 二（六）8) once it is finished.
COUNTED_TOPIC_KINDS = (TopicKind.RESEARCH, TopicKind.CONSULTATION)
