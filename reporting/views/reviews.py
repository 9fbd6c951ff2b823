"""述职评价: who reports orally, and the 主席会议's opinion on each standing member's year."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView

from core.told import told_on
from dossiers.selectors.campaigns import paper_returns, standing_members, standing_reviews
from dossiers.services.reviews import choose_oral_reports, record_review
from members.models import Member
from reporting.forms.campaigns import ReviewForm
from reporting.views.campaigns import OfficePage

RECORDS = "dossiers.change_standingreview"


class ReviewPage(OfficePage):
    permission_required = "dossiers.view_standingreview"

    @property
    def records(self) -> bool:
        return self.request.user.has_perm(RECORDS)

    @cached_property
    def standing(self) -> dict[int, Member]:
        return {seat.pk: seat for seat in standing_members(self.campaign, on=self.today)}

    @property
    def list_page(self) -> str:
        return reverse("reporting:review-list", args=[self.campaign.pk])


class ReviewListView(ReviewPage, TemplateView):
    template_name = "reporting/review_list.html"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.refuse_readers()
        keys = {int(key) for key in request.POST.getlist("chosen") if key.isdecimal()}
        seats = [seat for key, seat in self.standing.items() if key in keys]
        chosen = self.carry_out(
            lambda: choose_oral_reports(
                campaign=self.campaign, members=seats, actor=request.user, at=timezone.now()
            ),
            "",
        )
        if chosen is not None:
            wanted = self.campaign.oral_report_count
            if len(chosen) == wanted:
                messages.success(request, f"已选定{len(chosen)}名常委口头述职。")
            else:
                text = f"已选定{len(chosen)}名常委口头述职，年度安排是{wanted}名，请核对。"
                messages.warning(request, text)
        return HttpResponseRedirect(self.list_page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reviews = standing_reviews(self.campaign)
        papers: dict[int, list[Any]] = {}
        for item in paper_returns(self.campaign, on=self.today):
            papers.setdefault(item.member.pk, []).append(item)
        own = self.page(
            title=f"{self.campaign.year}年度常委述职评价",
            campaign=self.campaign,
            records=self.records,
            lines=[
                (seat, reviews.get(key), papers.get(key, [])) for key, seat in self.standing.items()
            ],
            oral=sum(row.reports_orally for row in reviews.values()),
            given=sum(bool(row.opinion) for row in reviews.values()),
        )
        return super().get_context_data(**kwargs) | own


class ReviewUpdateView(ReviewPage, FormView):
    template_name = "reporting/review_update.html"
    form_class = ReviewForm

    def has_permission(self) -> bool:
        return super().has_permission() and self.records

    @cached_property
    def member(self) -> Member:
        seat = self.standing.get(int(self.kwargs["member"]))
        if seat is None:
            raise Http404("没有这位常委。")
        return seat

    @cached_property
    def review(self) -> Any:
        return standing_reviews(self.campaign).get(self.member.pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"review": self.review}

    def form_valid(self, form: Form) -> HttpResponse:
        with told_on(form):
            record_review(
                campaign=self.campaign,
                member=self.member,
                actor=self.request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(
                self.request, f"{self.member.person.name}的综合评价意见已登记，记入履职档案。"
            )
            return HttpResponseRedirect(self.list_page)
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = self.page(
            title=f"{self.member.person.name}　{self.campaign.year}年度综合评价意见",
            campaign=self.campaign,
            member=self.member,
            review=self.review,
        )
        return super().get_context_data(**kwargs) | own
