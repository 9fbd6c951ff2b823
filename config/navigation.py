"""The office's desk: its name, its colours, and the menu each role sees."""

from collections.abc import Callable

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

NAME = "政协委员履职管理"
DESK_ADMIN = "reporting.admin.desk"
OWN_DUTIES = f"{DESK_ADMIN}.offers_own_duties"


def holds(*permissions: str) -> Callable[[HttpRequest], bool]:
    """Shown to an account that holds any of the permissions."""
    return lambda request: any(request.user.has_perm(name) for name in permissions)


def item(title: str, icon: str, url: str, *permissions: str) -> dict:
    entry = {"title": title, "icon": icon, "link": reverse_lazy(url)}
    return entry | {"permission": holds(*permissions)} if permissions else entry


def records(title: str, icon: str, model: str) -> dict:
    """The list of a model ("members.person"), shown to those who may read it."""
    app, name = model.split(".")
    return item(title, icon, f"admin:{app}_{name}_changelist", f"{app}.view_{name}")


def allowed(title: str, icon: str, url: str, predicate: str) -> dict:
    """Shown where the predicate on the request, named by its path, holds."""
    return item(title, icon, url) | {"permission": predicate}


def entry(title: str, url: str, *permissions: str, main: bool = False) -> dict:
    """One word of the members' menu; only the main ones are always in sight."""
    found = {"title": title, "link": reverse_lazy(url), "is_main": main}
    return found | {"permission": holds(*permissions)} if permissions else found


def group(title: str, *items: dict) -> dict:
    return {"title": title, "collapsible": False, "items": list(items)}


def topic_titles(request: HttpRequest) -> str:
    """Offers the plan's titles where a meeting's topic is typed in."""
    return f"{static('office/topics.js')}?titles={reverse_lazy('reporting:topic-titles')}"


def stylesheet(request: HttpRequest) -> str:
    return static("office/office.css")


def icon(request: HttpRequest) -> str:
    return static("accounts/icon.svg")


