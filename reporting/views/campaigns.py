"""年度填报 at the office's desk: the years, one campaign live, who is behind, closing, archiving."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView, TemplateView

from accounts.views.entrance import AskedIn
from core.refusals import RefusalError
from core.told import told_on
from dossiers.models import Campaign, DutyPaper
from dossiers.selectors.campaigns import (
    BEHIND,
    STATE_LABELS,
    PaperReturn,
    counted,
    last_reminded,
    paper_returns,
    totals,
)
from dossiers.selectors.papers import collected_papers
from dossiers.services.campaigns import (
    close_campaign,
    open_campaign,
    remind_members,
    reopen_campaign,
)
from dossiers.services.verification import verify_papers
from members.models import Sector, SpecialCommittee, Term
from members.views.terms import term_or_404
from reporting.forms.campaigns import CampaignForm
from reporting.services.archives import start_archive

MANAGES = "dossiers.change_campaign"
PER_PAGE = 100
#: (value, label, which rows) of the filter by state.
BEHIND_STATE = "behind"


class OfficePage(AskedIn):
    """For 委员联络科 and the leaders, who read everybody's papers."""

    permission_required = "dossiers.view_dutypaper"

    def has_permission(self) -> bool:
        return self.request.user.reads_everything and super().has_permission()

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def campaign(self) -> Campaign:
        rows = Campaign.objects.select_related("term__assembly").prefetch_related("papers")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def manages(self) -> bool:
        return self.request.user.has_perm(MANAGES)

    def refuse_readers(self) -> None:
        if not self.manages:
            raise PermissionDenied

    def page(self, **context: Any) -> dict[str, Any]:
        own = {"manages": self.manages, "today": self.today}
        return admin.site.each_context(self.request) | own | context

    def carry_out(self, act: Callable[[], Any], said: str) -> Any:
        """Does what a button asks, and tells what came of it."""
        try:
            done = act()
        except RefusalError as refusal:
            messages.error(self.request, str(refusal))
            return None
        except ValidationError as refusal:
            messages.error(self.request, "；".join(refusal.messages))
            return None
        if said:
            messages.success(self.request, said)
        return done


def campaign_page(campaign: Campaign) -> str:
    return reverse("reporting:campaign-detail", args=[campaign.pk])


def stage_of(campaign: Campaign, today: date) -> tuple[str, str]:
    """(word, tone) of how far the campaign is."""
    if campaign.archived_at:
        return "已归档", "good"
    if campaign.closed_at:
        return "已结束，待归档", "warn"
    if campaign.opened_at or campaign.opens_date <= today:
        return ("已逾期", "bad") if campaign.deadline_date < today else ("进行中", "good")
    return "未开始", ""


class CampaignListView(OfficePage, TemplateView):
    template_name = "reporting/campaign_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        term = term_or_404()
        campaigns = list(
            Campaign.objects.filter(term=term).select_related("term").prefetch_related("papers")
        )
        years = {campaign.year for campaign in campaigns if campaign.opened_at}
        last = min(self.today.year, term.end_date.year)
        lines = [
            (
                campaign,
                *stage_of(campaign, self.today),
                totals(paper_returns(campaign, on=self.today)),
            )
            for campaign in campaigns
        ]
        own = self.page(
            title="年度填报",
            term=term,
            lines=lines,
            to_open=last if last not in years else None,
        )
        return super().get_context_data(**kwargs) | own


class CampaignCreateView(OfficePage, FormView):
    """Opens a year's campaign and sends the call."""

    template_name = "reporting/campaign_create.html"
    form_class = CampaignForm

    def has_permission(self) -> bool:
        return super().has_permission() and self.manages

    @cached_property
    def term(self) -> Term:
        return term_or_404()

    @cached_property
    def year(self) -> int:
        year = int(self.kwargs["year"])
        if not self.term.start_date.year <= year <= self.term.end_date.year:
            raise Http404("本届没有这一年度。")
        return year

    def get_form_kwargs(self) -> dict[str, Any]:
        planned = Campaign.objects.filter(term=self.term, year=self.year).first()
        asked = {"term": self.term, "year": self.year, "campaign": planned}
        if planned is None or planned.opens_date is None:
            asked["initial"] = {"opens_date": min(self.today, date(self.year, 12, 31))}
        return super().get_form_kwargs() | asked

    def form_valid(self, form: Form) -> HttpResponse:
        given = {name: value for name, value in form.cleaned_data.items() if name != "kinds"}
        with told_on(form):
            campaign = open_campaign(
                term=self.term,
                year=self.year,
                papers=form.papers(),
                path=reverse("reporting:paper-list"),
                actor=self.request.user,
                at=timezone.now(),
                **given,
            )
            messages.success(self.request, f"{self.year}年度填报已经开始，通知已发出。")
            return HttpResponseRedirect(campaign_page(campaign))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = self.page(title=f"开始{self.year}年度填报", year=self.year)
        return super().get_context_data(**kwargs) | own


