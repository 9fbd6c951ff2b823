"""One short form for each act in a case: what it asks, what follows, and the service it calls."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms

from accounts.models import User
from exits.choices import Act, CaseKind, Partner, Verdict
from exits.forms.fields import REQUIRED, LeadersField, date_field, file_field, text_field
from exits.models import Case, CaseDelivery
from exits.procedures import MEASURES, PROCEDURES, all_agree, partners_of
from exits.selectors.cases import leaders_for, others_open, revokes_ended_by
from exits.services import (
    decide_case,
    drop_case,
    give_opinion,
    hand_in_application,
    inform_departments,
    name_conductors,
    propose_case,
    publish_case,
    record_delivery,
    record_effort,
    record_refusal,
    submit_case,
)

FOREVER = "登记后不能改动；有误的，以后续步骤更正。"


def line_field(label: str, length: int, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, error_messages=REQUIRED, **options)


def due_field(what: str) -> forms.DateField:
    return date_field(
        "下一步时限", required=False, help_text=f"{what}，过期后在办理台和待办中提示。可不填。"
    )


class CaseForm(forms.Form):
    """`seen_version`: the case as the page showed it; another's act in between is not run over."""

    button = "登记"
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, case: Case, actor: User, today: date, **kwargs):
        self.case, self.actor = case, actor
        own = {"seen_version": case.version, "date": today}
        kwargs["initial"] = own | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """What the fields take from the case."""

    @property
    def consequence(self) -> str:
        return FOREVER

    def given(self, *names: str) -> dict[str, Any]:
        """The cleaned values of these fields, and of those every act has."""
        named = {name: self.cleaned_data[name] for name in names}
        return named | {
            "case": self.case,
            "actor": self.actor,
            "seen_version": self.cleaned_data["seen_version"],
        }

    def carry_out(self, *, at: datetime) -> Any:
        """Calls the one service. Raises its refusals."""
        raise NotImplementedError


class InformForm(CaseForm):
    button = "登记通报"
    date = date_field("通报日期")
    note = text_field("通报情况", help_text="向谁、以什么方式通报，提供了哪些材料。")
    due_date = due_field("请会商部门在此日前提出意见")
    attachment = file_field("通报材料")

    def prepare(self) -> None:
        told = "组织部、市委统战部，请按分工"
        if self.case.ground in MEASURES:
            told = f"{names_of(partners_of(self.case))}，请"
        self.fields[
            "note"
        ].initial = f"将{self.case.member.person.name}委员的有关情况通报市委{told}提出会商意见。"

    @property
    def consequence(self) -> str:
        asked = names_of(partners_of(self.case))
        return f"登记后，{asked}在各自账号中可以看到本事项并提出意见。"

    def carry_out(self, *, at):
        values = self.given("date", "note", "due_date", "attachment")
        return inform_departments(at=at, **values)


class OpineForm(CaseForm):
    button = "登记会商意见"
    partner = forms.ChoiceField(label="部门", error_messages=REQUIRED)
    verdict = forms.ChoiceField(
        label="意见", choices=Verdict, widget=forms.RadioSelect, error_messages=REQUIRED
    )
    date = date_field("意见日期")
    text = text_field("意见内容")
    document_number = line_field("来文文号", 100, required=False)
    attachment = file_field("来文")

    def __init__(self, *args, speaks_for: Sequence[Partner], on_behalf: bool, **kwargs):
        self.speaks_for, self.on_behalf = speaks_for, on_behalf
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields["partner"].choices = [(one.value, one.label) for one in self.speaks_for]
        silent = [one for one in self.speaks_for if not self.case.opinion_of(one)]
        self.fields["partner"].initial = (silent or self.speaks_for)[0].value
        if self.on_behalf:
            self.fields["document_number"].help_text = "代录的，文号和来文至少有一样。"

    @property
    def consequence(self) -> str:
        by = "由委员联络科代录的，须有来文文号或附来文。" if self.on_behalf else ""
        return f"{by}提出建议之前，同一部门后来的意见取代先前的意见，先前的保留可查。"

    def carry_out(self, *, at):
        values = self.given("partner", "verdict", "date", "text", "document_number", "attachment")
        return give_opinion(at=at, on_behalf=self.on_behalf, **values)


