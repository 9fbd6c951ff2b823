"""Official letters: found again, read, handed out."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import ListView, TemplateView

from accounts.models import User
from accounts.services.reading import note_reading
from exits.choices import PaperKind
from exits.models import OfficialPaper
from exits.selectors.layout import paper_name
from exits.selectors.papers import (
    PaperDamagedError,
    paper_content,
)
from exits.views.base import DeskPage

ISSUES, READS = "exits.issue_paper", "exits.view_officialpaper"
#: What the names under a letter's title are, where they are not whom it goes to.
ADDRESSED = {
    PaperKind.PUBLICATION: "",
    PaperKind.CONSULTATION: "会商单位（印签字栏）",
    PaperKind.INTERVIEW_MINUTES: "签字人（印签字栏）",
}
PER_PAGE = 50


def pdf_answer(content: bytes, name: str, *, as_attachment: bool) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment, name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


class PaperListView(DeskPage, ListView):
    """All letters the account may read, by year and kind."""

    permission_required = READS
    template_name = "exits/paper_list.html"
    context_object_name = "papers"
    paginate_by = PER_PAGE
    page_kwarg = "p"
    title = "公文"

    def get_queryset(self) -> QuerySet[OfficialPaper]:
        rows = OfficialPaper.objects.visible_to(self.request.user)
        asked = self.asked
        if asked["year"].isdecimal() and len(asked["year"]) == 4:
            rows = rows.filter(year=int(asked["year"]))
        if asked["kind"] in PaperKind.values:
            rows = rows.filter(kind=asked["kind"])
        for word in asked["q"].split():
            rows = rows.filter(
                Q(title__icontains=word)
                | Q(series__icontains=word)
                | Q(case__member__person__name__icontains=word)
                | Q(interview__member__person__name__icontains=word)
            )
        return rows.order_by("-issued_date", "-pk")

    @cached_property
    def asked(self) -> Mapping[str, str]:
        return {name: self.request.GET.get(name, "").strip()[:50] for name in ("year", "kind", "q")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        note_papers(self.request.user, *[row.pk for row in context["papers"]])
        visible = OfficialPaper.objects.visible_to(self.request.user)
        return context | {
            "asked": self.asked,
            "years": visible.order_by("-year").values_list("year", flat=True).distinct(),
            "kinds": PaperKind.choices,
            "may_issue": self.request.user.has_perm(ISSUES),
            "may_edit": self.request.user.has_perm("exits.change_papertemplate"),
        }


def note_papers(user: User, *keys: int) -> None:
    """Keeps in mind which letters the account was shown."""
    note_reading(
        rows=OfficialPaper.objects.filter(pk__in=keys),
        actor=user,
        at=timezone.now(),
        person="case__member__person",
    )


def handed_out(request: HttpRequest, paper: OfficialPaper) -> HttpResponse:
    """The PDF as it was issued, or why not."""
    try:
        content = paper_content(paper)
    except PaperDamagedError as refusal:
        messages.error(request, str(refusal))
        return HttpResponse(str(refusal), content_type="text/plain; charset=utf-8", status=409)
    name = paper_name(paper.number, paper.title, paper.issued_date)
    return pdf_answer(content, name, as_attachment=True)


class PaperPage(DeskPage):
    """Of a letter the account may read."""

    permission_required = READS

    @cached_property
    def paper(self) -> OfficialPaper:
        rows = OfficialPaper.objects.visible_to(self.request.user).select_related(
            "case__member__person", "interview__member__person", "term", "recorded_by"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class PaperDetailView(PaperPage, TemplateView):
    """A letter as it was issued."""

    template_name = "exits/paper_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note_papers(self.request.user, self.paper.pk)
        user = self.request.user
        own = {
            "title": self.paper.number,
            "paper": self.paper,
            "lines": self.paper.body.splitlines(),
            "sees_case": self.paper.case_id is not None and user.has_perm("exits.view_case"),
            "names": ADDRESSED.get(self.paper.kind, "主送"),
        }
        return super().get_context_data(**kwargs) | own


class PaperFileView(PaperPage, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        note_papers(request.user, self.paper.pk)
        return handed_out(request, self.paper)
