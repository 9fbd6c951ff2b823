"""What is filled in about a topic: its plan, its end, what a county brings in."""

import re
from collections import defaultdict
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceField

from accounts.models import User
from accounts.roles import RoleCode
from accounts.services.records import state_mark
from core.files import ACCEPTED, HELP, check_attachment
from members.models import Member, SpecialCommittee, Term
from proposals.choices import TopicState
from proposals.models import Topic, TopicPartnership
from proposals.permissions import own_departments
from proposals.services import cancel_topic, finish_topic, record_contribution, save_topic
from reporting.selectors.topics import counties_of, next_number

REQUIRED = {"required": "此项必填。", "invalid": "请按 2026-01-31 的格式填写日期。"}
#: Shown for correction once the topic is finished; before that finishing asks for them.
RESULT_FIELDS = ("finished_date", "result", "result_file")
SEPARATORS = re.compile(r"[\s,，、;；]+")


def date_widget() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class TopicForm(forms.ModelForm):
    """A topic's plan, with who takes part and which counties share it."""

    participants = forms.CharField(
        label="参加委员",
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一人，填委员编号或姓名；姓名有重复的请填编号。",
    )
    partners = forms.ModelMultipleChoiceField(
        label="联动县（区）政协",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="县（区）政协可选取1—2项参加联合调研协商（萍协字〔2022〕22号 第二条1）。",
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Topic
        fields = (
            "number",
            "title",
            "kind",
            "year",
            "committee",
            "department",
            "planned_date",
            "plan",
            "finished_date",
            "result",
            "result_file",
        )
        widgets = {
            "planned_date": date_widget(),
            "finished_date": date_widget(),
            "plan": forms.Textarea(attrs={"rows": 6}),
            "result": forms.Textarea(attrs={"rows": 5}),
            "result_file": forms.FileInput(attrs={"accept": ACCEPTED}),
        }
        help_texts = {
            "number": "本届内不重复。",
            "title": "会议的“议题”一栏与此标题相同，会议即归入本议题。",
        }

    def __init__(self, *args: Any, term: Term, user: User, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.term, self.user = term, user
        self.instance.term = term
        self.fields["year"] = forms.TypedChoiceField(
            label="年度",
            coerce=int,
            choices=[
                (number, f"{number}年")
                for number in range(term.end_date.year, term.start_date.year - 1, -1)
            ],
            error_messages=REQUIRED,
        )
        self.fields["partners"].queryset = counties_of(term)
        self.fields["committee"].queryset = SpecialCommittee.objects.filter(term=term)
        self.fields["department"].queryset = term.department_set.all()
        if not user.has_role(RoleCode.REGISTRAR):
            self.fields["department"].queryset = own_departments(user).filter(term=term)
            self.fields["department"].required = True
        if self.instance.state != TopicState.FINISHED:
            for name in RESULT_FIELDS:
                del self.fields[name]
        for field in self.fields.values():
            if isinstance(field, ModelChoiceField):
                field.error_messages["required"] = REQUIRED["required"]
        if self.instance.pk is None:
            self.initial |= {"year": year, "number": next_number(term=term, year=year)}
            return
        links = self.instance.participations.select_related("member__person")
        self.initial |= {
            "participants": "\n".join(
                f"{link.member.code} {link.member.person.name}"
                for link in links.order_by("sequence", "pk")
            ),
            "partners": [link.assembly_id for link in self.instance.partnerships.all()],
            "seen_version": self.instance.version,
        }

    def clean_participants(self) -> list[Member]:
        lines = [
            [token for token in SEPARATORS.split(line) if token]
            for line in self.cleaned_data["participants"].splitlines()
        ]
        tokens = {token for line in lines for token in line}
        members = Member.objects.visible_to(self.user).filter(term=self.term)
        known: defaultdict[str, list[Member]] = defaultdict(list)
        for member in members.filter(
            Q(code__in=tokens) | Q(person__name__in=tokens)
        ).select_related("person"):
            known[member.code].append(member)
            known[member.person.name].append(member)
        chosen: dict[int, Member] = {}
        for line in lines:
            chosen |= {member.pk: member for member in self._members_of(line, known)}
        return list(chosen.values())

    def _members_of(self, line: list[str], known: dict[str, list[Member]]) -> list[Member]:
        """A name beside its number says nothing new."""
        found: list[Member] = []
        for token in line:
            candidates = known.get(token, [])
            if any(member in found for member in candidates):
                continue
            if not candidates:
                raise forms.ValidationError(f"本届没有编号或姓名为“{token}”的委员，请核对。")
            if len(candidates) > 1:
                codes = "、".join(member.code for member in candidates)
                raise forms.ValidationError(f"“{token}”有重名（编号 {codes}），请改填编号。")
            found += candidates
        return found

    def carry_out(self, *, actor: User, at: Any) -> Topic:
        return save_topic(
            topic=self.instance,
            participants=self.cleaned_data["participants"],
            partners=list(self.cleaned_data["partners"]),
            actor=actor,
            at=at,
            seen_version=self.cleaned_data["seen_version"],
        )


class FinishForm(forms.Form):
    """The end of a topic, with its result."""

    prefix = "finish"
    finished_date = forms.DateField(label="完成日期", widget=date_widget(), error_messages=REQUIRED)
    result = forms.CharField(
        label="成果",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages=REQUIRED,
        help_text="形成了什么意见建议、报送哪里、采纳落实如何。",
    )
    result_file = forms.FileField(
        label="成果文件",
        required=False,
        max_length=200,
        validators=[check_attachment],
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=HELP,
        error_messages={"empty": "附件是空文件，请重新选择。"},
    )

    def carry_out(self, topic: Topic, *, actor: User, at: Any) -> Topic:
        finished: date = self.cleaned_data["finished_date"]
        return finish_topic(
            topic=topic,
            result=self.cleaned_data["result"],
            finished_date=finished,
            result_file=self.cleaned_data["result_file"],
            actor=actor,
            at=at,
        )


class CancelForm(forms.Form):
    prefix = "cancel"
    reason = forms.CharField(
        label="取消原因",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=REQUIRED,
    )

    def carry_out(self, topic: Topic, *, actor: User, at: Any) -> Topic:
        return cancel_topic(topic=topic, reason=self.cleaned_data["reason"], actor=actor, at=at)


class ContributionForm(forms.Form):
    contribution = forms.CharField(
        label="分工与成果",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen_mark = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, partnership: TopicPartnership, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"county-{partnership.pk}", **kwargs)
        self.partnership = partnership
        self.initial = {
            "contribution": partnership.contribution,
            "seen_mark": state_mark(partnership),
        }

    def carry_out(self, *, actor: User, at: Any) -> TopicPartnership:
        return record_contribution(
            partnership=self.partnership,
            contribution=self.cleaned_data["contribution"],
            seen_mark=self.cleaned_data["seen_mark"],
            actor=actor,
            at=at,
        )