class ProposeForm(CaseForm):
    button = "提出建议"
    date = date_field("建议日期")
    proposal = text_field("建议", help_text="会商的结论、依据和建议，提请审议时照此报送。")
    due_date = due_field("计划在此日前走完下一步")
    attachment = file_field("建议材料")

    def prepare(self) -> None:
        asked = names_of(partners_of(self.case))
        name = self.case.member.person.name
        self.fields["proposal"].initial = f"经市政协办公室与{asked}会商，{self.advised(name)}。"

    def advised(self, name: str) -> str:
        if not PROCEDURES[CaseKind(self.case.kind)].decides_either_way:
            return f"建议对{name}办理{self.case.get_kind_display()}"
        if self.case.ground in MEASURES:
            return f"建议劝{name}辞去委员"
        if all_agree(self.case):
            return f"建议同意{name}辞去委员"
        disagree = Verdict.DISAGREE
        against = [one for one in partners_of(self.case) if self.case.opinion_of(one) == disagree]
        self.fields[
            "proposal"
        ].help_text = "会商部门意见不一致或不同意的，照会商的结论写明建议同意还是不同意。"
        return f"{names_of(against)}不同意，建议不同意{name}辞去委员"

    @property
    def consequence(self) -> str:
        procedure = PROCEDURES[CaseKind(self.case.kind)]
        then = f"建议由您提出后，{procedure.body.label}的决定须由另一位工作人员或领导登记。"
        if procedure.by_application and not self.case.has_applied and all_agree(self.case):
            then += "随后提醒、劝说委员提交书面申请。"
        return then

    def carry_out(self, *, at):
        return propose_case(at=at, **self.given("date", "proposal", "due_date", "attachment"))


class EffortForm(CaseForm):
    """A reminder or a persuasion, by `act`."""

    act: Act
    date = date_field("日期")
    note = text_field("情况记录", help_text="由谁、在何处、以什么方式办理，委员怎样答复。")
    answer_by = date_field(
        "请委员在此日前提交书面申请",
        required=False,
        help_text="写入给委员的通知和提醒函，委员在“我的事项”中看得到。不填的，照上一次告知的日期。",
    )
    due_date = due_field("机关计划在此日前走完下一步，委员看不到")
    attachment = file_field("材料")

    def prepare(self) -> None:
        self.fields["answer_by"].initial = self.case.answer_by

    @property
    def consequence(self) -> str:
        return f"登记后，委员本人在“我的事项”中看得到本事项和这次{self.act.label}，可以说明情况。"

    def carry_out(self, *, at):
        values = self.given("date", "note", "answer_by", "due_date", "attachment")
        return record_effort(at=at, act=self.act, **values)


class RemindForm(EffortForm):
    act = Act.REMIND
    button = "登记提醒"


class PersuadeForm(EffortForm):
    act = Act.PERSUADE
    button = "登记劝说"


class ApplyForm(CaseForm):
    button = "登记书面申请"
    date = date_field("申请日期")
    note = text_field("申请要点")
    attachment = file_field("书面申请")

    @property
    def consequence(self) -> str:
        return "委员在本人账号中提交的会自动登记；这里登记收到的纸质申请。登记后可以提请审议。"

    def carry_out(self, *, at):
        return hand_in_application(at=at, **self.given("date", "note", "attachment"))


class RefuseForm(CaseForm):
    button = "登记拒不提交"
    date = date_field("日期")
    note = text_field("情况记录", help_text="委员何时、怎样表示不提交书面申请。")
    attachment = file_field("材料")

    @property
    def consequence(self) -> str:
        if self.case.kind == CaseKind.ORDER_RESIGN:
            return (
                "登记后本事项停在“拒不提交申请”，同时立案“撤销委员资格”"
                "（已有撤销事项正在办理的，并入该事项），"
                "另行通报、会商、提请决定（萍协办字〔2022〕19号 一（二）3（5））。"
            )
        return "登记后本事项停在“拒不提交申请”，只能终止。"

    def carry_out(self, *, at):
        return record_refusal(at=at, **self.given("date", "note", "attachment"))


class SubmitForm(CaseForm):
    button = "提请审议"
    date = date_field("提请日期")
    note = text_field("提请情况")
    due_date = due_field("计划在此日前审议")
    attachment = file_field("提请材料")

    def prepare(self) -> None:
        body = PROCEDURES[CaseKind(self.case.kind)].body.label
        self.fields["note"].initial = f"汇总建议和会商意见，提请{body}审议。"

    @property
    def consequence(self) -> str:
        body = PROCEDURES[CaseKind(self.case.kind)].body.label
        return f"提请后等待{body}的决定，由提出建议以外的人登记。"

    def carry_out(self, *, at):
        return submit_case(at=at, **self.given("date", "note", "due_date", "attachment"))


#: What approval does, by kind; from the date of the decision.
EFFECTS = {
    CaseKind.SUSPENSION: "自决定之日起暂停履职：不再通知参加活动，不列入应到名单，不发提醒。",
    CaseKind.REINSTATEMENT: "自决定之日起恢复履职，重新列入通知和应到名单。",
    CaseKind.ADVISE_RESIGN_STANDING: "自决定之日起终止常委职务，委员资格不变。",
    CaseKind.ORDER_RESIGN_STANDING: "自决定之日起终止常委职务，委员资格不变。",
}
ENDS = "自决定之日起终止委员资格，职务、应到名单、账号随之变动，其他未决事项一并终止。"


