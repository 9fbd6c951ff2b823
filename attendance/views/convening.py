"""会务: one meeting at the office's desk, from its list to its papers."""

from abc import abstractmethod
from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView

from accounts.views.entrance import AtDesk
from attendance.choices import Capacity, Reply
from attendance.forms.convening import (
    AddForm,
    CopyForm,
    MaterialForm,
    NoticeForm,
    OnBehalfForm,
    RemoveForm,
    ScopeForm,
    WithdrawMaterialForm,
)
from attendance.models import Expectation, Meeting, MeetingMaterial
from attendance.selectors.convening import draft_notice, kept_meetings, listed, notices_of, tally
from attendance.selectors.expected import Difference, candidates, difference, rule_of
from attendance.services.convening import (
    attach_material,
    copy_meeting,
    reply_to_meeting,
    send_meeting_notice,
    withdraw_material,
)
from attendance.services.expected import add_expected, build_expected, remove_expected
from core.told import carried_out
from members.models import Member

PER_PAGE = 40
#: What the list can be narrowed to, by name in the address.
SHOWN = {
    "untold": ("未通知", {"told_at__isnull": True}),
    "unread": ("已通知未读", {"told_at__isnull": False, "read_at__isnull": True}),
    "attending": ("参加", {"reply": Reply.ATTENDING}),
    "declined": ("不参加", {"reply": Reply.DECLINED}),
    "silent": ("未回复", {"reply": Reply.NONE, "capacity": Capacity.EXPECTED}),
    "non_voting": ("列席", {"capacity": Capacity.NON_VOTING}),
}


class MeetingPage(AtDesk):
    """Of a meeting the account keeps; any other is a 404. Leaders look on."""

    permission_required = "attendance.view_expectation"
    tab = "desk"

    @cached_property
    def meeting(self) -> Meeting:
        return get_object_or_404(kept_meetings(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "meeting": self.meeting,
            "title": f"会务：{self.meeting.title}",
            "tab": self.tab,
            "may_act": self.request.user.has_perm("attendance.change_expectation"),
        }
        return admin.site.each_context(self.request) | super().get_context_data(**kwargs) | own

    def desk(self, name: str = "meeting-desk") -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"attendance:{name}", args=[self.meeting.pk]))


class MeetingAct(MeetingPage, FormView):
    """A form of the desk that calls one service, then leads back."""

    permission_required = "attendance.change_expectation"
    success_message = "已保存。"
    back_to = "meeting-desk"

    @abstractmethod
    def act(self, form) -> Any:
        """Calls the one service."""

    def form_valid(self, form) -> HttpResponse:
        if not carried_out(form, lambda: self.act(form)):
            return self.form_invalid(form)
        messages.success(self.request, self.success_message)
        return self.desk(self.back_to)


class MeetingDeskView(MeetingPage, TemplateView):
    """Everything of the meeting at a glance, each number a link to what it counts."""

    template_name = "attendance/meeting_desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        whole, sectors = tally(list(listed(self.meeting)))
        return super().get_context_data(
            whole=whole,
            sectors=sectors,
            lines=self.meeting.scope_lines.select_related(
                "sector", "committee", "sector_group", "liaison_group"
            ),
            sittings=self.meeting.sittings.order_by("number"),
            notices=notices_of(self.meeting).select_related("recorded_by"),
            materials=self.meeting.materials.select_related("recorded_by"),
            **kwargs,
        )


class ExpectedListView(MeetingPage, TemplateView):
    """应到名单, to search and narrow."""

    template_name = "attendance/expected_list.html"
    tab = "expected"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("q", "").strip()
        shown, sector = self.request.GET.get("show", ""), self.request.GET.get("sector", "")
        rows: QuerySet[Expectation] = listed(self.meeting)
        if shown in SHOWN:
            rows = rows.filter(**SHOWN[shown][1])
        if sector:
            rows = rows.filter(member__sector__name=sector)
        if asked:
            rows = rows.filter(member__person__name__contains=asked) | rows.filter(
                member__code__contains=asked
            )
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page,
            asked=asked,
            shown=shown if shown in SHOWN else "",
            sector=sector,
            choices=[(name, label) for name, (label, _) in SHOWN.items()],
            **kwargs,
        )


class ScopeView(MeetingPage, FormView):
    """The rule, then what it would change, then the change."""

    template_name = "attendance/meeting_scope.html"
    permission_required = "attendance.change_expectation"
    form_class = ScopeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"meeting": self.meeting, "rule": rule_of(self.meeting)}
        return super().get_form_kwargs() | own

    def form_valid(self, form: ScopeForm) -> HttpResponse:
        lines, mark = form.chosen(), form.cleaned_data["mark"]
        if not mark:
            change = difference(meeting=self.meeting, lines=lines)
            return self._preview(form, change)
        if not carried_out(form, lambda: self._build(lines, mark)):
            return self.form_invalid(form)
        messages.success(self.request, "应到名单已更新。")
        return self.desk("expected-list")

    def _preview(self, form: ScopeForm, change: Difference) -> HttpResponse:
        labels = dict(choice for _, choices in form.fields["lines"].choices for choice in choices)
        codes = form.cleaned_data["lines"]
        context = self.get_context_data(
            form=form,
            change=change,
            codes=codes,
            chosen=[labels.get(code, code) for code in codes],
            unchanged=change.is_empty and form.chosen() == rule_of(self.meeting),
        )
        return self.render_to_response(context)

    def _build(self, lines: list, mark: str) -> Difference:
        return build_expected(
            meeting=self.meeting,
            lines=lines,
            actor=self.request.user,
            at=timezone.now(),
            seen=mark,
        )


