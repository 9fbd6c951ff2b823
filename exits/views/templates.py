"""The office's own wordings of letters, and the names and series they are issued under."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView

from core.told import carried_out, told_on
from exits.forms.papers import HeadForm, TemplateForm
from exits.models import LetterHead, OfficialPaper, PaperTemplate
from exits.selectors.papers import letter_head, series_of, values_of_term
from exits.services.papers import edit_letter_head, edit_template, printed, restore_template
from exits.views.base import DeskPage
from exits.views.papers import pdf_answer
from exits.wording import (
    INVENTED,
    Wording,
    allowed_places,
    check_template,
    filled,
    shipped_wordings,
)
from members.models import Term
from members.views.terms import term_or_404

EDITS = "exits.change_papertemplate"


class WordingPage(DeskPage):
    permission_required = EDITS

    @cached_property
    def term(self) -> Term:
        return term_or_404()

    @cached_property
    def letterhead(self) -> LetterHead:
        return letter_head(self.term.assembly)


class TemplateListView(WordingPage, FormView):
    """Every wording, and the head of all letters."""

    template_name = "exits/template_list.html"
    form_class = HeadForm
    title = "公文格式文本"

    def get_form_kwargs(self) -> dict[str, Any]:
        seen = self.letterhead.version if self.letterhead.pk else 0
        return super().get_form_kwargs() | {
            "instance": self.letterhead,
            "initial": {"seen_version": seen},
        }

    def form_valid(self, form: Form) -> HttpResponse:
        names = dict(form.cleaned_data)
        done = carried_out(
            form,
            lambda: edit_letter_head(
                assembly=self.term.assembly,
                seen_version=names.pop("seen_version"),
                names=names,
                actor=self.request.user,
                at=timezone.now(),
            ),
        )
        if not done:
            return self.form_invalid(form)
        messages.success(self.request, "发文机关与字号已保存，以后印发的公文照此办理。")
        return HttpResponseRedirect(reverse("exits:template-list"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {(row.kind, row.variant): row for row in PaperTemplate.objects.all()}
        lines = [(wording, own.get(key)) for key, wording in shipped_wordings().items()]
        return super().get_context_data(**kwargs) | {"lines": lines}


class TemplateUpdateView(WordingPage, FormView):
    """One wording: changed, looked at with an invented member, or set back."""

    template_name = "exits/template_update.html"
    form_class = TemplateForm

    @cached_property
    def shipped(self) -> Wording:
        key = (self.kwargs["kind"], self.kwargs.get("variant", ""))
        if key not in shipped_wordings():
            raise Http404("没有这种公文的文本。")
        return shipped_wordings()[key]

    @cached_property
    def own(self) -> PaperTemplate | None:
        rows = PaperTemplate.objects.select_related("recorded_by")
        return rows.filter(kind=self.shipped.kind, variant=self.shipped.variant).first()

    def get_initial(self) -> dict[str, Any]:
        words = self.own or self.shipped
        seen = self.own.version if self.own else 0
        return {"title": words.title, "body": words.body, "seen_version": seen}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "restore" in request.POST:
            restore_template(
                kind=self.shipped.kind,
                variant=self.shipped.variant,
                actor=request.user,
                at=timezone.now(),
            )
            messages.success(request, "已恢复为原文本。")
            return HttpResponseRedirect(request.path)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        given = form.cleaned_data
        if "preview" in self.request.POST:
            with told_on(form):
                check_template(self.shipped.kind, given["title"], given["body"])
                content = invented_letter(self.shipped, given, self.letterhead, self.term)
                return pdf_answer(content, "预览.pdf", as_attachment=False)
            return self.form_invalid(form)
        done = carried_out(
            form,
            lambda: edit_template(
                kind=self.shipped.kind,
                variant=self.shipped.variant,
                actor=self.request.user,
                at=timezone.now(),
                **given,
            ),
        )
        if not done:
            return self.form_invalid(form)
        messages.success(self.request, f"“{self.shipped.label}”已保存，以后起草时用新的文本。")
        return HttpResponseRedirect(reverse("exits:template-list"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        always = values_of_term(self.term, timezone.localdate())
        places = [
            (name, (INVENTED | dict(always)).get(name, ""))
            for name in allowed_places(self.shipped.kind)
        ]
        own = {
            "title": self.shipped.label,
            "wording": self.shipped,
            "own": self.own,
            "places": places,
        }
        return super().get_context_data(**kwargs) | own


def invented_letter(shipped: Wording, given: dict[str, Any], head: LetterHead, term: Term) -> bytes:
    """The wording as a letter about nobody."""
    today: date = timezone.localdate()
    wording = Wording(
        shipped.kind, shipped.variant, given["title"], given["body"], shipped.addressees
    )
    about = filled(wording, INVENTED | dict(values_of_term(term, today)))
    draft = OfficialPaper(
        term=term,
        kind=shipped.kind,
        series=series_of(head, shipped.kind),
        year=today.year,
        title=about.title,
        body=about.body,
        addressees=list(about.addressees),
        issued_date=today,
    )
    return printed(draft, head, is_draft=True)
