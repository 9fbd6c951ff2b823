"""我的事项: what a member was told of interviews and cases, and what they say to it."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import DetailView, FormView, TemplateView

from core.files import attachment_response
from core.told import carried_out
from exits.choices import InterviewAct, Partner
from exits.forms.interviews import SignForm
from exits.forms.own import OWN_FORMS, ResignForm
from exits.models import Case, Interview
from exits.selectors.interviews import (
    acts_of,
    interview_line,
    leader_title,
    notified_interviews,
)
from exits.selectors.own import (
    open_resignation,
    own_case,
    own_delivery,
    own_papers,
    own_steps,
    own_written_steps,
    serving_seat,
    told_cases,
)
from exits.services.telling import in_words
from exits.views.base import MatterPage
from exits.views.papers import handed_out
from members.choices import Party
from members.models import Member

OWN = "exits.apply_resignation"
SIGN = "exits.sign_interview"


class OwnListView(MatterPage, TemplateView):
    template_name = "exits/own_list.html"
    permission_required = OWN

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, at = self.request.user, timezone.now()
        seat = serving_seat(user=user, on=timezone.localdate(at))
        return super().get_context_data(**kwargs) | {
            "title": "我的事项",
            "interviews": [interview_line(row, at=at) for row in notified_interviews(user=user)],
            "matters": [own_case(case) for case in told_cases(user=user)],
            "may_resign": seat is not None and open_resignation(seat) is None,
        }


class OwnInterviewView(MatterPage, DetailView):
    """Time, place and reason; afterwards the minutes to read and confirm."""

    template_name = "exits/own_interview.html"
    permission_required = SIGN
    context_object_name = "interview"
    form: Form | None = None

    def get_queryset(self) -> QuerySet[Interview]:
        return notified_interviews(user=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        interview = self.object
        may_sign = InterviewAct.SIGN in acts_of(interview)
        return super().get_context_data(**kwargs) | {
            "title": interview.get_kind_display(),
            "line": interview_line(interview, at=timezone.now()),
            "leader": leader_title(interview),
            "may_sign": may_sign,
            "form": self.form or SignForm(initial={"version": interview.version}),
            "papers": own_papers(user=self.request.user).filter(interview=interview),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.object = interview = self.get_object()
        form = SignForm(request.POST)
        if form.is_valid() and carried_out(
            form, lambda: form.carry_out(interview, actor=request.user, at=timezone.now())
        ):
            messages.success(request, "约谈记录已确认。")
            return HttpResponseRedirect(request.path)
        self.object, self.form = self.get_object(), form
        return self.render_to_response(self.get_context_data())


class OwnCasePage(MatterPage):
    permission_required = OWN

    def get_queryset(self) -> QuerySet[Case]:
        return told_cases(user=self.request.user)


class OwnCaseView(OwnCasePage, DetailView):
    """What was told, what was said, and what may be said now."""

    template_name = "exits/own_case.html"
    context_object_name = "case"
    forms: dict[str, Form] = {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, user = self.object, self.request.user
        own = own_case(case)
        return super().get_context_data(**kwargs) | {
            "title": case.get_kind_display(),
            "own": own,
            "steps": own_steps(case, user=user),
            "papers": own_papers(user=user).filter(case=case),
            "delivery": own_delivery(case),
            "decision": in_words(case, "您") if own.is_answered else "",
            **{f"{act}_form": self.forms.get(act) or form() for act, form in OWN_FORMS.items()},
        }


class OwnCaseActView(OwnCaseView):
    """Answers, hands in or withdraws the application; the page again where it is refused."""

    http_method_names = ["post"]
    said = {
        "answer": "说明已提交。",
        "apply": "书面申请已提交。",
        "withdraw": "申请已撤回，事项终止。",
    }

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        self.object = case = self.get_object()
        if act not in OWN_FORMS:
            raise Http404("没有这项操作。")
        form, at = OWN_FORMS[act](request.POST, request.FILES), timezone.now()
        on = timezone.localdate(at)
        if form.is_valid() and carried_out(
            form, lambda: form.carry_out(case, actor=request.user, at=at, on=on)
        ):
            messages.success(request, self.said[act])
            return HttpResponseRedirect(reverse("exits:own-case", args=[pk]))
        self.object, self.forms = self.get_object(), {act: form}
        for error in form.non_field_errors():
            messages.error(request, error)
        return self.render_to_response(self.get_context_data())


class OwnResignView(MatterPage, FormView):
    """The application goes to the assembly, and by the office to the department of the side."""

    template_name = "exits/own_resign.html"
    permission_required = OWN
    form_class = ResignForm

    @cached_property
    def seat(self) -> Member:
        seat = serving_seat(user=self.request.user, on=timezone.localdate())
        if seat is None:
            raise Http404("您的账号现在没有在任的委员。")
        return seat

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_cpc = self.seat.party == Party.CPC
        return super().get_context_data(**kwargs) | {
            "title": "申请辞去委员",
            "seat": self.seat,
            "known": open_resignation(self.seat),
            "department": Partner.ORGANIZATION if is_cpc else Partner.UNITED_FRONT,
        }

    def form_valid(self, form: ResignForm) -> HttpResponse:
        made: list[Case] = []
        at = timezone.now()

        def apply() -> None:
            made.append(
                form.carry_out(
                    member=self.seat, actor=self.request.user, at=at, on=timezone.localdate(at)
                )
            )

        if not carried_out(form, apply):
            return self.form_invalid(form)
        messages.success(self.request, "申请已提交市政协办公室。")
        return HttpResponseRedirect(reverse("exits:own-case", args=[made[0].pk]))


class OwnStepAttachmentView(MatterPage, View):
    """What the member attached to their own words."""

    permission_required = OWN

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        step = get_object_or_404(own_written_steps(user=request.user), pk=pk)
        if not step.attachment:
            raise Http404("没有附件。")
        return attachment_response(step.attachment)


class OwnPaperFileView(MatterPage, View):
    """A letter addressed to the member."""

    permission_required = OWN

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        paper = get_object_or_404(own_papers(user=request.user), pk=pk)
        return handed_out(request, paper)
