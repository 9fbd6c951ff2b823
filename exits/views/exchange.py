"""互通委员信息: which letter is asked first, then it is written with its tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.services.reading import note_reading
from exits.choices import PaperKind, PaperVariant, Partner
from exits.forms.papers import ExchangeForm
from exits.models import OfficialPaper
from exits.selectors.exchange import Exchange, exchange_of
from exits.views.base import DeskPage
from exits.views.drafting import ISSUES, DraftPage
from exits.wording import Wording
from members.models import Member, Term
from members.views.terms import term_or_404


class ExchangeCreateView(DraftPage):
    """互通委员信息: which one is asked first, then its letter and tables."""

    kind = PaperKind.EXCHANGE

    @cached_property
    def term(self) -> Term:
        return term_or_404()

    @cached_property
    def chosen(self) -> ExchangeForm:
        asked = self.request.GET
        given = asked if "topic" in asked else None
        return ExchangeForm(given, term=self.term, today=timezone.localdate())

    @cached_property
    def choice(self) -> Mapping[str, Any]:
        return self.chosen.cleaned_data if self.chosen.is_valid() else {}

    @cached_property
    def exchange(self) -> Exchange:
        if not self.choice:
            raise Http404("请先选择通报内容。")
        on = min(timezone.localdate(), date(self.choice["year"], 12, 31))
        return exchange_of(term=self.term, on=on, **self.choice)

    @cached_property
    def wording(self) -> Wording:
        return self.exchange.wording

    @cached_property
    def appendix(self) -> Sequence[Mapping[str, Any]]:
        return self.exchange.appendix

    @property
    def about(self) -> dict[str, Any]:
        return {"partner": self.choice["partner"], "variant": self.choice["topic"]}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.choice:
            return ExchangeChoiceView.as_view()(request)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        topic, year = PaperVariant(self.choice["topic"]), self.choice["year"]
        if topic == PaperVariant.ROSTER_OTHERS:
            title = f"起草{year}年度委员名单，送{self.choice['receiver']}"
        else:
            to = Partner(self.choice["partner"]).label
            title = f"起草{year}年度{topic.label.removeprefix('年度')}通报，送{to}"
        note_reading(
            rows=Member.objects.filter(pk__in=self.exchange.members),
            actor=self.request.user,
            at=timezone.now(),
            person="person",
            field=topic.value,
        )
        own = {"title": title}
        return (
            super().get_context_data(**kwargs) | own | {"again": reverse("exits:exchange-create")}
        )


class ExchangeChoiceView(DeskPage, TemplateView):
    """What, to whom, about which year."""

    permission_required = ISSUES
    template_name = "exits/exchange_choice.html"
    title = "互通委员信息"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        term = term_or_404()
        asked = self.request.GET if "topic" in self.request.GET else None
        form = ExchangeForm(asked, term=term, today=timezone.localdate())
        issued = OfficialPaper.objects.visible_to(self.request.user).filter(kind=PaperKind.EXCHANGE)
        own = {"form": form, "issued": issued.order_by("-issued_date", "-pk")[:10]}
        return super().get_context_data(**kwargs) | own
