"""What official letters say: under which head, in which words, about whom; and the stored ones."""

import hashlib
import re
from collections.abc import Mapping
from datetime import date

from core.dates import written
from core.refusals import RefusalError
from exits.choices import (
    Act,
    Addressee,
    CaseKind,
    CaseState,
    DecidingBody,
    InterviewState,
    PaperKind,
    PaperVariant,
    Partner,
    Verdict,
)
from exits.citations import PINGXIANG, TITLES, citation_of
from exits.models import Case, Interview, LetterHead, OfficialPaper, PaperTemplate
from exits.procedures import (
    BEFORE_DECISION,
    MEASURES,
    PROCEDURES,
    PX19,
    all_agree,
    allowed,
    partners_of,
)
from exits.selectors.interviews import leader_title, told_moment
from exits.wording import (
    CASE_KINDS,
    VARIANT_OF,
    Wording,
    filled,
    shipped_wordings,
    wording_key,
)
from members.choices import AssemblyLevel, Party
from members.models import Assembly, Member, Term

#: How a member's party is put in a letter.
PARTY_WORDS = {
    Party.CPC: "中共党员",
    Party.RCCK: "民革党员",
    Party.CDL: "民盟盟员",
    Party.CNDCA: "民建会员",
    Party.CAPD: "民进会员",
    Party.CPWDP: "农工党党员",
    Party.ZGP: "致公党党员",
    Party.JIUSAN: "九三学社社员",
    Party.TSL: "台盟盟员",
    Party.NON_PARTY: "无党派人士",
    Party.MASSES: "群众",
}
DECISIONS = (PaperKind.DECISION_MEMBER, PaperKind.DECISION_UNIT)
#: Neutral to whoever is not concerned: nothing tells a resignation that was asked for.
PUBLIC = (PaperKind.DECISION_UNIT, PaperKind.PUBLICATION)
BODY_NAMES = {
    DecidingBody.STANDING_COMMITTEE: "常务委员会",
    DecidingBody.CHAIRPERSONS_COUNCIL: "主席会议",
}


class PaperDamagedError(RefusalError):
    """What is stored is not what was issued."""


def letter_head(assembly: Assembly) -> LetterHead:
    """The assembly's own, else the usual names and series, not yet stored."""
    stored = LetterHead.objects.filter(assembly=assembly).first()
    return stored or usual_head(assembly)


def usual_head(assembly: Assembly) -> LetterHead:
    """政协萍乡市委员会办公室, 萍协办字 …"""
    office, short = f"{assembly.name}办公室", place_of(assembly)[:1]
    return LetterHead(
        assembly=assembly,
        office_name=office,
        office_series=f"{short}协办字",
        assembly_series=f"{short}协告",
        minutes_series=f"{short}协办纪要",
        record_series=f"{short}协办约谈",
        printer=office,
    )


def place_of(assembly: Assembly) -> str:
    """萍乡市 of 政协萍乡市委员会."""
    short = re.sub(r"^(?:政协|中国人民政治协商会议)|委员会$", "", assembly.name)
    return short or assembly.name


def series_of(head: LetterHead, kind: str) -> str:
    if kind == PaperKind.PUBLICATION:
        return head.assembly_series
    if kind == PaperKind.CONSULTATION:
        return head.minutes_series
    if kind == PaperKind.INTERVIEW_MINUTES:
        return head.record_series
    return head.office_series


def kinds_for_case(case: Case) -> list[PaperKind]:
    """The letters that fit the case as it stands, in the order of the procedure."""
    decided = case.state in {CaseState.DECIDED, CaseState.NOTIFIED, CaseState.PUBLISHED}
    procedure = PROCEDURES[CaseKind(case.kind)]
    answered = decided or (case.state == CaseState.REJECTED and procedure.decides_either_way)
    fits = {
        PaperKind.INFORMATION: case.state in BEFORE_DECISION,
        PaperKind.CONSULTATION: case.informed_date is not None,
        PaperKind.PROPOSAL: case.proposed_date is not None,
        PaperKind.REMINDER: Act.REMIND in allowed(case),
        PaperKind.DECISION_MEMBER: answered,
        PaperKind.DECISION_UNIT: answered,
        PaperKind.PUBLICATION: decided and procedure.is_published,
        PaperKind.OTHER: True,
    }
    return [kind for kind, is_fit in fits.items() if is_fit]


