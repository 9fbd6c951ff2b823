"""约谈 at the office's desk: the board, one interview with what may be done, arranging one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import DetailView, FormView, TemplateView

from assessments.models import Finding
from core.files import attachment_name, attachment_response
from core.told import carried_out
from exits.choices import InterviewAct, InterviewKind
from exits.forms.interviews import OFFICE_FORMS, ArrangeForm, InterviewForm
from exits.models import Interview
from exits.selectors.interviews import (
    acts_of,
    ended_interviews,
    findings_to_interview,
    interview_board,
    interview_line,
    leader_title,
    with_people,
)
from exits.views.base import DeskPage
from members.models import Member, Term
from members.selectors import current_term
from members.views.terms import term_or_404

READ = "exits.view_interview"
CONDUCT = "exits.conduct_interview"
#: So many of the ended ones a page; so many findings are named.
PAGE, FINDINGS = 30, 20
#: Rules of the pack whose interview is a mere reminder (乐政协〔2021〕12号 12).
REMINDING = "yq-"


class InterviewListView(DeskPage, TemplateView):
    """What waits, by what it waits for; below, the ended ones."""

    title = "约谈"
    template_name = "exits/interview_list.html"
    permission_required = READ

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, at = self.request.user, timezone.now()
        board = interview_board(user=user, at=at)
        ended = ended_interviews(user=user, on=timezone.localdate(at))
        page = Paginator(ended, PAGE).get_page(self.request.GET.get("p"))
        lines = [interview_line(interview, at=at) for interview in page]
        shown = [line.interview.pk for _, found in board for line in found]
        shown += [line.interview.pk for line in lines]
        self.note(Interview.objects.filter(pk__in=shown))
        term = current_term() if user.has_perm(CONDUCT) else None
        findings = (
            findings_to_interview(user=user, term=term, on=timezone.localdate()) if term else None
        )
        return super().get_context_data(**kwargs) | {
            "board": board,
            "ended": lines,
            "page": page,
            "may_arrange": user.has_perm(CONDUCT),
            "findings": findings[:FINDINGS] if findings is not None else [],
            "findings_total": findings.count() if findings is not None else 0,
        }


class InterviewPage(DeskPage):
    permission_required = READ

    def get_queryset(self) -> QuerySet[Interview]:
        seen = Interview.objects.visible_to(self.request.user)
        return with_people(seen.select_related("finding", "recorded_by"))


class InterviewDetailView(InterviewPage, DetailView):
    template_name = "exits/interview_detail.html"
    context_object_name = "interview"
    forms: dict[InterviewAct, InterviewForm] = {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        interview, user = self.object, self.request.user
        at = timezone.now()
        self.note(Interview.objects.filter(pk=interview.pk))
        may_act = user.has_perm(CONDUCT)
        now = acts_of(interview) if may_act else frozenset()
        forms = [
            (act, self.forms.get(act) or form(initial=beginning(act, interview)))
            for act, form in OFFICE_FORMS.items()
            if act in now
        ]
        context = super().get_context_data(**kwargs)
        del context["object"]  # The theme would link to a list it has none of.
        return context | {
            "title": f"{interview.get_kind_display()}：{interview.member.person.name}",
            "line": interview_line(interview, at=at),
            "leader": leader_title(interview),
            "forms": forms,
            "papers": interview.papers.order_by("pk"),
            "signed_name": (
                attachment_name(interview.signed_copy) if interview.signed_copy else ""
            ),
        }


class InterviewActView(InterviewDetailView):
    """Does one act; the page again, with what was typed, where it is refused."""

    permission_required = (READ, CONDUCT)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        self.object = interview = self.get_object()
        if act not in OFFICE_FORMS:
            raise Http404("没有这项操作。")
        asked = InterviewAct(act)
        form = OFFICE_FORMS[asked](request.POST, request.FILES)
        if form.is_valid() and carried_out(
            form, lambda: form.carry_out(interview, actor=request.user, at=timezone.now())
        ):
            messages.success(request, f"已{asked.label}。")
            return HttpResponseRedirect(reverse("exits:interview-detail", args=[pk]))
        self.object = interview = self.get_object()
        self.forms = {asked: form}
        if asked not in acts_of(interview):
            for error in form.non_field_errors():
                messages.error(request, error)
        return self.render_to_response(self.get_context_data(object=interview))


class InterviewCopyView(InterviewPage, View):
    """The minutes as signed on paper."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        interview = get_object_or_404(self.get_queryset(), pk=pk)
        if not interview.signed_copy:
            raise Http404("这次约谈没有纸质签字件。")
        self.note(Interview.objects.filter(pk=pk))
        return attachment_response(interview.signed_copy)


class InterviewCreateView(DeskPage, FormView):
    """From a confirmed finding (`?finding=`), for a member (`?member=`), or by number."""

    title = "安排约谈"
    template_name = "exits/interview_create.html"
    permission_required = (READ, CONDUCT)
    form_class = ArrangeForm

    @cached_property
    def term(self) -> Term:
        return self.member.term if self.member else term_or_404()

    @cached_property
    def finding(self) -> Finding | None:
        asked = self.request.GET.get("finding", "")
        if not asked:
            return None
        if not asked.isdecimal():
            raise Http404("没有这条考核发现。")
        visible = Finding.objects.visible_to(self.request.user).filter(member__isnull=False)
        return get_object_or_404(visible.select_related("member__person"), pk=asked)

    @cached_property
    def member(self) -> Member | None:
        if self.finding is not None:
            return self.finding.member
        asked = self.request.GET.get("member", "")
        if not asked:
            return None
        if not asked.isdecimal():
            raise Http404("没有这位委员。")
        visible = Member.objects.visible_to(self.request.user)
        return get_object_or_404(visible.select_related("person", "term"), pk=asked)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "term": self.term,
            "user": self.request.user,
            "member": self.member,
            "finding": self.finding,
        }

    def get_initial(self) -> dict[str, Any]:
        if self.finding is None:
            return {}
        reminding = self.finding.rule.startswith(REMINDING)
        kind = InterviewKind.REMINDER_TALK if reminding else InterviewKind.INTERVIEW
        return {"reason": self.finding.summary, "kind": kind}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.finding is not None:
            self.note(Finding.objects.filter(pk=self.finding.pk))
        own = {"member": self.member, "finding": self.finding}
        return super().get_context_data(**kwargs) | own

    def form_valid(self, form: ArrangeForm) -> HttpResponse:
        made: list[Interview] = []

        def arrange() -> None:
            made.append(form.carry_out(actor=self.request.user, at=timezone.now()))

        if not carried_out(form, arrange):
            return self.form_invalid(form)
        messages.success(self.request, "约谈已安排。核对之后发出通知。")
        return HttpResponseRedirect(reverse("exits:interview-detail", args=[made[0].pk]))


def beginning(act: InterviewAct, interview: Interview) -> dict[str, Any]:
    """What the form of an act is filled with."""
    filled: dict[str, Any] = {"version": interview.version}
    if act == InterviewAct.HOLD:
        filled["held_at"] = interview.scheduled_at
    if act == InterviewAct.RESCHEDULE:
        filled |= {"scheduled_at": interview.scheduled_at, "place": interview.place}
    if act == InterviewAct.CLOSE:
        filled["closed_date"] = timezone.localdate()
    return filled
