"""Parts of a member's paper: a block confirmed, a line added beside the records, the signature."""

import json
from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView

from accounts.services import StaleRecordError
from accounts.views.entrance import AskedIn
from core.files import attachment_name, attachment_response
from core.models import Recorded
from core.refusals import RefusalError
from core.told import told_on
from dossiers.choices import HandInKind, ReturnBlock
from dossiers.models import Declaration, DutyPaper, PaperBlock
from dossiers.selectors.disputable import own_record, shown
from dossiers.selectors.papers import unconfirmed_blocks
from dossiers.services.declarations import change_declaration, declare, withdraw_declaration
from dossiers.services.papers import confirm_block, sign_paper
from reporting.forms.papers import DeclarationChangeForm, DeclarationForm, SignatureForm
from reporting.views.papers import (
    OwnPaperPage,
    asks_for_data,
    page_of,
    refused_answer,
    seen_version,
    stale_answer,
)


class BlockConfirmView(OwnPaperPage, View):
    """确认无误; goes on to the next block that waits. What is refused is shown again as typed,
    beside what another device has stored.
    """

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, pk: int, block: str) -> HttpResponse:
        """Who signs in anew on the way comes by here."""
        return HttpResponseRedirect(page_of(self.paper, block))

    def post(self, request: HttpRequest, pk: int, block: str) -> HttpResponse:
        remark = request.POST.get("remark", "")
        try:
            confirm_block(
                paper=self.paper,
                block=block,
                remark=remark,
                seen_version=seen_version(request),
                actor=request.user,
                at=timezone.now(),
            )
        except StaleRecordError:
            if not asks_for_data(request):
                return self.shown_again(block, remark, is_stale=True)
            row = PaperBlock.objects.get(paper=self.paper, block=block)
            return stale_answer(row.version, {"remark": row.remark}, [])
        except RefusalError as refusal:
            if asks_for_data(request):
                return refused_answer(str(refusal))
            messages.error(request, str(refusal))
            return self.shown_again(block, remark)
        waiting = unconfirmed_blocks(self.paper)
        return done(request, page_of(self.paper, next_after(block, waiting)))

    def shown_again(self, block: str, remark: str, **typed: Any) -> HttpResponse:
        return self.return_shown(status=409, typed_block=block, typed_remark=remark, **typed)