MENU = [
    group(
        "工作台",
        item("待办与概况", "dashboard", "admin:index"),
        item("滞后榜", "hourglass_bottom", "reporting:timeliness", "members.view_collectionduty"),
    ),
    group(
        "本人履职",
        allowed("年度填报（本人）", "edit_document", "reporting:paper-list", OWN_DUTIES),
        allowed("报送（本人）", "upload", "dossiers:submission-list", OWN_DUTIES),
        allowed("履职记录（本人）", "assignment_ind", "dossiers:record-list", OWN_DUTIES),
        allowed("请假（本人）", "event_busy", "attendance:leave-list", OWN_DUTIES),
    ),
    group(
        "委员名册",
        records("委员", "groups", "members.member"),
        records("人员", "person", "members.person"),
        records("职务任期", "badge", "members.tenure"),
        records("暂停履职", "pause_circle", "members.suspensionperiod"),
        records("委员情况报告", "assignment_late", "members.changereport"),
        records("界别", "category", "members.sector"),
        records("专门委员会", "account_tree", "members.specialcommittee"),
        records("界别活动组", "diversity_3", "members.sectorgroup"),
        records("县区委员联络组", "location_city", "members.liaisongroup"),
    ),
    group(
        "会议与出席",
        records("会议活动", "event", "attendance.meeting"),
        records("通知", "notifications", "members.notice"),
        records("考勤", "how_to_reg", "attendance.attendance"),
        records("会议发言", "record_voice_over", "attendance.speech"),
        records("外单位活动", "handshake", "attendance.outsideinvitation"),
    ),
    group(
        "请假与列席",
        item("待审批", "approval", "attendance:approval-list", "attendance.decide_approval"),
        item(
            "请假申请",
            "event_busy",
            "admin:attendance_leaverequest_changelist",
            "attendance.decide_approval",
        ),
        item("列席工作台", "chair", "attendance:seat-board", "attendance.decide_approval"),
        item(
            "列席人员",
            "person_add",
            "admin:attendance_nonvotingseat_changelist",
            "attendance.decide_approval",
        ),
    ),
    group(
        "提案与建言",
        records("提案", "description", "proposals.proposal"),
        records("社情民意信息", "campaign", "proposals.publicopinionreport"),
        records("调研视察", "travel_explore", "proposals.research"),
        records("发表文章", "article", "proposals.article"),
    ),
    group(
        "采集与录入",
        item("采集台", "edit_note", "dossiers:entry-list", "dossiers.import_workbook"),
        item(
            "委员报送", "move_to_inbox", "dossiers:submission-queue", "dossiers.change_submission"
        ),
        item("会议考勤登记", "checklist", "dossiers:mark-list", "dossiers.import_workbook"),
        item("疑似重复", "content_copy", "dossiers:duplicate-list", "dossiers.import_workbook"),
        item("待转社情民意", "move_up", "dossiers:conversion-list", "dossiers.import_workbook"),
        item("导入工作簿", "upload_file", "dossiers:import-create", "dossiers.import_workbook"),
    ),
    group(
        "界别、专委会与议题",
        allowed("界别与专委会", "hub", "reporting:organ-list", f"{DESK_ADMIN}.offers_overview"),
        allowed(
            "本级政协年度要求",
            "event_available",
            "reporting:assembly-detail",
            f"{DESK_ADMIN}.offers_assembly",
        ),
        item("年度协商计划", "forum", "reporting:topic-list", "proposals.view_topic"),
        item("履职日历", "calendar_month", "reporting:calendar-detail", "attendance.view_meeting"),
    ),
    group(
        "履职档案与填报",
        records("履职档案", "folder_shared", "reporting.dutydossier"),
        item(
            "年度填报",
            "edit_calendar",
            "reporting:campaign-list",
            "dossiers.change_campaign",
            "dossiers.change_standingreview",
        ),
        records("材料提交", "inbox", "dossiers.handin"),
        records("记录异议", "rate_review", "dossiers.objection"),
        records("奖励", "military_tech", "members.commendation"),
        records("惩处", "gavel", "members.sanction"),
        records("行为认定", "policy", "members.conductfinding"),
    ),
    group(
        "履职考核",
        records("考核发现", "fact_check", "assessments.finding"),
        item("运行年度考核", "play_circle", "exits:run-create", "assessments.start_run"),
        item("试算改动的规则", "science", "exits:trial-create", "assessments.start_run"),
        records("考核运行", "history", "assessments.run"),
        records("规则包版本", "menu_book", "assessments.packsnapshot"),
    ),
    group(
        "约谈、退出与暂停",
        item("办理台", "view_kanban", "exits:case-board", "exits.view_case"),
        records("退出与暂停事项", "logout", "exits.case"),
        item("约谈", "forum", "exits:interview-list", "exits.view_interview"),
        allowed("会商意见", "balance", "exits:opinion-list", f"{DESK_ADMIN}.gives_opinions"),
        item("公文", "mail", "exits:paper-list", "exits.view_officialpaper"),
        item("公文格式文本", "edit_document", "exits:template-list", "exits.change_papertemplate"),
    ),
    group(
        "表册导出",
        item("导出表册", "download", "reporting:export-create", "reporting.export_dutydossier"),
    ),
    group("我的任务", item("我的任务", "task", "accounts:job-list")),
    group(
        "系统管理",
        records("届次", "calendar_month", "members.term"),
        records("节假日与调休", "event_busy", "members.calendarday"),
        records("政协委员会", "account_balance", "members.assembly"),
        records("采集部门", "domain", "members.department"),
        item(
            "请假与列席办法",
            "rule",
            "admin:attendance_procedure_changelist",
            "attendance.change_procedure",
        ),
        records("采集分工", "assignment_ind", "members.collectionduty"),
        records("账号所属单位", "link", "members.affiliation"),
        records("账号", "manage_accounts", "accounts.user"),
        records("角色", "admin_panel_settings", "accounts.role"),
        records("审计记录", "receipt_long", "accounts.auditentry"),
        records("后台任务", "memory", "accounts.job"),
        records("定时任务", "schedule", "django_celery_beat.periodictask"),
    ),
]
#: The menu of members, on every page of theirs.
MEMBERS = [
    entry("首页", "reporting:home", main=True),
    entry("我的记录", "dossiers:record-list", "attendance.view_attendance", main=True),
    entry("年度填报", "reporting:paper-list", "dossiers.change_dutypaper", main=True),
    entry("报送", "dossiers:submission-list", "dossiers.add_submission", main=True),
    entry("会议", "attendance:meeting-own-list", "attendance.view_meeting"),
    entry("签到", "attendance:arrival-list", "attendance.arrive_sitting"),
    entry("请假", "attendance:leave-list", "attendance.add_leaverequest"),
    entry("通知", "members:notice-list"),
    entry("我的事项", "exits:own-list", "exits.apply_resignation"),
    entry("列席", "attendance:seat-own-list", "attendance.add_leaverequest"),
    entry("议题", "reporting:topic-own", "proposals.view_topic"),
    entry("日历", "reporting:calendar-detail", "attendance.view_meeting"),
    entry("下载", "reporting:own-data", "dossiers.add_objection"),
    entry("我的任务", "accounts:job-list"),
]
#: Warm greys and one accent, a deep Chinese red.
COLOURS = {
    "base": {
        "50": "#faf8f4",
        "100": "#f3f0ea",
        "200": "#e3ddd2",
        "300": "#d0c8bb",
        "400": "#9a9184",
        "500": "#6b6459",
        "600": "#524c44",
        "700": "#443f39",
        "800": "#2e2a26",
        "900": "#1f1c19",
        "950": "#141210",
    },
    "primary": {
        "50": "#fdf3f3",
        "100": "#fbe4e5",
        "200": "#f6cdd0",
        "300": "#eda7ac",
        "400": "#e8808a",
        "500": "#c9434f",
        "600": "#a61b29",
        "700": "#8a1622",
        "800": "#761520",
        "900": "#63161f",
        "950": "#36070c",
    },
}
DESK = {
    "SITE_TITLE": NAME,
    "SITE_HEADER": NAME,
    "SITE_SUBHEADER": "reporting.admin.desk.assembly_name",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "4px",
    "COLORS": COLOURS,
    "DASHBOARD_CALLBACK": "reporting.admin.desk.fill_index",
    "STYLES": [stylesheet],
    "SCRIPTS": [topic_titles],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": MENU},
}
