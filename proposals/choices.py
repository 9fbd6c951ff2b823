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
