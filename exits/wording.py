"""The words of official letters: shipped texts, and the only places that are filled in.

A place is written {委员姓名}. Filling is one pass over the template: what is put in is never read
again, whatever braces or marks it holds, and nothing is ever computed or looked up by name.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.refusals import RefusalError
from exits.choices import CaseKind, PaperKind, PaperVariant

FILE = Path(__file__).resolve().parent / "data" / "papers.toml"
#: Stands where there is nothing to fill in; a letter is not issued with one left.
BLANK = "＿＿＿＿"
PLACE = re.compile(r"\{([^{}\n]*)\}")

ALWAYS = ("本会名称", "办公室名称", "地名", "届次", "成文日期")
ABOUT_MEMBER = ("委员姓名", "界别", "单位职务", "专委会", "党派", "推荐单位")
ABOUT_CASE = (
    "事项", "情形", "事由", "依据文件", "依据条款", "会商部门", "会商部门全称", "立案日期", "通报日期", "会商意见", "会商结论",
    "建议", "建议日期", "提醒劝说情况", "拒不提交的后果", "申请情况", "申请日期", "提请日期", "审议机构", "审议会议", "决定日期",
    "决定文号", "答复期限",
)  # fmt: skip
ABOUT_INTERVIEW = (
    "事由", "约谈时间", "约谈地点", "约谈领导", "其他参加人员", "实际约谈时间", "约谈情况",
    "委员陈述", "约谈结果",
)  # fmt: skip
ABOUT_EXCHANGE = (
    "年度", "会商部门", "会商部门全称", "收文单位", "委员范围", "统计日期", "委员人数", "应出席", "实出席", "请假",
    "无故缺席", "发现人数", "事项人数", "增补人数", "退出人数", "暂停人数",
)  # fmt: skip

CASE_KINDS = (
    PaperKind.INFORMATION,
    PaperKind.CONSULTATION,
    PaperKind.PROPOSAL,
    PaperKind.REMINDER,
    PaperKind.DECISION_MEMBER,
    PaperKind.DECISION_UNIT,
    PaperKind.PUBLICATION,
)
INTERVIEW_KINDS = (PaperKind.INTERVIEW_NOTICE, PaperKind.INTERVIEW_MINUTES)
VARIANT_OF = {
    CaseKind.RESIGNATION: PaperVariant.RESIGNATION,
    CaseKind.ORDER_RESIGN: PaperVariant.ORDER_RESIGN,
    CaseKind.REVOKE: PaperVariant.REVOKE,
    CaseKind.ADVISE_RESIGN_STANDING: PaperVariant.STANDING,
    CaseKind.ORDER_RESIGN_STANDING: PaperVariant.STANDING,
    CaseKind.SUSPENSION: PaperVariant.SUSPENSION,
    CaseKind.REINSTATEMENT: PaperVariant.REINSTATEMENT,
}


class PlaceUnknownError(RefusalError):
    """A template names something that is not filled in, or has a stray brace."""


@dataclass(frozen=True)
class Wording:
    """`addressees` are one name each."""

    kind: PaperKind
    variant: str
    title: str
    body: str
    addressees: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        if not self.variant:
            return self.kind.label
        return f"{self.kind.label}（{PaperVariant(self.variant).label}）"


@cache
def shipped_wordings() -> Mapping[tuple[str, str], Wording]:
    """By (kind, variant), in the order of the file; "" is the variant that fits all."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["papers"]
    wordings = [
        Wording(
            PaperKind(row["kind"]),
            PaperVariant(row["variant"]).value if "variant" in row else "",
            row["title"],
            row["body"].strip(),
            tuple(row.get("to", ())),
        )
        for row in rows
    ]
    return {(wording.kind.value, wording.variant): wording for wording in wordings}


def wording_key(kind: str, variant: str) -> tuple[str, str]:
    """Which text is meant for the variant: its own, else the one for all."""
    own = (kind, variant)
    return own if own in shipped_wordings() else (kind, "")


def allowed_places(kind: str) -> tuple[str, ...]:
    """What may be filled in into letters of this kind."""
    if kind == PaperKind.EXCHANGE:
        return ALWAYS + ABOUT_EXCHANGE
    if kind in INTERVIEW_KINDS:
        return ALWAYS + ABOUT_MEMBER + ABOUT_INTERVIEW
    if kind in CASE_KINDS:
        return ALWAYS + ABOUT_MEMBER + ABOUT_CASE
    return ALWAYS + ABOUT_MEMBER