class CampaignDetailView(OfficePage, TemplateView):
    """Returns live: by kind, sector and committee; every number leads to its papers."""

    template_name = "reporting/campaign_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = self.campaign
        returns = paper_returns(campaign, on=self.today)
        whole = totals(returns)
        word, tone = stage_of(campaign, self.today)
        tables = [
            (name, by, counted(returns, by=by))
            for name, by in (("按材料", "kind"), ("按界别", "sector"), ("按专委会", "committee"))
        ]
        own = self.page(
            title=f"{campaign.year}年度填报",
            campaign=campaign,
            stage=word,
            tone=tone,
            days_left=(campaign.deadline_date - self.today).days,
            whole=whole,
            behind=len({item.member.pk for item in returns if item.is_behind}),
            verified=whole.counts["verified"],
            labels=list(STATE_LABELS.values()),
            tables=tables,
            collected=collected_papers(campaign),
        )
        return super().get_context_data(**kwargs) | own


class CampaignReturnsView(OfficePage, TemplateView):
    """The papers behind a number, or those behind time; reminded or passed many at once."""

    template_name = "reporting/campaign_returns.html"

    @cached_property
    def asked(self) -> dict[str, str]:
        return {
            name: self.request.GET.get(name, "")
            for name in ("state", "kind", "sector", "committee")
        }

    @cached_property
    def returns(self) -> list[PaperReturn]:
        return [
            item for item in paper_returns(self.campaign, on=self.today) if self._is_asked(item)
        ]

    def _is_asked(self, item: PaperReturn) -> bool:
        asked = self.asked
        if asked["state"] == BEHIND_STATE:
            stands = item.state in BEHIND
        else:
            stands = asked["state"] in {"", item.state.value}
        organs = {"sector": item.member.sector_id, "committee": item.member.committee_id}
        return (
            stands
            and asked["kind"] in {"", item.kind.value}
            and all(asked[name] in {"", str(key or "none")} for name, key in organs.items())
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.refuse_readers()
        now, chosen = timezone.now(), set(request.POST.getlist("chosen"))
        if "verify" in request.POST:
            papers = DutyPaper.objects.visible_to(request.user).filter(
                campaign=self.campaign, pk__in=[key for key in chosen if key.isdecimal()]
            )
            done = self.carry_out(
                lambda: verify_papers(
                    campaign=self.campaign, papers=papers, actor=request.user, at=now
                ),
                "",
            )
            if done:
                messages.success(request, f"已审核通过{len(done.verified)}份。")
                for item in done.left_out:
                    name = f"{item.paper.member.person.name}的{item.paper.get_kind_display()}"
                    messages.warning(request, f"{name}没有通过：{item.why}。")
        else:
            seats = {item.member.pk: item.member for item in self.returns if item.is_behind}
            notice = self.carry_out(
                lambda: remind_members(
                    campaign=self.campaign,
                    members=list(seats.values()),
                    path=reverse("reporting:paper-list"),
                    actor=request.user,
                    at=now,
                ),
                "",
            )
            if notice:
                messages.success(request, f"已提醒{notice.recipients.count()}人。")
        return HttpResponseRedirect(request.get_full_path())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reminded = last_reminded(self.campaign)
        page = Paginator(self.returns, PER_PAGE).get_page(self.request.GET.get("p"))
        term = self.campaign.term
        own = self.page(
            title=f"{self.campaign.year}年度填报：{self._label()}",
            campaign=self.campaign,
            page=page,
            lines=[(item, reminded.get(item.member.pk)) for item in page],
            behind=len({item.member.pk for item in self.returns if item.is_behind}),
            submitted=any(item.state.value == "submitted" for item in page),
            running=self.campaign.opened_at and not self.campaign.closed_at,
            asked=self.asked,
            states=[
                (BEHIND_STATE, "未交齐"),
                *((s.value, label) for s, label in STATE_LABELS.items()),
            ],
            kinds=[(row.kind.value, row.kind.label) for row in collected_papers(self.campaign)],
            sectors=[(str(row.pk), row.name) for row in Sector.objects.filter(term=term)],
            committees=[
                (str(row.pk), row.name) for row in SpecialCommittee.objects.filter(term=term)
            ],
        )
        return super().get_context_data(**kwargs) | own

    def _label(self) -> str:
        named = {BEHIND_STATE: "未交齐"} | {s.value: label for s, label in STATE_LABELS.items()}
        return named.get(self.asked["state"], "全部材料")


class CampaignActView(OfficePage, View):
    """结束填报, 重新开放, 归档."""

    http_method_names = ["post"]

    def has_permission(self) -> bool:
        return super().has_permission() and self.manages

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        asked = {"campaign": self.campaign, "actor": request.user, "at": timezone.now()}
        if act == "close":
            self.carry_out(lambda: close_campaign(**asked), "填报已经结束，委员不能再提交。")
        elif act == "reopen":
            reason = request.POST.get("reason", "")
            self.carry_out(lambda: reopen_campaign(reason=reason, **asked), "已重新开放填报。")
        else:
            job = self.carry_out(lambda: start_archive(**asked), "")
            if job is not None:
                return HttpResponseRedirect(reverse("accounts:job-detail", args=[job.pk]))
        return HttpResponseRedirect(campaign_page(self.campaign))