class DecideForm(CaseForm):
    button = "登记决定"
    approved = forms.TypedChoiceField(
        label="审议结果",
        choices=[("yes", "通过"), ("no", "未通过")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    date = date_field("决定日期")
    meeting = line_field("作出决定的会议", 200)
    number = line_field("决定文号", 100)
    unit = line_field("所在单位或推荐单位", 200, required=False)
    note = text_field("决定要点")
    falls_away = text_field(
        "撤销委员资格事项不再办理的理由",
        required=False,
        help_text="该委员的撤销委员资格事项正在办理，审议结果为“通过”的，随之终止，须写明理由。",
    )
    due_date = due_field("请在此日前完成书面通知")
    attachment = file_field("决定")

    def prepare(self) -> None:
        body = PROCEDURES[CaseKind(self.case.kind)].body.label
        self.fields["meeting"].help_text = f"本事项由{body}决定，填写届次和次数。"
        self.fields["unit"].initial = self.case.member.nominating_body
        self.fields["unit"].help_text = "通过的须填写：书面通知送达的单位，写单位名称，不写职务。"
        self.fields[
            "date"
        ].help_text = "决定作出的那一天，可以早于今天；已产生的邀请、考勤随之更正。"
        if not revokes_ended_by(self.case).visible_to(self.actor).exists():
            del self.fields["falls_away"]

    @property
    def consequence(self) -> str:
        kind = CaseKind(self.case.kind)
        refused = "本事项办结"
        if PROCEDURES[kind].decides_either_way:
            refused = "同样书面通知委员本人和有关各方，通知送完即办结"
        effect = f"通过的，{EFFECTS.get(kind, ENDS)}未通过的，{refused}，委员身份不变。"
        others = others_open(self.case, user=self.actor)
        if not others or not PROCEDURES[kind].ends_membership:
            return effect
        names = "、".join(
            f"“{one.get_kind_display()}”（{one.get_state_display()}）" for one in others
        )
        return f"{effect}该委员正在办理的其他事项：{names}。"

    def carry_out(self, *, at):
        names = ("approved", "date", "meeting", "number", "unit", "note", "due_date", "attachment")
        why = self.cleaned_data.get("falls_away", "")
        return decide_case(at=at, falls_away=why, **self.given(*names))


class PublishForm(CaseForm):
    button = "登记公布"
    date = date_field("公布日期")
    place = line_field("公布于", 200, help_text="网站、报刊的名称。")
    note = text_field("公布内容")
    attachment = file_field("公布件")

    @property
    def consequence(self) -> str:
        return "登记后本事项办结。"

    def carry_out(self, *, at):
        return publish_case(at=at, **self.given("date", "place", "note", "attachment"))


class DropForm(CaseForm):
    button = "终止办理"
    date = date_field("终止日期")
    reason = text_field("终止的理由")
    attachment = file_field("材料")

    @property
    def consequence(self) -> str:
        also = "；由其转来的责令辞去事项一并终止" if self.case.origin_id else ""
        return f"终止后本事项办结，不再继续{also}；委员身份不变。"

    def carry_out(self, *, at):
        return drop_case(at=at, **self.given("date", "reason", "attachment"))


#: By the act's name in the address.
ACT_FORMS: dict[Act, type[CaseForm]] = {
    Act.INFORM: InformForm,
    Act.OPINE: OpineForm,
    Act.PROPOSE: ProposeForm,
    Act.REMIND: RemindForm,
    Act.PERSUADE: PersuadeForm,
    Act.APPLY: ApplyForm,
    Act.REFUSE: RefuseForm,
    Act.SUBMIT: SubmitForm,
    Act.DECIDE: DecideForm,
    Act.PUBLISH: PublishForm,
    Act.DROP: DropForm,
}


class DeliveryForm(forms.Form):
    """How one party was told in writing."""

    date = date_field("送达日期")
    manner = line_field("送达方式", 200, help_text="如：专人送达，本人签收；机要交换；挂号信。")
    attachment = file_field("回执")

    def carry_out(self, delivery: CaseDelivery, *, actor: User, at: datetime) -> Case:
        return record_delivery(delivery=delivery, actor=actor, at=at, **self.cleaned_data)


class ConductorsForm(forms.Form):
    leaders = LeadersField()

    def __init__(self, *args, case: Case, **kwargs):
        self.case = case
        super().__init__(*args, **kwargs)
        self.fields["leaders"].queryset = leaders_for(case)
        self.fields["leaders"].initial = list(case.conductors.values_list("pk", flat=True))

    def carry_out(self, *, actor: User, at: datetime) -> Case:
        leaders = self.cleaned_data["leaders"]
        return name_conductors(case=self.case, leaders=leaders, actor=actor, at=at)


def names_of(partners) -> str:
    return "、".join(partner.label for partner in Partner if partner in partners)