class ExpectedCreateView(MeetingAct):
    """Finds a member by name or number and puts them on the list."""

    template_name = "attendance/expected_create.html"
    form_class = AddForm
    success_message = "已列入应到名单。"
    back_to = "expected-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("q", "").strip()
        found = candidates(meeting=self.meeting, words=asked) if asked else []
        return super().get_context_data(asked=asked, found=found, **kwargs)

    def act(self, form: AddForm) -> Expectation:
        member = get_object_or_404(
            Member.objects.visible_to(self.request.user).select_related("person"),
            pk=form.cleaned_data["member"],
        )
        return add_expected(
            meeting=self.meeting,
            member=member,
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            at=timezone.now(),
        )


class ExpectedDetailView(MeetingPage, TemplateView):
    """One member on the list: a reply by telephone, or taken off."""

    template_name = "attendance/expected_detail.html"
    tab = "expected"

    @cached_property
    def row(self) -> Expectation:
        rows = Expectation.objects.filter(meeting__in=kept_meetings(self.request.user))
        return get_object_or_404(
            rows.invitable().select_related("member__person", "member__sector", "line"),
            pk=self.kwargs["pk"],
        )

    @cached_property
    def meeting(self) -> Meeting:
        return get_object_or_404(kept_meetings(self.request.user), pk=self.row.meeting_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "row": listed(self.meeting).get(pk=self.row.pk),
            "reply_form": OnBehalfForm(initial={"reply": self.row.reply}),
            "remove_form": RemoveForm(),
        }
        return super().get_context_data(**own | kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("attendance.change_expectation"):
            return self.handle_no_permission()
        removes = "remove-reason" in request.POST
        form = RemoveForm(request.POST) if removes else OnBehalfForm(request.POST)
        act = self._remove if removes else self._reply
        if form.is_valid() and carried_out(form, lambda: act(form)):
            messages.success(request, "已移出名单。" if removes else "已登记回复。")
            return self.desk("expected-list")
        name = "remove_form" if removes else "reply_form"
        return self.render_to_response(self.get_context_data(**{name: form}))

    def _remove(self, form: RemoveForm) -> Expectation:
        return remove_expected(
            expectation=self.row,
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            at=timezone.now(),
        )

    def _reply(self, form: OnBehalfForm) -> Expectation:
        return reply_to_meeting(
            expectation=self.row,
            reply=form.cleaned_data["reply"],
            actor=self.request.user,
            at=timezone.now(),
            on_behalf=True,
        )


class NoticeCreateView(MeetingAct):
    """The notice, worded beforehand, to be read once more and sent."""

    template_name = "attendance/notice_create.html"
    form_class = NoticeForm
    success_message = "通知已发出。"
    tab = "notice"

    def get_initial(self) -> dict[str, Any]:
        earlier = list(notices_of(self.meeting))
        draft = earlier[0] if earlier else draft_notice(self.meeting, on=timezone.localdate())
        return {
            "title": draft.title,
            "body": draft.body,
            "reply_by": draft.reply_by,
            "only_untold": "yes",
            "sent_before": len(earlier),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        seen = self.request.POST.get("sent_before", notices_of(self.meeting).count())
        return super().get_form_kwargs() | {"is_first": str(seen) == "0"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        whole, _ = tally(list(listed(self.meeting)))
        return super().get_context_data(whole=whole, untold=whole.total - whole.told, **kwargs)

    def act(self, form: NoticeForm) -> Any:
        return send_meeting_notice(
            meeting=self.meeting,
            actor=self.request.user,
            at=timezone.now(),
            **{"only_untold": False} | form.cleaned_data,
        )


class MaterialCreateView(MeetingAct):
    template_name = "attendance/material_create.html"
    permission_required = "attendance.add_meetingmaterial"
    form_class = MaterialForm
    success_message = "材料已上传，名单上的委员可以下载。"

    def act(self, form: MaterialForm) -> MeetingMaterial:
        return attach_material(
            meeting=self.meeting,
            actor=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )


class MaterialDeleteView(MeetingAct):
    template_name = "attendance/material_delete.html"
    permission_required = "attendance.delete_meetingmaterial"
    form_class = WithdrawMaterialForm
    success_message = "材料已撤下。"

    @cached_property
    def material(self) -> MeetingMaterial:
        kept = MeetingMaterial.objects.filter(meeting__in=kept_meetings(self.request.user))
        return get_object_or_404(kept, pk=self.kwargs["pk"])

    @cached_property
    def meeting(self) -> Meeting:
        return get_object_or_404(kept_meetings(self.request.user), pk=self.material.meeting_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(material=self.material, **kwargs)

    def act(self, form: WithdrawMaterialForm) -> None:
        withdraw_material(
            material=self.material,
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            at=timezone.now(),
        )


class MeetingCopyView(MeetingAct):
    """Last year's meeting, to be held again."""

    template_name = "attendance/meeting_copy.html"
    permission_required = "attendance.add_meeting"
    form_class = CopyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {"meeting": self.meeting}

    def act(self, form: CopyForm) -> Meeting:
        self.copy = copy_meeting(
            meeting=self.meeting,
            actor=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
        return self.copy

    def form_valid(self, form: CopyForm) -> HttpResponse:
        if not carried_out(form, lambda: self.act(form)):
            return self.form_invalid(form)
        messages.success(self.request, "已复制。请核对时间、地点，再预览应到名单。")
        return HttpResponseRedirect(reverse("attendance:meeting-desk", args=[self.copy.pk]))
