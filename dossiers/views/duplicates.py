"""疑似重复 and 待转社情民意: a person looks at both and decides."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.generic import TemplateView

from accounts.services.records import RecordGoneError
from core.refusals import RefusalError
from core.told import told_on
from dossiers.forms.deciding import ConversionForm, DistinctForm, LinkForm, MergeForm
from dossiers.selectors.comparing import compared_rows, listed_pairs
from dossiers.selectors.duplicates import COMPARED, SUSPECTS_SINCE, collected, suspects
from dossiers.services.duplicates import mark_distinct, merge_duplicate
from dossiers.views.entries import Collecting
from members.choices import RecordKind
from proposals.models import Proposal, PublicOpinionReport
from proposals.selectors.linking import converted_waiting, reports_to_link
from proposals.selectors.numbering import next_work_number
from proposals.services.linking import convert_proposal, link_opinion

PAIRS_SHOWN = 100


class DuplicateListView(Collecting, TemplateView):
    template_name = "dossiers/duplicate_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        pairs = suspects(
            term=self.term,
            duties=self.duties,
            user=self.request.user,
            since=today - SUSPECTS_SINCE,
            until=today,
        )
        return super().get_context_data(**kwargs) | self.page(
            title="疑似重复",
            pairs=listed_pairs(pairs[:PAIRS_SHOWN]),
            number=len(pairs),
            shown=min(len(pairs), PAIRS_SHOWN),
        )


class Pair(Collecting):
    """Two records the address names; both must fall to the account."""

    def pair(self) -> tuple[RecordKind, list[Any]]:
        if self.kwargs["kind"] not in COMPARED:
            raise Http404("没有这种记录。")
        kind = RecordKind(self.kwargs["kind"])
        mine = collected(kind, term=self.term, duties=self.duties, user=self.request.user)
        keys = {self.kwargs["first"], self.kwargs["second"]}
        rows = list(mine.filter(pk__in=keys).order_by("pk"))
        if len(rows) != 2:
            raise Http404("这两条中已有一条被处理，或不由您所在的部门采集。")
        return kind, rows


class DuplicateDetailView(Pair, TemplateView):
    template_name = "dossiers/duplicate_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind, rows = self.pair()
        return super().get_context_data(**kwargs) | self.page(
            title=f"疑似重复：{kind.label}",
            kind=kind,
            rows=rows,
            model=rows[0]._meta.label_lower,
            lines=compared_rows(kind, rows),
        )


class DuplicateDecideView(Pair, View):
    """Takes one of two decisions; which one the button says."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kind, rows = self.pair()
        try:
            told = self._merge(kind, rows) if "doomed" in request.POST else self._part(kind, rows)
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            gone = isinstance(refusal, RecordGoneError)
            return HttpResponseRedirect(self._list() if gone else self._detail())
        messages.success(request, told)
        return HttpResponseRedirect(self._list())

    def _merge(self, kind: RecordKind, rows: list[Any]) -> str:
        form = MergeForm(self.request.POST)
        if not form.is_valid():
            raise Http404("没有指明删除哪一条。")
        doomed = form.cleaned_data["doomed"]
        kept = next((row for row in rows if row.pk != doomed), None)
        if doomed not in {row.pk for row in rows} or kept is None:
            raise Http404("没有指明删除哪一条。")
        row = merge_duplicate(
            kind=kind,
            term=self.term,
            kept=kept.pk,
            doomed=doomed,
            seen_version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            at=timezone.now(),
        )
        return f"已合并，保留“{row}”。"

    def _part(self, kind: RecordKind, rows: list[Any]) -> str:
        form = DistinctForm(self.request.POST)
        form.is_valid()
        mark_distinct(
            kind=kind,
            term=self.term,
            one=rows[0].pk,
            other=rows[1].pk,
            reason=form.cleaned_data.get("reason", ""),
            actor=self.request.user,
            at=timezone.now(),
        )
        return "已登记为不重复，两条都保留。"

    def _list(self) -> str:
        return reverse("dossiers:duplicate-list")

    def _detail(self) -> str:
        names = ("kind", "first", "second")
        return reverse("dossiers:duplicate-detail", args=[self.kwargs[name] for name in names])


class Conversions(Collecting):
    """For those who collect 社情民意, to whom such proposals are handed over."""

    def has_permission(self) -> bool:
        user = self.request.user
        return super().has_permission() and user.has_perm("proposals.add_publicopinionreport")

    def proposals(self):
        if not self.duties.opens(RecordKind.OPINION):
            return Proposal.objects.none()
        return converted_waiting(self.term)


class ConversionListView(Conversions, TemplateView):
    template_name = "dossiers/conversion_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.page(
            title="待转社情民意",
            proposals=self.proposals(),
            collects=self.duties.opens(RecordKind.OPINION),
        )


class ConversionCreateView(Conversions, TemplateView):
    """The proposal, the report it would become, and reports it may have become already."""

    template_name = "dossiers/conversion_create.html"

    def proposal(self) -> Proposal:
        proposal = self.proposals().filter(pk=self.kwargs["pk"]).first()
        if proposal is None:
            raise Http404("没有这件待转的提案，可能已由他人转录。")
        return proposal

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proposal = self.proposal()
        reports = reports_to_link(proposal)
        return super().get_context_data(**kwargs) | self.page(
            title=f"转社情民意：提案{proposal.number}",
            proposal=proposal,
            form=kwargs.get("form") or self._form(),
            link_form=kwargs.get("link_form") or LinkForm(reports=reports),
            has_reports=reports.exists(),
        )

    def _form(self, data: Any = None) -> ConversionForm:
        today = timezone.localdate()
        number = next_work_number(PublicOpinionReport, term=self.term, year=today.year)
        initial = {"number": number, "reported_date": today}
        return ConversionForm(data, term=self.term, today=today, initial=initial)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        proposal = self.proposal()
        links = "report" in request.POST
        form: Any = (
            LinkForm(request.POST, reports=reports_to_link(proposal))
            if links
            else self._form(request.POST)
        )
        if form.is_valid():
            act = link_opinion if links else convert_proposal
            with told_on(form):
                report = act(
                    proposal=proposal,
                    **form.cleaned_data,
                    actor=request.user,
                    at=timezone.now(),
                )
                done = "已关联" if links else "已转为社情民意信息"
                messages.success(request, f"提案{proposal.number}{done}：{report}")
                return HttpResponseRedirect(reverse("dossiers:conversion-list"))
        name = "link_form" if links else "form"
        return self.render_to_response(self.get_context_data(**kwargs, **{name: form}))