def kinds_for_interview(interview: Interview) -> list[PaperKind]:
    state = interview.state
    fits = {
        PaperKind.INTERVIEW_NOTICE: state in {InterviewState.ARRANGED, InterviewState.NOTIFIED},
        PaperKind.INTERVIEW_MINUTES: state in {InterviewState.HELD, InterviewState.CLOSED},
        PaperKind.OTHER: True,
    }
    return [kind for kind, is_fit in fits.items() if is_fit]


def variant_for(kind: str, *, case: Case | None, interview: Interview | None) -> str:
    """What the letter is about, as wordings are told apart."""
    if case is not None and kind in CASE_KINDS:
        if case.state == CaseState.REJECTED and kind in DECISIONS:
            return PaperVariant.NOT_AGREED.value
        if case.ground in MEASURES and kind not in PUBLIC:
            return PaperVariant.ADVISED.value
        return VARIANT_OF[CaseKind(case.kind)].value
    if interview is not None and kind == PaperKind.INTERVIEW_NOTICE:
        return interview.kind
    return ""


def wording_for(kind: str, variant: str) -> Wording:
    """The office's own wording where there is one, else the shipped one; not yet filled."""
    key = wording_key(kind, variant)
    shipped = shipped_wordings()[key]
    own = PaperTemplate.objects.filter(kind=key[0], variant=key[1]).first()
    if own is None:
        return shipped
    return Wording(shipped.kind, shipped.variant, own.title, own.body, shipped.addressees)


def drafted(
    *, kind: str, term: Term, on: date, case: Case | None = None, interview: Interview | None = None
) -> Wording:
    """The letter as it is begun with: its words filled in and its usual addressees."""
    values = dict(values_of_term(term, on))
    if case is not None:
        values |= values_of_case(case)
        values["答复期限"] = _day(answer_asked(case, kind))
    elif interview is not None:
        values |= values_of_interview(interview)
    begun = filled(wording_for(kind, variant_for(kind, case=case, interview=interview)), values)
    if kind != PaperKind.DECISION_UNIT or case is None:
        return begun
    return Wording(begun.kind, begun.variant, begun.title, begun.body, _units(case))


def answer_asked(case: Case, kind: str) -> date | None:
    """By when the letter asks for an answer: of the member by the day they were given, of the
    departments by what the office set when it informed them.
    """
    if kind == PaperKind.REMINDER:
        return case.answer_by
    return case.due_date if case.state == CaseState.CONSULTING else None


def _units(case: Case) -> tuple[str, ...]:
    told = case.deliveries.exclude(addressee=Addressee.MEMBER).order_by("pk")
    return tuple(told.values_list("name", flat=True))


def values_of_term(term: Term, on: date) -> Mapping[str, str]:
    return {
        "本会名称": term.assembly.name,
        "办公室名称": letter_head(term.assembly).office_name,
        "地名": place_of(term.assembly),
        "届次": term.name,
        "成文日期": written(on),
    }


def values_of_member(member: Member) -> Mapping[str, str]:
    return {
        "委员姓名": member.person.name,
        "界别": member.sector.name,
        "单位职务": member.employer_post,
        "专委会": member.committee.name if member.committee else "未编入专委会",
        "党派": PARTY_WORDS[Party(member.party)],
        "推荐单位": member.nominating_body,
    }


def department_name(assembly: Assembly, partner: str) -> str:
    """市委组织部, 区委统战部."""
    place = place_of(assembly)
    city = assembly.level == AssemblyLevel.CITY
    return f"{'市' if city else place[-1:]}委{Partner(partner).label}"


def full_department_name(assembly: Assembly, partner: str) -> str:
    """中共萍乡市委组织部."""
    return f"中共{place_of(assembly)}委{Partner(partner).label}"


