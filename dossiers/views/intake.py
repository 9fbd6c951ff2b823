"""委员报送: what members have handed in to a unit, and what the unit does with it."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import TemplateView

from accounts.services import StaleRecordError
from core.refusals import RefusalError
from dossiers.choices import SubmissionKind, SubmissionState
from dossiers.forms.submissions import AcceptForm, ReasonForm
from dossiers.models import Submission
from dossiers.permissions import may_settle_submission
from dossiers.selectors.disputable import type_of
from dossiers.selectors.duplicates import records_like
from dossiers.selectors.entries import ADDING
from dossiers.selectors.submissions import (
    INTAKE_PERMISSION,
    INTAKE_WORKDAYS,
    RECORD_KINDS,
    fates_of,
    intake_submissions,
    with_signers,
)
from dossiers.services.submission_intake import (
    accept_submission,
    agreed_members,
    counted_date,
    decline_submission,
    link_submission,
    return_submission,
)
from dossiers.views.entries import Collecting
from dossiers.views.submissions import page_context
from members.selectors.calendar import work_calendar

PAGE = 30
#: The queue first; what else may be asked for.
STATES = (
    SubmissionState.SUBMITTED,
    SubmissionState.RETURNED,
    SubmissionState.ACCEPTED,
    SubmissionState.DECLINED,
)


class Intake(Collecting):
    permission_required = INTAKE_PERMISSION


class SubmissionQueueView(Intake, TemplateView):
    template_name = "dossiers/submission_queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("state", SubmissionState.SUBMITTED)
        state = asked if asked in STATES else SubmissionState.SUBMITTED
        rows = intake_submissions(user=self.request.user)
        of_state = rows.filter(state=state)
        counts = dict(of_state.order_by().values_list("kind").annotate(number=Count("pk")))
        kind = self.request.GET.get("kind", "")
        if kind in SubmissionKind.values:
            of_state = of_state.filter(kind=kind)
        order = "submitted_at" if state == SubmissionState.SUBMITTED else "-submitted_at"
        page = Paginator(with_signers(of_state.order_by(order, "pk")), PAGE).get_page(
            self.request.GET.get("p")
        )
        fates = fates_of(page.object_list)
        calendar, today = work_calendar(), timezone.localdate()
        lines = []
        for row in page.object_list:
            due = calendar.due(timezone.localdate(row.submitted_at), INTAKE_WORKDAYS)
            waits = row.state == SubmissionState.SUBMITTED
            lines.append((row, due if waits else None, waits and due < today, fates.get(row.pk)))
        return super().get_context_data(**kwargs) | self.page(
            title="委员报送",
            state=state,
            states=[(choice, choice.label) for choice in STATES],
            kind=kind,
            kinds=[
                (choice, choice.label, counts[choice])
                for choice in SubmissionKind
                if choice in counts
            ],
            number=sum(counts.values()),
            page=page,
            lines=lines,
            workdays=INTAKE_WORKDAYS,
        )


class OneSubmission(Intake):
    @cached_property
    def submission(self) -> Submission:
        rows = intake_submissions(user=self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def to_page(self) -> HttpResponseRedirect:
        return HttpResponseRedirect(
            reverse("dossiers:submission-intake", args=[self.submission.pk])
        )


class SubmissionIntakeView(OneSubmission, View):
    """The text, the attachments, records it may be the same as, and the record it becomes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.shown(self.form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form(request.POST)
        if not self.may_enter():
            messages.error(request, "您的角色不能登记这一类记录，请联系委员联络科。")
            return self.to_page()
        if not form.is_valid():
            return self.shown(form, status=400)
        try:
            accept_submission(
                submission=self.submission,
                seen_version=form.cleaned_data["seen_version"],
                values=form.given(),
                actor=request.user,
                at=timezone.now(),
            )
        except StaleRecordError:
            messages.warning(request, "这份材料刚有变动，还没有受理。请核对下面的内容再办。")
            return self.to_page()
        except RefusalError as refusal:
            form.add_error(None, str(refusal))
            return self.shown(form, status=409)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            return self.shown(form, status=400)
        messages.success(request, f"已受理并登记：{self.submission.title}")
        return HttpResponseRedirect(reverse("dossiers:submission-queue"))

    def form(self, data: Any = None) -> AcceptForm:
        return AcceptForm(data, submission=self.submission, today=timezone.localdate())

    def may_enter(self) -> bool:
        kind = RECORD_KINDS[SubmissionKind(self.submission.kind)]
        return self.request.user.has_perm(ADDING[kind])

    def shown(self, form: AcceptForm, status: int = 200) -> HttpResponse:
        row = self.submission
        may_settle = may_settle_submission(user=self.request.user, submission=row)
        context = page_context(row) | {
            "title": f"{row.get_kind_display()}：{row.title}",
            "may_settle": may_settle,
        }
        if may_settle:
            on = counted_date(row)
            due = work_calendar().due(timezone.localdate(row.submitted_at), INTAKE_WORKDAYS)
            context |= {
                "form": form,
                "may_enter": self.may_enter(),
                "return_form": ReasonForm(prefix="return"),
                "decline_form": ReasonForm(prefix="decline"),
                "counted_date": on,
                "record": RECORD_KINDS[SubmissionKind(row.kind)].label,
                "due": due,
                "is_overdue": due < timezone.localdate(),
                "alike": self.alike(on),
            }
        return render(
            self.request, "dossiers/submission_intake.html", self.page(**context), status=status
        )

    def alike(self, on: Any) -> list[tuple[str, int, str, Any]]:
        """(type, key, title, date) of records it may be the same as."""
        row = self.submission
        records = records_like(
            RECORD_KINDS[SubmissionKind(row.kind)],
            term=row.member.term,
            members=[member.pk for member in (row.member, *agreed_members(row))],
            title=row.title,
            on=on,
        )
        return [
            (record._meta.label_lower, record.pk, type_of(record).title(record),
             type_of(record).on(record))
            for record in records
        ]  # fmt: skip


class Settling(OneSubmission, View):
    http_method_names = ["post"]

    @abstractmethod
    def act(self) -> str:
        """Carries it out; what is told."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            told = self.act()
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            return self.to_page()
        messages.success(request, told)
        return HttpResponseRedirect(reverse("dossiers:submission-queue"))

    def reason(self, prefix: str) -> str:
        form = ReasonForm(self.request.POST, prefix=prefix)
        return form.cleaned_data["reason"] if form.is_valid() else ""


class SubmissionReturnView(Settling):
    def act(self) -> str:
        return_submission(
            submission=self.submission,
            reason=self.reason("return"),
            actor=self.request.user,
            at=timezone.now(),
        )
        return "已退回委员修改。"


class SubmissionDeclineView(Settling):
    def act(self) -> str:
        decline_submission(
            submission=self.submission,
            reason=self.reason("decline"),
            actor=self.request.user,
            at=timezone.now(),
        )
        return "已答复委员不予受理。"


class SubmissionLinkView(Settling):
    """The record has been entered already."""

    def act(self) -> str:
        record_type, _, key = self.request.POST.get("record", "").partition(":")
        link_submission(
            submission=self.submission,
            record_type=record_type,
            record_id=int(key) if key.isdecimal() and len(key) <= 18 else 0,
            actor=self.request.user,
            at=timezone.now(),
        )
        return "已与原有记录对应，没有重复登记。"