def check_template(kind: str, *texts: str) -> None:
    """Raises PlaceUnknownError where a text would not be filled as its writer thinks."""
    allowed = allowed_places(kind)
    for text in texts:
        unknown = [name for name in PLACE.findall(text) if name not in allowed]
        if unknown:
            raise PlaceUnknownError(
                f"“{{{unknown[0]}}}”不是可填的内容。可用的有：{listed(allowed)}。"
            )
        stray = re.search(r"[{}]", PLACE.sub("", text))
        if stray:
            raise PlaceUnknownError(
                f"花括号“{stray[0]}”没有成对。花括号只用来标出要填的内容：{listed(allowed)}。"
            )


def listed(names: Collection[str]) -> str:
    return "、".join(f"{{{name}}}" for name in names)


def fill(text: str, values: Mapping[str, str], allowed: Collection[str]) -> str:
    """The text with each allowed place filled in, once; without a value, a blank to fill by hand.

    Anything else in braces stays as it is written.
    """

    def value_at(place: re.Match[str]) -> str:
        name = place[1]
        if name not in allowed:
            return place[0]
        return values.get(name, "").strip() or BLANK

    return PLACE.sub(value_at, text)


def filled(wording: Wording, values: Mapping[str, str]) -> Wording:
    """The wording about somebody; raises nothing, whatever the values hold."""
    allowed = allowed_places(wording.kind)
    title = fill(wording.title, {name: one_line(value) for name, value in values.items()}, allowed)
    return Wording(
        wording.kind,
        wording.variant,
        title[:200],
        fill(wording.body, values, allowed),
        tuple(fill(name, values, allowed) for name in wording.addressees),
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


#: An invented member for looking at a template.
INVENTED = {
    "委员姓名": "张某某",
    "界别": "经济界",
    "单位职务": "某某市某某有限公司董事长",
    "专委会": "经济委员会",
    "党派": "无党派人士",
    "推荐单位": "市工商联",
    "事项": "责令辞去委员",
    "情形": "届内连续 2 次全程不参加全体会议",
    "事由": "该委员连续两次全程未参加全体会议，经核实无正当理由。",
    "依据文件": "《政协某某市委员会委员退出和暂停履职办法》（某协办字〔2022〕19号）",
    "依据条款": "萍协办字〔2022〕19号文件一（二）2（5）",
    "会商部门": "市委统战部",
    "会商部门全称": "中共某某市委统战部",
    "立案日期": "2026年3月2日",
    "通报日期": "2026年3月5日",
    "会商意见": "市委统战部（2026年3月16日）：同意。情况属实，同意按规定程序办理。",
    "会商结论": "建议同意其辞去委员",
    "拒不提交的后果": "将按有关规定处理",
    "申请情况": "该同志于2026年4月10日提交书面申请，辞去委员职务。",
    "建议": "建议责令张某某同志辞去委员。",
    "建议日期": "2026年3月20日",
    "提醒劝说情况": "2026年3月24日提醒：发出提醒函。\n2026年4月2日劝说：当面谈话。",
    "申请日期": "2026年4月10日",
    "提请日期": "2026年4月15日",
    "审议机构": "常务委员会",
    "审议会议": "常务委员会第十八次会议",
    "决定日期": "2026年4月28日",
    "决定文号": "某协字〔2026〕9号",
    "答复期限": "2026年3月19日",
    "约谈时间": "2026年3月6日（周五）9时30分",
    "约谈地点": "市政协302会议室",
    "约谈领导": "市政协副主席李某某",
    "其他参加人员": "经济委员会主任王某某",
    "实际约谈时间": "2026年3月6日9时35分",
    "约谈情况": "约谈人指出了该委员履职方面存在的问题，提出了要求。",
    "委员陈述": "本人认识到不足，今后将妥善安排时间，按时参加会议和活动。",
    "约谈结果": "认识到位，限期改进",
    "年度": "2026",
    "收文单位": "某某市纪委监委",
    "委员范围": "非中共党员",
    "统计日期": "2026年11月20日",
    "委员人数": "182",
    "应出席": "1456",
    "实出席": "1320",
    "请假": "98",
    "无故缺席": "38",
    "发现人数": "4",
    "事项人数": "2",
    "增补人数": "3",
    "退出人数": "2",
    "暂停人数": "1",
}