def values_of_case(case: Case) -> Mapping[str, str]:
    procedure = PROCEDURES[CaseKind(case.kind)]
    term = case.member.term
    assembly, citation = term.assembly, citation_of(case.kind, case.ground, term.rule_pack)
    return dict(values_of_member(case.member)) | {
        "事项": case.get_kind_display(),
        "情形": case.get_ground_display(),
        "事由": case.grounds,
        "依据文件": citation.document,
        "依据条款": citation.clause,
        "会商部门": department_name(assembly, case.side),
        "会商部门全称": full_department_name(assembly, case.side),
        "立案日期": _day(case.opened_date),
        "通报日期": _day(case.informed_date),
        "会商意见": _opinions(case),
        "建议": case.proposal,
        "建议日期": _day(case.proposed_date),
        "提醒劝说情况": _efforts(case),
        "申请日期": _day(case.applied_date),
        "申请情况": _application(case),
        "会商结论": _consulted(case),
        "拒不提交的后果": _after_refusal(term.rule_pack),
        "提请日期": _day(case.submitted_date),
        "审议机构": BODY_NAMES[procedure.body],
        "审议会议": case.decision_meeting,
        "决定日期": _day(case.decision_date),
        "决定文号": case.decision_number,
        "答复期限": _day(case.answer_by),
    }


def values_of_interview(interview: Interview) -> Mapping[str, str]:
    others = [interview.committee.name if interview.committee else "", interview.others]
    return dict(values_of_member(interview.member)) | {
        "事由": interview.reason,
        "约谈时间": told_moment(interview.scheduled_at),
        "约谈地点": interview.place,
        "约谈领导": leader_title(interview),
        "其他参加人员": "、".join(name for name in others if name) or "无",
        "实际约谈时间": told_moment(interview.held_at) if interview.held_at else "",
        "约谈情况": interview.minutes,
        "委员陈述": interview.statement or "无。",
        "约谈结果": interview.get_result_display() if interview.result else "",
    }


def _day(on: date | None) -> str:
    return written(on) if on else ""


def _opinions(case: Case) -> str:
    assembly = case.member.term.assembly
    given = case.opinions.filter(superseded_at__isnull=True).order_by("date", "pk")
    return "\n".join(
        f"{department_name(assembly, opinion.partner)}（{written(opinion.date)}"
        f"{'，' + opinion.document_number if opinion.document_number else ''}）："
        f"{opinion.get_verdict_display()}。{opinion.text}"
        for opinion in given
    )


def _application(case: Case) -> str:
    if case.applied_date is None:
        return "该同志尚未提交书面申请。"
    return f"该同志于{written(case.applied_date)}提交书面申请，辞去委员职务。"


def _consulted(case: Case) -> str:
    """Empty, to be written by hand, where the departments differ or have not all spoken."""
    said = {case.opinion_of(partner) for partner in partners_of(case)}
    if all_agree(case):
        return "建议同意其辞去委员"
    return "建议不同意其辞去委员" if said == {Verdict.DISAGREE} else ""


def _after_refusal(pack: str) -> str:
    if pack != PINGXIANG:
        return "将按有关规定处理"
    return f"按照《{TITLES[PX19]}》（{PX19}）一（二）3（5）的规定，将启动撤销委员资格的程序"


def _efforts(case: Case) -> str:
    steps = case.steps.filter(kind__in=[Act.REMIND, Act.PERSUADE]).order_by("date", "pk")
    lines = [f"{written(step.date)}{step.get_kind_display()}：{step.note}" for step in steps]
    if not lines and case.has_applied:
        return "未经提醒、劝说，本人已提交书面申请。"
    return "\n".join(lines)


def paper_content(paper: OfficialPaper) -> bytes:
    """The PDF as it was issued. Raises PaperDamagedError."""
    try:
        with paper.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError as missing:
        raise PaperDamagedError(_damaged(paper, "文件不在了")) from missing
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise PaperDamagedError(_damaged(paper, "内容与印发时的摘要不符"))
    return content


def _damaged(paper: OfficialPaper, what: str) -> str:
    return f"{paper.number}{what}，请系统管理员从备份恢复后再用。"
