"""办理台: the board of cases, one case with all that was done, and one page for each act."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView, TemplateView

from core.files import attachment_response
from core.told import carried_out
from exits.choices import Act, CaseKind
from exits.citations import citation_of
from exits.forms.cases import ACT_FORMS, CaseForm, ConductorsForm, DeliveryForm
from exits.models import Case, CaseDelivery, CaseOpinion, CaseStep, OfficialPaper
from exits.permissions import (
    CARRY_ON,
    DECIDE,
    NEEDED,
    may_ever,
    open_acts,
    sees_conductors,
    speaks_for,
)
from exits.procedures import PROCEDURES, allowed, consults_both
from exits.selectors.board import SHOWN, board_of, cases_in_words, line_of
from exits.selectors.cases import consulted_in, others_open, steps_of, way_of
from exits.selectors.papers import kinds_for_case
from exits.views.base import DeskPage, MatterPage

ACT_OF = {act.name.lower(): act for act in ACT_FORMS}
SLUG_OF = {act: name for name, act in ACT_OF.items()}
#: The paper that usually goes with what is to be done in a state.
PAPERS_OF = {
    "opened": [("information", "起草情况通报函")],
    "consulting": [("consultation", "起草会商纪要")],
    "proposed": [("proposal", "起草处理建议"), ("reminder", "起草提醒函")],
    "decided": [
        ("decision_member", "起草决定通知书（本人）"),
        ("decision_unit", "起草决定通知（单位）"),
    ],
    "rejected": [
        ("decision_member", "起草审议结果通知书（本人）"),
        ("decision_unit", "起草审议结果通知（单位）"),
    ],
    "notified": [("publication", "起草公告")],
}


class CaseBoardView(DeskPage, TemplateView):
    """Every open case by state and age, those ended this year below."""

    permission_required = "exits.view_case"
    template_name = "exits/case_board.html"
    title = "退出与暂停事项办理台"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        if kind and kind not in CaseKind.values:
            raise Http404("没有这一类事项。")
        show = self.request.GET.get("show", "")
        show = show if show in SHOWN else ""
        today = timezone.localdate()
        board = board_of(user=self.request.user, on=today, kind=kind, show=show)
        shown = [line.case.pk for line in board.lines] + [case.pk for case in board.ended]
        self.note(Case.objects.filter(pk__in=shown))
        own = {
            "board": board,
            "kind": kind,
            "kind_label": CaseKind(kind).label if kind else "",
            "show": show,
            "shown_label": SHOWN.get(show, ""),
            "may_open": self.request.user.has_perm(CARRY_ON),
        }
        return super().get_context_data(**kwargs) | own


class CasePage(DeskPage):
    """Of a case the account sees; any other is a 404."""

    permission_required = "exits.view_case"

    @cached_property
    def case(self) -> Case:
        visible = cases_in_words(Case.objects.visible_to(self.request.user))
        rows = visible.select_related(
            "member__person",
            "member__sector",
            "member__committee",
            "member__term__assembly",
            "finding",
            "origin",
            "recorded_by",
            "proposed_by",
            "decided_by",
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "case": self.case,
            "procedure": PROCEDURES[CaseKind(self.case.kind)],
            "title": str(self.case),
        }
        return super().get_context_data(**kwargs) | own

    def back(self) -> HttpResponseRedirect:
        return HttpResponseRedirect(page_of(self.case))


class CaseDetailView(CasePage, TemplateView):
    template_name = "exits/case_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, user = self.case, self.request.user
        self.note(Case.objects.filter(pk=case.pk))
        acts = open_acts(user, case)
        carries_on = user.has_perm(CARRY_ON)
        deliveries = case.deliveries.select_related("entered_by").order_by("pk")
        papers = OfficialPaper.objects.visible_to(user).filter(case=case)
        own = {
            "citation": citation_of(case.kind, case.ground, case.member.term.rule_pack),
            "consults_both": consults_both(case.kind, case.ground),
            "others": others_open(case, user=user),
            "line": line_of(case, timezone.localdate()),
            "way": way_of(case),
            "acts": [(SLUG_OF[act], act) for act in acts if act in SLUG_OF],
            "next_act": next_act(case, acts),
            "held_back": Act.DECIDE in allowed(case)
            and may_ever(user, Act.DECIDE)
            and Act.DECIDE not in acts,
            "consulted": consulted_in(case),
            "steps": steps_of(case),
            "deliveries": deliveries,
            "may_deliver": Act.DELIVER in acts,
            "conductors": case.conductors.all(),
            "names_conductors": carries_on and not case.has_ended,
            "successor": Case.objects.visible_to(user).filter(origin=case).first(),
            "papers": papers.order_by("issued_date", "pk"),
            "papers_to_write": papers_to_write(case),
            "may_write_papers": user.has_perm("exits.issue_paper"),
            "may_take_file": carries_on or user.has_perm(DECIDE),
            "shows_conductors": sees_conductors(user, case),
        }
        return super().get_context_data(**kwargs) | own


class CaseActView(CasePage, FormView):
    """One act: the form, what follows, the button. An act that is not open leads back."""

    template_name = "exits/case_act.html"

    @cached_property
    def act(self) -> Act:
        found = ACT_OF.get(self.kwargs["act"])
        if found is None:
            raise Http404("没有这一步骤。")
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated or not self.has_permission():
            return self.handle_no_permission()
        if not request.user.has_perm(NEEDED[self.act]):
            raise PermissionDenied
        if self.act == Act.OPINE and not speaks_for(request.user, self.case):
            raise PermissionDenied
        if request.method == "GET" and self.act not in open_acts(request.user, self.case):
            messages.error(request, self.not_open())
            return self.back()
        return super().dispatch(request, *args, **kwargs)

    def not_open(self) -> str:
        if self.act in allowed(self.case):
            return "建议由您提出，决定须由另一位工作人员或领导登记。"
        return f"本事项现为“{self.case.get_state_display()}”，不能办理“{self.act.label}”。"

    def get_form_class(self) -> type[CaseForm]:
        return ACT_FORMS[self.act]

    def get_form_kwargs(self) -> dict[str, Any]:
        user = self.request.user
        own = {"case": self.case, "actor": user, "today": timezone.localdate()}
        if self.act == Act.OPINE:
            own |= {
                "speaks_for": speaks_for(user, self.case),
                "on_behalf": user.has_perm(CARRY_ON),
            }
        return super().get_form_kwargs() | own

    def form_valid(self, form: CaseForm) -> HttpResponse:
        if not carried_out(form, lambda: form.carry_out(at=timezone.now())):
            return self.form_invalid(form)
        messages.success(self.request, f"已登记“{self.act.label}”。")
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"act": self.act, "title": f"{self.act.label}：{self.case}"}
        return super().get_context_data(**kwargs) | own


class ConductorsView(CasePage, FormView):
    """Which leaders conduct the case, and so read it."""

    permission_required = CARRY_ON
    template_name = "exits/case_conductors.html"
    form_class = ConductorsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"case": self.case}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"title": f"经办领导：{self.case}"}

    def form_valid(self, form: ConductorsForm) -> HttpResponse:
        user = self.request.user
        if not carried_out(form, lambda: form.carry_out(actor=user, at=timezone.now())):
            return self.form_invalid(form)
        messages.success(self.request, "经办领导已保存。")
        return self.back()


class DeliveryRecordView(CasePage, FormView):
    """One party told of the decision in writing."""

    permission_required = CARRY_ON
    template_name = "exits/delivery_record.html"
    form_class = DeliveryForm

    @cached_property
    def delivery(self) -> CaseDelivery:
        visible = CaseDelivery.objects.visible_to(self.request.user).select_related("case")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    @cached_property
    def case(self) -> Case:
        visible = cases_in_words(Case.objects.visible_to(self.request.user))
        return get_object_or_404(visible, pk=self.delivery.case_id)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.delivery.delivered_date is not None:
            messages.error(request, f"{self.delivery}已登记送达。")
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"date": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"delivery": self.delivery, "title": f"登记送达：{self.case}"}
        return super().get_context_data(**kwargs) | own

    def form_valid(self, form: DeliveryForm) -> HttpResponse:
        act = lambda: form.carry_out(  # noqa: E731
            self.delivery, actor=self.request.user, at=timezone.now()
        )
        if not carried_out(form, act):
            return self.form_invalid(form)
        messages.success(self.request, f"已登记送达：{self.delivery}。")
        return self.back()


class CaseAttachment(MatterPage, View):
    """A file kept with a step or an opinion, to whoever sees the case; each reading is noted."""

    model: type[CaseStep] | type[CaseOpinion]
    permission_required = "exits.view_case"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(self.model.objects.visible_to(request.user), pk=pk)
        if not row.attachment:
            raise Http404("没有材料。")
        self.note(Case.objects.filter(pk=row.case_id))
        return attachment_response(row.attachment)


class StepAttachmentView(CaseAttachment):
    model = CaseStep


class OpinionAttachmentView(CaseAttachment):
    model = CaseOpinion


def page_of(case: Case) -> str:
    return reverse("exits:case-detail", args=[case.pk])


def next_act(case: Case, acts: list[Act]) -> Act | None:
    """The one of the open acts that carries the case on; a second reminder does not."""
    done = set(case.efforts)
    onward = (
        act
        for act in (Act.INFORM, Act.PROPOSE, Act.OPINE, Act.SUBMIT, Act.DECIDE, Act.PUBLISH)
        if act in acts
    )
    pressing = (act for act in (Act.REMIND, Act.PERSUADE) if act in acts and act not in done)
    return next(onward, None) or next(pressing, None)


def papers_to_write(case: Case) -> list[tuple[str, str]]:
    """The letters of this stage that fit the case."""
    fitting = kinds_for_case(case)
    return [(kind, words) for kind, words in PAPERS_OF.get(case.state, []) if kind in fitting]
