"""A letter is written, looked at as PDF, and issued."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView

from core.told import told_on
from exits.choices import PaperKind
from exits.forms.papers import PaperForm
from exits.models import Case, Interview, LetterHead, OfficialPaper
from exits.selectors.layout import WITHOUT_COLOPHON
from exits.selectors.papers import (
    drafted,
    kinds_for_case,
    kinds_for_interview,
    letter_head,
    series_of,
)
from exits.services.files import record_preview
from exits.services.papers import issue_paper, printed
from exits.views.base import DeskPage
from exits.views.papers import ADDRESSED, pdf_answer
from exits.wording import BLANK, Wording
from members.models import Member, Term

ISSUES = "exits.issue_paper"
SHOWN_ROWS = 8


class DraftPage(DeskPage, FormView):
    """A letter is written, looked at as PDF, and issued."""

    permission_required = ISSUES
    form_class = PaperForm
    template_name = "exits/paper_create.html"

    kind: str
    term: Term
    wording: Wording
    #: What the letter belongs to, as `issue_paper` takes it.
    about: dict[str, Any]

    @cached_property
    def appendix(self) -> Sequence[Mapping[str, Any]]:
        return ()

    @cached_property
    def letterhead(self) -> LetterHead:
        return letter_head(self.term.assembly)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "addressed": ADDRESSED.get(PaperKind(self.kind), "主送"),
            "colophon": self.kind not in WITHOUT_COLOPHON,
        }

    def get_initial(self) -> dict[str, Any]:
        wording = self.wording
        return {
            "series": series_of(self.letterhead, self.kind),
            "issued_date": timezone.localdate(),
            "title": wording.title,
            "body": wording.body,
            "addressees": "\n".join(wording.addressees),
        }

    def form_valid(self, form: Form) -> HttpResponse:
        given = {"kind": self.kind, "appendix": self.appendix} | self.about | form.words()
        if "preview" in self.request.POST:
            return self.looked_at(given)
        with told_on(form):
            paper = issue_paper(term=self.term, actor=self.request.user, at=timezone.now(), **given)
            messages.success(self.request, f"已印发：{paper.number}。")
            return HttpResponseRedirect(reverse("exits:paper-detail", args=[paper.pk]))
        return self.form_invalid(form)

    def looked_at(self, given: Mapping[str, Any]) -> HttpResponse:
        draft = OfficialPaper(term=self.term, year=given["issued_date"].year, **given)
        content = printed(draft, self.letterhead, is_draft=True)
        record_preview(draft=draft, content=content, actor=self.request.user, at=timezone.now())
        return pdf_answer(content, "预览.pdf", as_attachment=False)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tables = [table | {"shown": table["rows"][:SHOWN_ROWS]} for table in self.appendix]
        own = {"kind": PaperKind(self.kind), "tables": tables, "blank": BLANK}
        return super().get_context_data(**kwargs) | own


class AboutPage(DeskPage):
    """Asked for with ?case= or ?interview=; what the account does not see is a 404."""

    permission_required = ISSUES

    @cached_property
    def case(self) -> Case | None:
        if not self.asked("case"):
            return None
        rows = Case.objects.visible_to(self.request.user).select_related(
            "member__person", "member__sector", "member__committee", "member__term__assembly"
        )
        return get_object_or_404(rows, pk=self.asked("case"))

    @cached_property
    def interview(self) -> Interview | None:
        if self.case is not None or not self.asked("interview"):
            return None
        rows = Interview.objects.visible_to(self.request.user).select_related(
            "member__person",
            "member__sector",
            "member__committee",
            "member__term__assembly",
            "leader__person",
            "committee",
        )
        return get_object_or_404(rows, pk=self.asked("interview"))

    def asked(self, name: str) -> int:
        text = self.request.GET.get(name, "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    @cached_property
    def kinds(self) -> list[PaperKind]:
        if self.case is not None:
            return kinds_for_case(self.case)
        if self.interview is not None:
            return kinds_for_interview(self.interview)
        raise Http404("请从一件事项或一次约谈起草公文。")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = self.kinds
        for about in (self.case, self.interview):
            if about is not None:
                self.note(type(about).objects.filter(pk=about.pk))
        own = {"case": self.case, "interview": self.interview, "kinds": kinds}
        return super().get_context_data(**kwargs) | own


class PaperChoiceView(AboutPage, TemplateView):
    """Which letters fit the case or the interview as it stands."""

    template_name = "exits/paper_choice.html"
    title = "起草公文"


class PaperCreateView(AboutPage, DraftPage):
    """A letter about a case or an interview: without ?kind= its kind is asked first."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.GET.get("kind"):
            return PaperChoiceView.as_view()(request)
        if self.kind not in self.kinds:
            label = PaperKind(self.kind).label
            messages.error(request, f"“{label}”不适合现在的办理环节，请另选。")
            about = "case" if self.case else "interview"
            here = reverse("exits:paper-create")
            return HttpResponseRedirect(f"{here}?{about}={self.asked(about)}")
        return super().get(request, *args, **kwargs)

    @cached_property
    def kind(self) -> str:
        kind = self.request.GET.get("kind", "")
        if kind not in PaperKind.values:
            raise Http404("没有这种公文。")
        return kind

    @cached_property
    def member(self) -> Member:
        about = self.case or self.interview
        if about is None:
            raise Http404("请从一件事项或一次约谈起草公文。")
        return about.member

    @cached_property
    def term(self) -> Term:
        return self.member.term

    @cached_property
    def wording(self) -> Wording:
        return drafted(
            kind=self.kind,
            term=self.term,
            on=timezone.localdate(),
            case=self.case,
            interview=self.interview,
        )

    @property
    def about(self) -> dict[str, Any]:
        return {"case": self.case, "interview": self.interview}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = PaperKind(self.kind).label
        own = {"title": f"起草{label}：{self.member.person.name}", "issued": self.issued()}
        return super().get_context_data(**kwargs) | own

    def issued(self) -> QuerySet[OfficialPaper]:
        """Letters of the kind that went out already."""
        rows = OfficialPaper.objects.filter(kind=self.kind)
        return rows.filter(**self.about).order_by("pk")
