from dataclasses import replace

import pytest

from reporting.choices import FormKind
from reporting.exporters.layout import (
    EMPTY,
    SANCTIONS_HIDDEN,
    CellKind,
    annual_return_sheet,
    form_sheets,
    performance_form_sheet,
)
from tests.building import make_member, make_tenure, make_term
from tests.reporting.forms import busy_member, forms_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ANNUAL_RETURN_LABELS = [
    "基本情况", "姓名", "党派", "界别", "履职情况",
    "参加市政协会议（包括全体会议、常委会议、学习培训及市政协组织的其他会议）",
    "提交提案", "开展调研、视察活动", "反映社情民意信息",
    "会议发言（含政协全体会议大会、常委会会议、分组讨论、协商座谈会等发言）",
    "参与主题活动", "提交履职报告", "奖惩等情况",
]  # fmt: skip
PERFORMANCE_FORM_LABELS = [
    "姓名", "电话", "党派", "界别", "单位职务", "遵守政治纪律和政治规矩情况",
    "参加会议活动情况", "", "应出席（次）", "实出席（次）", "请假（次）", "全体会议", "常委会议",
    "出席会议活动（应参加学习培训、专题协商、调研、视察考察、专委会、界别，对外受邀参加会议活动等）",
    "参加（次）", "发言（次）",
    "提交提案情况", "第一提案人提案（件）", "联名提案（件）", "采纳或解决提案（件）", "优秀提案（件）",
    "提交大会发言情况", "", "提交（篇）", "口头发言（篇）", "书面发言（篇）", "全体会议", "常委会议",
    "反映社情民意信息情况", "反映（篇）", "采用（篇）", "领导批示（篇）",
    "参与主题活动情况", "参加（次）", "奖惩等情况",
    "应邀以委员身份参加外单位会议活动情况", "参加（次）",
    "需反映的其他情况及建议", "常委签字：",
]  # fmt: skip
LABELS = {CellKind.BAND, CellKind.LABEL, CellKind.HEAD, CellKind.SIGNATURE}


def labels(sheet):
    return ["".join(cell.lines) for row in sheet.rows for cell in row if cell.kind in LABELS]


def lines_under(sheet, label):
    """What stands beside a label."""
    return next(
        row[1].lines
        for row in sheet.rows
        if row[0].kind == CellKind.LABEL and "".join(row[0].lines) == label
    )


def test_annual_return_has_the_labels_of_the_annex_in_their_order():
    sheet = annual_return_sheet(forms_of(busy_member(make_term())).annual_return)
    assert labels(sheet) == ANNUAL_RETURN_LABELS


def test_performance_form_has_the_labels_of_the_annex_in_their_order():
    sheet = performance_form_sheet(forms_of(busy_member(make_term())).performance_form)
    assert labels(sheet) == PERFORMANCE_FORM_LABELS
    assert sheet.name == "市政协常委述职表"


def test_titles_and_labels_follow_the_term():
    term = make_term(assembly="政协上栗县委员会")
    term.name = "政协上栗县第九届委员会"
    term.save()
    member = make_member(term)
    make_tenure(member, term.start_date)
    annual_return, performance_form = form_sheets(forms_of(member))
    assert annual_return.name == "政协上栗县第九届委员会委员履职情况登记表"
    assert performance_form.name == "县政协常委述职表"
    assert labels(annual_return)[5].startswith("参加县政协会议（")


def test_records_are_worded_as_the_office_writes_them():
    sheet = annual_return_sheet(forms_of(busy_member(make_term())).annual_return)
    assert lines_under(sheet, ANNUAL_RETURN_LABELS[5]) == (
        "2023年1月12日　三次会议，出席（共2场，到1场）",
        "2023年3月5日　常委会第六次会议，请假",
        "2023年4月1日　委员培训班，缺席",
        "合计：应出席3次，出席1次，请假1次，缺席1次。",
    )
    assert lines_under(sheet, "提交提案") == (
        "2023001　关于养老服务的建议（第一提案人；立案；采纳；优秀提案）",
        "2023002　联名的建议（联名）",
    )
    assert lines_under(sheet, "开展调研、视察活动") == (
        "2023年5月1日　乡村治理调研（自主调研；成果：报告一份）",
        "2023年6月1日　重点项目视察，出席（视察考察）",
    )
    assert lines_under(sheet, "反映社情民意信息") == (
        "2023年2月1日　社情一则（市、省采用；市领导批示）",
        "2023年9月1日　发表文章《凝聚共识》（江西政协报；省级）",
    )
    assert lines_under(sheet, ANNUAL_RETURN_LABELS[9]) == (
        "2023年1月12日　三次会议：大会发言一篇（大会发言；口头）",
        "2023年4月1日　委员培训班：培训班发言（口头）",
    )
    assert lines_under(sheet, "参与主题活动") == ("2023年7月1日　委员读书会",)
    assert lines_under(sheet, "提交履职报告") == ("2023年度　述职报告，2023年12月20日提交",)
    assert lines_under(sheet, "奖惩等情况") == (
        "2023年5月4日　奖励：优秀政协委员（市级；履职突出）",
        "2023年11月1日　惩处：警告",
    )


def test_empty_block_says_none():
    sheet = annual_return_sheet(forms_of(make_member(make_term())).annual_return)
    texts = [row[1].lines for row in sheet.rows if row[-1].kind == CellKind.TEXT]
    assert texts == [(EMPTY,)] * 8


def test_hidden_sanctions_are_not_printed_as_none():
    data = forms_of(make_member(make_term())).annual_return
    sheet = annual_return_sheet(replace(data, hides_sanctions=True))
    assert lines_under(sheet, "奖惩等情况") == (SANCTIONS_HIDDEN,)


def test_own_words_keep_their_paragraphs_and_an_unwritten_cell_leaves_room():
    term = make_term()
    member = make_member(term)
    make_tenure(member, term.start_date)
    data = forms_of(member).performance_form
    label = "遵守政治纪律和政治规矩情况"
    assert lines_under(performance_form_sheet(data), label) == ()
    written = replace(data, political_discipline="第一段\n第二段\u200b\x07")
    assert lines_under(performance_form_sheet(written), label) == ("第一段", "第二段")


def test_every_row_of_a_grid_fills_its_width():
    for sheet in form_sheets(forms_of(busy_member(make_term()))):
        reaching = [0] * len(sheet.widths)
        for row in sheet.rows:
            taken = sum(1 for rows in reaching if rows) + sum(cell.columns for cell in row)
            assert taken == len(sheet.widths), (sheet.kind, row)
            column = 0
            for cell in row:
                while reaching[column]:
                    column += 1
                for covered in range(column, column + cell.columns):
                    reaching[covered] = cell.rows
                column += cell.columns
            reaching = [max(0, rows - 1) for rows in reaching]
        assert reaching == [0] * len(sheet.widths)


def test_plain_member_has_one_sheet_and_standing_member_two():
    term = make_term()
    plain, standing = make_member(term), busy_member(term)
    assert [sheet.kind for sheet in form_sheets(forms_of(plain))] == [FormKind.ANNUAL_RETURN]
    assert [sheet.kind for sheet in form_sheets(forms_of(standing))] == list(FormKind)
