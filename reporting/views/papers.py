"""A member's papers of the year: the list, the pages they are filled on, and handing in."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import TemplateView

from accounts.selectors.history import replaced_names
from accounts.services import StaleRecordError
from accounts.views.entrance import AskedIn
from core.counting import counted_length
from core.files import attachment_response
from core.refusals import RefusalError
from dossiers.choices import HandInKind, PaperAct, PaperState, ReturnBlock
from dossiers.models import Campaign, DutyPaper
from dossiers.permissions import may_edit_paper
from dossiers.selectors.objections import seats_of
from dossiers.selectors.papers import (
    REPORT_KINDS,
    TEXT_FIELDS,
    OwedPaper,
    audience_date,
    is_late,
    owed_papers,
    own_papers,
)
from dossiers.services.papers import (
    left_to_confirm,
    open_paper,
    save_draft,
    submit_paper,
    what_is_missing,
)
from reporting.exporters.archives import kept_copies
from reporting.exporters.duty_report import paper_file
from reporting.exporters.single import NoSuchFormError
from reporting.forms.papers import PaperTextForm, asked_ids
from reporting.selectors.archives import archived_pdf
from reporting.selectors.paper_blocks import filled_blocks
from reporting.selectors.paper_counts import LABELS, count_rows, counted_records
from reporting.views.exports import CONTENT_TYPES

#: 第四条 述职内容 (萍协字〔2022〕9号), offered as headings.
HEADINGS = (
    "一、遵守政治纪律和政治规矩情况",
    "二、年度履职情况，尤其是有特色、有成效的履职活动",
    "三、遵纪守法和廉洁自律情况",
    "四、以{}身份参加的其他需要报告的情况",
)


class OwnPaperPage(AskedIn):
    """For whoever fills papers of their own; those of others are not there."""

    permission_required = "dossiers.change_dutypaper"

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def paper(self) -> DutyPaper:
        return get_object_or_404(own_papers(self.request.user), pk=self.kwargs["pk"])

    @property
    def on(self) -> date:
        return audience_date(self.paper.campaign, self.today)

    def paper_context(self) -> dict[str, Any]:
        paper = self.paper
        events = list(paper.events.select_related("by"))
        back = [event for event in events if event.act == PaperAct.RETURNED]
        returned = paper.state == PaperState.RETURNED
        return {
            "paper": paper,
            "title": f"{paper.campaign.year}年度{paper.get_kind_display().removeprefix('年度')}",
            "editable": may_edit_paper(user=self.request.user, paper=paper),
            "returned_event": back[-1] if returned and back else None,
            "is_late": is_late(paper),
            "days_left": (paper.campaign.deadline_date - self.today).days,
            "events": events,
            "has_excel": paper.kind not in REPORT_KINDS,
            "is_form": paper.kind == HandInKind.PERFORMANCE_FORM,
        }

    def return_shown(self, *, status: int = 200, **typed: Any) -> HttpResponse:
        """The 登记表. `typed_block`, `typed_remark`: what was typed there and is not stored;
        `is_stale`: because another device has stored another remark, which stands beside it.
        """
        blocks = filled_blocks(self.paper, today=self.today)
        own = {
            "blocks": blocks,
            "done": sum(block.is_confirmed for block in blocks),
            "of": len(blocks),
            "first_open": next((block for block in blocks if not block.is_confirmed), None),
            "missing": left_to_confirm(row.block for row in blocks if not row.is_confirmed),
        }
        context = self.paper_context() | own | typed
        return render(self.request, "reporting/paper_return.html", context, status=status)


class PaperListView(OwnPaperPage, TemplateView):
    template_name = "reporting/paper_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seats = seats_of(self.request.user)
        years: dict[Campaign, list[Any]] = {}
        for row in owed_papers(members=seats, on=self.today):
            years.setdefault(row.campaign, []).append(row)
        own = {
            "title": "年度填报",
            "years": [
                (campaign, (campaign.deadline_date - self.today).days, rows, whole_state(rows))
                for campaign, rows in years.items()
            ],
            "has_seat": bool(seats),
        }
        return super().get_context_data(**kwargs) | own


class PaperOpenView(OwnPaperPage, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            campaign, seat, kind = asked_ids(request.POST)
        except ValidationError as error:
            raise Http404(error.message) from error
        member = next((own for own in seats_of(request.user) if own.pk == seat), None)
        if member is None:
            raise Http404("没有这份材料，或不由您填写。")
        try:
            paper = open_paper(
                campaign=get_object_or_404(
                    Campaign.objects.select_related("term"), pk=campaign, term=member.term
                ),
                member=member,
                kind=kind,
                actor=request.user,
                at=timezone.now(),
            )
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("reporting:paper-list"))
        return HttpResponseRedirect(page_of(paper))


class PaperDetailView(OwnPaperPage, View):
    """The paper to fill, or, in the office's hands, to read. Without scripts it is saved by a
    button; the answer to a stale save holds both texts.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.paper.state == PaperState.ARCHIVED:
            context = self.paper_context() | {"kept": kept_copies(self.paper)}
            return render(request, "reporting/paper_archived.html", context)
        return self.shown(PaperTextForm(paper=self.paper))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = PaperTextForm(request.POST, paper=self.paper)
        if not form.is_valid():
            return self.shown(form, status=400)
        try:
            save_draft(
                paper=self.paper,
                seen_version=form.cleaned_data["seen_version"],
                values=form.given(),
                actor=request.user,
                at=timezone.now(),
            )
        except StaleRecordError:
            return self.both_texts(form)
        except RefusalError as refusal:
            form.add_error(None, str(refusal))
            return self.shown(form, status=409)
        if "next" in request.POST:
            return HttpResponseRedirect(reverse("reporting:paper-submit", args=[pk]))
        messages.success(request, "草稿已保存。")
        return HttpResponseRedirect(page_of(self.paper))

    def both_texts(self, form: PaperTextForm) -> HttpResponse:
        """What was typed stays in its place, what another device saved stands beside it; saving
        again means having seen both.
        """
        stored = own_papers(self.request.user).get(pk=self.paper.pk)
        data = form.data.copy()
        data["seen_version"] = stored.version
        again = PaperTextForm(data, paper=stored)
        given = form.given()
        theirs = {
            name: getattr(stored, name) for name in given if getattr(stored, name) != given[name]
        }
        return self.shown(again, theirs=theirs, status=409)

    def shown(
        self, form: PaperTextForm, *, theirs: dict[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        if self.paper.kind == HandInKind.ANNUAL_RETURN:
            return self.return_shown(status=status)
        context = self.paper_context()
        standing = self.paper.kind == HandInKind.PERFORMANCE_REPORT
        post = "政协常委" if standing else "政协委员"
        context |= {
            "form": form,
            "theirs": theirs or {},
            "texts": [
                (form[name], (theirs or {}).get(name), counted_length(form[name].value() or ""))
                for name in TEXT_FIELDS[self.paper.kind]
            ],
            "limit": self.paper.campaign.report_length if not context["is_form"] else None,
            "headings": (
                [heading.format(post) for heading in HEADINGS] if not context["is_form"] else []
            ),
            "counts": count_rows(self.paper, on=self.on) if context["is_form"] else [],
        }
        return render(self.request, "reporting/paper_text.html", context, status=status)


class PaperSaveView(OwnPaperPage, View):
    """Autosave: 200 with the new version, 409 with what is stored where another device saved, and
    what of the given was stored before that.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = PaperTextForm(request.POST, paper=self.paper)
        if not form.is_valid():
            words = "；".join(text for errors in form.errors.values() for text in errors)
            return refused_answer(words, status=400)
        now = timezone.now()
        try:
            paper = save_draft(
                paper=self.paper,
                seen_version=form.cleaned_data["seen_version"],
                values=form.given(),
                actor=request.user,
                at=now,
            )
        except StaleRecordError:
            stored = own_papers(request.user).get(pk=pk)
            names = TEXT_FIELDS[stored.kind]
            values = {name: getattr(stored, name) for name in names}
            replaced = replaced_names(
                stored, seen_version=form.cleaned_data["seen_version"], given=form.given()
            )
            return stale_answer(stored.version, values, replaced)
        except RefusalError as refusal:
            return refused_answer(str(refusal))
        saved = timezone.localtime(now)
        return JsonResponse({"version": paper.version, "saved_at": f"{saved:%H:%M}"})


class PaperSubmitView(OwnPaperPage, TemplateView):
    """A last look, and the button with its consequence."""

    template_name = "reporting/paper_submit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"missing": what_is_missing(self.paper), "back": page_of(self.paper)}
        return super().get_context_data(**kwargs) | self.paper_context() | own

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_edit_paper(user=request.user, paper=self.paper):
            return HttpResponseRedirect(page_of(self.paper))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            submit_paper(
                paper=self.paper,
                seen_version=seen_version(request),
                actor=request.user,
                at=timezone.now(),
            )
        except StaleRecordError:
            messages.warning(
                request,
                "这份材料刚在另一台设备上改过，还没有提交。请核对下面的内容，再点一次提交。",
            )
            return HttpResponseRedirect(reverse("reporting:paper-submit", args=[pk]))
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(page_of(self.paper))
        messages.success(request, "已提交，等待委员联络科审核。")
        return HttpResponseRedirect(page_of(self.paper))


class PaperFileView(OwnPaperPage, View):
    """The paper as it prints: as archived, once it is, of which `?number=` names an earlier copy;
    until then as it stands now. The worksheet is always of the records as they are now.
    """

    def get(self, request: HttpRequest, pk: int, ending: str) -> HttpResponse:
        is_archived = self.paper.state == PaperState.ARCHIVED
        if is_archived and ending == "pdf":
            copies = self.paper.archives.all()
            if number := request.GET.get("number", ""):
                copies = copies.filter(number=int(number) if number.isdecimal() else 0)
            archived = copies.first()
            if archived is None:
                raise Http404("没有这一版归档件。")
            archived_pdf(archived)
            return attachment_response(archived.pdf)
        try:
            file = paper_file(
                paper=self.paper,
                ending=ending,
                actor=request.user,
                at=timezone.now(),
                today=self.today,
            )
        except NoSuchFormError as missing:
            raise Http404(str(missing)) from missing
        name = f"按现有记录（不是归档件）_{file.filename}" if is_archived else file.filename
        return HttpResponse(
            file.content,
            content_type=CONTENT_TYPES[ending],
            headers={
                "Content-Disposition": content_disposition_header(True, name),
                "X-Content-Type-Options": "nosniff",
            },
        )


class PaperCountView(OwnPaperPage, TemplateView):
    """What a number of the 述职表 counts."""

    template_name = "reporting/paper_count.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        measure = self.kwargs["measure"]
        if self.paper.kind != HandInKind.PERFORMANCE_FORM or measure not in LABELS:
            raise Http404("述职表没有这一项。")
        own = {
            "title": LABELS[measure],
            "rows": counted_records(self.paper, measure, on=self.on),
            "back": page_of(self.paper),
            "year": self.paper.campaign.year,
        }
        return super().get_context_data(**kwargs) | own


def whole_state(rows: Sequence[OwedPaper]) -> str:
    """What to say of a year all of whose papers are in; empty while one is not."""
    states = {row.paper.state if row.paper else row.handed_in_date and "entered" for row in rows}
    if states <= {PaperState.ARCHIVED.value}:
        return "已归档"
    with_office = {PaperState.SUBMITTED.value, PaperState.VERIFIED.value, "entered"}
    return "已全部提交" if states <= with_office | {PaperState.ARCHIVED.value} else ""


def asks_for_data(request: HttpRequest) -> bool:
    """The page's script asks, and shows what comes back in its place."""
    return "application/json" in request.headers.get("Accept", "")


def stale_answer(version: int, values: dict[str, str], replaced: Sequence[str]) -> JsonResponse:
    body = {"reason": "stale", "version": version, "values": values, "replaced": replaced}
    return JsonResponse(body, status=409)


def refused_answer(message: str, status: int = 409) -> JsonResponse:
    return JsonResponse({"reason": "refused", "message": message}, status=status)


def seen_version(request: HttpRequest) -> int:
    """0, which no row has, where the page did not say."""
    version = request.POST.get("seen_version", "")
    return int(version) if version.isdecimal() else 0


def page_of(paper: DutyPaper, block: str = "") -> str:
    address = reverse("reporting:paper-detail", args=[paper.pk])
    return f"{address}#{block}" if block in ReturnBlock.values else address