class DeclarationPage(OwnPaperPage, FormView):
    """A line to add; a refusal is told, what was typed stays."""

    template_name = "reporting/paper_declare.html"
    form_class = DeclarationForm
    said = "已加上，待委员联络科核实。"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not self.fits():
            raise Http404("没有这一栏，或不由您填写。")
        return super().dispatch(request, *args, **kwargs)

    def fits(self) -> bool:
        return self.paper.kind == HandInKind.ANNUAL_RETURN

    @property
    def block(self) -> ReturnBlock:
        return ReturnBlock(self.kwargs["block"])

    @abstractmethod
    def carry_out(self, form: Form) -> None:
        """Calls the one service."""

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            self.carry_out(form)
        except StaleRecordError:
            return self.both_texts(form)
        except RefusalError as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(self.request, self.said)
            return done(self.request, page_of(self.paper, self.block))
        return self.form_invalid(form)

    def form_invalid(self, form: Form) -> HttpResponse:
        if asks_for_data(self.request):
            words = "；".join(text for errors in form.errors.values() for text in errors)
            return refused_answer(words)
        return super().form_invalid(form)

    def both_texts(self, form: Form) -> HttpResponse:
        """Another device has said it otherwise meanwhile."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"place": self.block, "back": page_of(self.paper, self.block)}
        return super().get_context_data(**kwargs) | self.paper_context() | own


class DeclarationCreateView(DeclarationPage):
    """补充一条, or with `?record=attendance.speech:12` 这条不对."""

    @cached_property
    def record(self) -> Recorded | None:
        kind, _, key = self.request.GET.get("record", "").partition(":")
        if not kind:
            return None
        record = own_record(self.paper.member, kind, int(key)) if key.isdecimal() else None
        if record is None:
            raise Http404("没有这条记录，或不在您名下。")
        return record

    def carry_out(self, form: Form) -> None:
        declare(
            paper=self.paper,
            block=self.block,
            record=self.record,
            actor=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = shown(self.record) if self.record else None
        heading = "这条记录不对" if record else "补充一条"
        key = f"{record.model}:{record.pk}" if record else ""
        own = {
            "record": record,
            "title": heading,
            "note": f"declare:{self.block}:{key}",
            "known": json.dumps(self.known_lines()),
        }
        return super().get_context_data(**kwargs) | own

    def known_lines(self) -> list[dict[str, str]]:
        """What stands there already: a draft that a device kept of one of them is done with."""
        rows = Declaration.objects.filter(paper=self.paper, block=self.block)
        return [{"text": row.text, "date": str(row.date or "")} for row in rows]


class OwnDeclaration(OwnPaperPage):
    @cached_property
    def declaration(self) -> Declaration:
        return get_object_or_404(
            Declaration.objects.filter(paper=self.paper), pk=self.kwargs["number"]
        )


class DeclarationUpdateView(OwnDeclaration, DeclarationPage):
    form_class = DeclarationChangeForm
    said = "已修改，待委员联络科核实。"

    @property
    def block(self) -> ReturnBlock:
        return ReturnBlock(self.declaration.block)

    def get_initial(self) -> dict[str, Any]:
        row = self.declaration
        return {"text": row.text, "date": row.date, "seen_version": row.version}

    def carry_out(self, form: Form) -> None:
        change_declaration(
            declaration=self.declaration,
            actor=self.request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )

    def both_texts(self, form: Form) -> HttpResponse:
        """What was typed stays in its place; saving again means having seen both."""
        stored = Declaration.objects.get(pk=self.declaration.pk)
        if asks_for_data(self.request):
            values = {"text": stored.text, "date": str(stored.date or "")}
            return stale_answer(stored.version, values, [])
        data = form.data.copy()
        data["seen_version"] = stored.version
        context = self.get_context_data(form=self.form_class(data), theirs=stored)
        return self.render_to_response(context, status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proof = self.declaration.proof
        own = {
            "title": "修改补充内容",
            "note": f"declaration:{self.declaration.pk}",
            "declaration": self.declaration,
            "proof_name": attachment_name(proof) if proof else "",
        }
        return super().get_context_data(**kwargs) | own


class DeclarationWithdrawView(OwnDeclaration, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        block = self.declaration.block
        try:
            withdraw_declaration(
                declaration=self.declaration, actor=request.user, at=timezone.now()
            )
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "已撤回这一条。")
        return HttpResponseRedirect(page_of(self.paper, block))


class SignatureView(OwnPaperPage, FormView):
    """Drawn on the screen or uploaded; either way a picture arrives."""

    template_name = "reporting/paper_signature.html"
    form_class = SignatureForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and self.paper.kind != HandInKind.PERFORMANCE_FORM:
            raise Http404("这份材料不需要签名。")
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" in request.POST:
            return self.sign(self.get_form(), None, "已去掉签名，打印后可以手签。")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        return self.sign(form, form.cleaned_data["image"], "签名已放到述职表上。")

    def sign(self, form: Form, image: Any, said: str) -> HttpResponse:
        with told_on(form):
            sign_paper(paper=self.paper, image=image, actor=self.request.user, at=timezone.now())
            messages.success(self.request, said)
            return HttpResponseRedirect(page_of(self.paper))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"back": page_of(self.paper), "title": "常委签字"}
        return super().get_context_data(**kwargs) | self.paper_context() | own


class PaperAttachment(AskedIn, View):
    """A file of a paper, to both sides."""

    permission_required = "dossiers.view_dutypaper"


class SignatureImageView(PaperAttachment):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        paper = get_object_or_404(DutyPaper.objects.visible_to(request.user), pk=pk)
        if not paper.signature:
            raise Http404("这份材料没有签名。")
        return attachment_response(paper.signature)


class DeclarationProofView(PaperAttachment):
    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        visible = Declaration.objects.visible_to(request.user).filter(paper=pk)
        declaration = get_object_or_404(visible, pk=number)
        if not declaration.proof:
            raise Http404("这一条没有证明材料。")
        return attachment_response(declaration.proof)


def done(request: HttpRequest, page: str) -> HttpResponse:
    """On to the page; a script goes there itself, when it knows that all is stored."""
    return JsonResponse({"to": page}) if asks_for_data(request) else HttpResponseRedirect(page)


def next_after(block: str, waiting: list[ReturnBlock]) -> str:
    """The next block that waits, from this one on and then from the start; the end where none."""
    order = list(ReturnBlock)
    place = order.index(ReturnBlock(block))
    return next((one for one in [*order[place:], *order[:place]] if one in waiting), "")
