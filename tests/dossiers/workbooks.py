"""Workbooks held as plain rows, and what importing them says."""

from datetime import UTC, date, datetime

from openpyxl import Workbook

from dossiers.importers import ImportRefusedError, examine_workbook, import_workbook

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)
ROSTER = (
    "委员编号",
    "姓名",
    "党派",
    "界别",
    "入届日期",
    "退出日期",
    "常委任职日期",
    "常委卸任日期",
)
MEETINGS = ("编号", "名称", "类别", "开始日期")
ATTENDANCE = ("会议编号", "委员编号", "状态")

#: Every sheet once, with every column, the sheets that others rest on last.
WHOLE = {
    "材料提交": [("委员编号", "年度", "类型", "提交日期"), ("0001", 2022, "述职表", date(2022, 12, 1))],
    "奖惩": [
        ("委员编号", "类型", "种类", "级别", "日期", "事由", "文号"),
        ("0001", "奖励", "优秀政协委员", "市", "2022-12-01", "履职突出", "〔2022〕1号"),
        ("0001", "惩处", "警告", None, "2022-12-01", None, None),
        ("0001", "行为认定", "违反政治纪律政治规矩", None, "2022-12-01", None, None),
    ],
    "外单位活动": [("委员编号", "日期", "名称", "邀请单位"), ("0001", "2022-05-01", "座谈", "法院")],
    "发表文章": [
        ("编号", "题目", "委员编号", "日期", "刊物", "级别"),
        ("A1", "文章", "0001", "2022-05-01", "政协刊物", "省"),
    ],
    "调研视察": [
        ("编号", "题目", "类型", "参加人", "完成日期", "成果", "承办部门"),
        ("D1", "调研", "自主调研", "0002,0001", "2022-05-01", "报告", "经济委员会"),
    ],
    "社情民意": [
        ("编号", "标题", "报送人", "报送日期", "采用", "批示", "来源提案号"),
        ("S1", "反映", "0001;0002", "2022-05-01", "省、市", "国家", "T1"),
    ],
    "提案": [
        ("提案号", "案由", "第一提案人", "联名人", "提交日期", "审查结果", "办理结果", "重点", "优秀", "承办单位"),
        ("T1", "建议", "0001", "0002", "2022-05-01", "立案", "采纳", "是", "否", "发改委"),
    ],
    "会议发言": [
        ("会议编号", "委员编号", "题目", "方式", "场合", "日期"),
        ("HY-1", "0001", "发言", "口头", "大会发言", "2022-03-01"),
    ],
    "考勤": [
        ("会议编号", "场次", "委员编号", "状态", "请假事由"),
        ("HY-1", 1, "0001", "出席", None),
        ("HY-1", 2, "0001", "请假", "出差"),
        ("HY-1", None, "0002", "缺席", None),
    ],
    "会议活动": [
        ("编号", "名称", "类别", "开始日期", "结束日期", "承办部门", "地点", "界别", "专委会", "议题"),
        ("HY-1", "全会", "全体会议", "2022-03-01", "2022-03-03", "办公室", "礼堂", "工商联", "经济委", "议题"),
    ],
    "暂停履职": [("委员编号", "开始日期", "结束日期", "决定文号"), ("0002", "2023-01-01", None, "〔2023〕1号")],
    "职务任期": [
        ("委员编号", "职务", "开始日期", "结束日期", "所在机构"),
        ("0001", "常委", "2021-11-01", None, "常委会"),
        ("0002", "专委会主任", "2021-12-01", "2022-12-01", "经济委"),
    ],
    "委员名册": [
        ("委员编号", "姓名", "性别", "民族", "出生年月", "党派", "界别", "单位职务", "联系电话", "专委会",
         "推荐单位", "县区联络组", "入届日期", "退出日期", "常委任职日期", "常委卸任日期"),
        ("0001", "张　三", "男", "汉", "1975年3月", "中共", "工商联界", "某局局长", 13900000000,
         "经济委员会", "市委统战部", "安源区", "２０２１年１１月１日", None, "2021/11/1", None),
        ("0002", "李四", "女", None, None, "民盟", "经济财贸", None, None, None, None, "安源区",
         "2021-11-01", None, None, None),
    ],
}  # fmt: skip


def person(code, name, *, joined="2021-11-01", exited=None, standing=None, until=None):
    """A row of 委员名册 under ROSTER."""
    return (code, name, "中共", "工商联", joined, exited, standing, until)


def write(path, sheets):
    """`sheets` maps names to rows; the first row holds the headers."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    book.save(path)
    return path


def load(term, tmp_path, sheets, **options):
    """Imports the rows; the plan, also where the import was refused."""
    path = write(tmp_path / "book.xlsx", sheets)
    try:
        return import_workbook(
            path=path, filename="book.xlsx", term=term, actor=None, at=AT, **options
        )
    except ImportRefusedError as refusal:
        return refusal.plan


def look(term, tmp_path, sheets, **options):
    """Examines the rows and writes nothing."""
    path = write(tmp_path / "book.xlsx", sheets)
    return examine_workbook(path=path, filename="book.xlsx", term=term, **options)


def faults(plan):
    """(sheet, row, column) of every fault."""
    return [(fault.sheet, fault.row, fault.column) for fault in plan.faults]
