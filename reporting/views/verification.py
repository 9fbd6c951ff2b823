"""核对一份材料: block by block what is recorded beside what the member says; and frozen copies."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import TemplateView

from accounts.services.reading import note_reading
from core.counting import counted_length
from core.files import attachment_name, attachment_response
from dossiers.choices import BlockVerdict, DeclaredState, HandInKind, PaperState, ReturnBlock
from dossiers.models import Declaration, DutyPaper, PaperArchive
from dossiers.selectors.papers import REPORT_KINDS, TEXT_FIELDS, audience_date, is_late
from dossiers.services.verification import (
    mark_block,
    reopen_paper,
    return_paper,
    settle_declaration,
    verify_paper,
    what_is_open,
)
from members.choices import RecordKind
from members.models import Member
from reporting.exporters.archives import rearchive_paper, shown_rows
from reporting.exporters.duty_report import FORMS
from reporting.selectors.archives import ArchiveDamagedError, archived_pdf
from reporting.selectors.paper_blocks import filled_blocks
from reporting.selectors.paper_counts import count_rows
from reporting.views.campaigns import OfficePage

#: Where the record of a line taken over is entered.
ENTRY_OF = {
    ReturnBlock.MEETINGS: RecordKind.ATTENDANCE,
    ReturnBlock.PROPOSALS: RecordKind.PROPOSAL,
    ReturnBlock.FIELDWORK: RecordKind.RESEARCH,
    ReturnBlock.OPINIONS: RecordKind.OPINION,
    ReturnBlock.SPEECHES: RecordKind.SPEECH,
    ReturnBlock.THEMED: RecordKind.THEMED_ACTIVITY,
    ReturnBlock.CONDUCT: RecordKind.CONDUCT,
}


#: What the buttons beside a declaration say of it.
ANSWERS = {
    "accept": DeclaredState.ACCEPTED,
    "entered": DeclaredState.ENTERED,
    "reject": DeclaredState.REJECTED,
}


class PaperPage(OfficePage):
    """Of a paper that was handed in; a draft is the member's own."""

    @cached_property
    def paper(self) -> DutyPaper:
        rows = DutyPaper.objects.visible_to(self.request.user).exclude(state=PaperState.DRAFT)
        return get_object_or_404(
            rows.select_related(
                "campaign__term__assembly", "member__person", "member__sector", "verified_by"
            ),
            pk=self.kwargs["pk"],
        )

    @property
    def own_page(self) -> str:
        return reverse("reporting:verification-detail", args=[self.paper.pk])


class VerificationView(PaperPage, TemplateView):
    template_name = "reporting/verification_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper, now = self.paper, timezone.now()
        note_reading(
            rows=Member.objects.filter(pk=paper.member_id),
            actor=self.request.user,
            at=now,
            person="person",
        )
        on = audience_date(paper.campaign, self.today)
        is_return = paper.kind == HandInKind.ANNUAL_RETURN
        blocks = filled_blocks(paper, today=self.today) if is_return else []
        is_own = paper.member.person.user_id == self.request.user.pk
        own = self.page(
            title=f"{paper.member.person.name}　{paper.campaign.year}年度{paper.get_kind_display()}",
            paper=paper,
            is_late=is_late(paper),
            is_own=is_own,
            acts=self.manages and not is_own,
            open_points=what_is_open(paper) if paper.state == PaperState.SUBMITTED else [],
            blocks=[(block, self._entry(block.block)) for block in blocks],
            differing=[block for block in blocks if self._differs(block)],
            texts=[
                (
                    DutyPaper._meta.get_field(name).verbose_name,
                    getattr(paper, name),
                    counted_length(getattr(paper, name)),
                )
                for name in TEXT_FIELDS[paper.kind]
            ],
            limit=paper.campaign.report_length if paper.kind in REPORT_KINDS else None,
            counts=count_rows(paper, on=on) if paper.kind == HandInKind.PERFORMANCE_FORM else [],
            form_kind=FORMS.get(HandInKind(paper.kind)),
            events=paper.events.select_related("by"),
            archives=paper.archives.select_related("archived_by"),
            **self._neighbours(),
        )
        return super().get_context_data(**kwargs) | own

    def _entry(self, block: ReturnBlock) -> str:
        kind = ENTRY_OF.get(block)
        if kind is None or not self.request.user.has_perm("dossiers.import_workbook"):
            return ""
        return reverse("dossiers:entry-create", args=[kind])

    def _differs(self, block: Any) -> bool:
        return bool(block.added or block.row.remark or any(line.declared for line in block.records))

    def _neighbours(self) -> dict[str, Any]:
        """The papers of the campaign that wait, before and after this one."""
        waiting = DutyPaper.objects.visible_to(self.request.user).waiting_verification()
        keys = list(
            waiting.filter(campaign=self.paper.campaign_id)
            .order_by("member__code", "kind")
            .values_list("member__code", "kind", "pk")
        )
        here = (self.paper.member.code, self.paper.kind)
        before = [pk for code, kind, pk in keys if (code, kind) < here]
        after = [pk for code, kind, pk in keys if (code, kind) > here]
        return {
            "previous": before[-1] if before else None,
            "next": after[0] if after else None,
            "waiting": len(keys),
        }


class VerificationActView(PaperPage, View):
    """What the buttons of the page do; each answers with the page again, or with the next paper."""

    http_method_names = ["post"]

    def has_permission(self) -> bool:
        return super().has_permission() and self.manages

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        acts = {
            "mark": self._mark,
            "settle": self._settle,
            "return": self._return,
            "verify": self._verify,
            "reopen": self._reopen,
            "archive": self._archive,
        }
        return HttpResponseRedirect(acts[act]())

    @cached_property
    def asked(self) -> dict[str, Any]:
        return {"actor": self.request.user, "at": timezone.now()}

    @property
    def seen(self) -> int:
        version = self.request.POST.get("seen_version", "")
        return int(version) if version.isdecimal() else 0

    def _word(self, name: str) -> str:
        return self.request.POST.get(name, "")

    def _mark(self) -> str:
        block = self._word("block")
        if block == "all":
            for each in ReturnBlock:
                row = self.paper.blocks.filter(block=each).first()
                if row is None or row.verdict == BlockVerdict.WAITING:
                    self._agree(each)
            return self.own_page
        if block not in ReturnBlock.values:
            raise Http404("登记表没有这一栏。")
        if self._word("verdict") == BlockVerdict.TO_MEND:
            self.carry_out(
                lambda: mark_block(
                    paper=self.paper, block=block, verdict=BlockVerdict.TO_MEND,
                    mark=self._word("mark"), **self.asked,
                ),
                "已写明退回意见，退回时一并告诉委员。",
            )  # fmt: skip
        else:
            self._agree(block)
        return f"{self.own_page}#{block}"

    def _agree(self, block: str) -> None:
        self.carry_out(
            lambda: mark_block(
                paper=self.paper, block=block, verdict=BlockVerdict.AGREED, **self.asked
            ),
            "",
        )

    def _settle(self) -> str:
        key = self._word("declaration")
        row = get_object_or_404(
            Declaration, paper=self.paper, pk=int(key) if key.isdecimal() else 0
        )
        state = ANSWERS.get(self._word("answer_kind"), DeclaredState.REJECTED)
        self.carry_out(
            lambda: settle_declaration(
                declaration=row,
                state=state,
                answer=self._word("answer"),
                seen_version=self.seen,
                **self.asked,
            ),
            f"{state.label}。",
        )
        return f"{self.own_page}#{row.block}"

    def _return(self) -> str:
        self.carry_out(
            lambda: return_paper(
                paper=self.paper, reason=self._word("reason"), seen_version=self.seen,
                path=reverse("reporting:paper-detail", args=[self.paper.pk]), **self.asked,
            ),
            told_of_return(self.paper.member, self.today),
        )  # fmt: skip
        return self.own_page

    def _verify(self) -> str:
        done = self.carry_out(
            lambda: verify_paper(paper=self.paper, seen_version=self.seen, **self.asked),
            f"{self.paper}已审核通过。",
        )
        following = self._word("next")
        if done is not None and following.isdecimal():
            return reverse("reporting:verification-detail", args=[int(following)])
        return self.own_page

    def _reopen(self) -> str:
        self.carry_out(
            lambda: reopen_paper(
                paper=self.paper,
                reason=self._word("reason"),
                seen_version=self.seen,
                **self.asked,
            ),
            "已撤回审核，可以重新核对。",
        )
        return self.own_page

    def _archive(self) -> str:
        self.carry_out(
            lambda: rearchive_paper(paper=self.paper, reason=self._word("reason"), **self.asked),
            "已重新归档，原归档件保留。",
        )
        return self.own_page


class DeclaredProofView(PaperPage, View):
    """What the member attached to a line, or the signature."""

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        row = get_object_or_404(Declaration, paper=self.paper, pk=number)
        if not row.proof:
            raise Http404("没有证明材料。")
        return attachment_response(row.proof)


class ArchiveDetailView(OfficePage, TemplateView):
    """A frozen copy as it was laid out, its digest looked at anew."""

    template_name = "reporting/archive_detail.html"

    @cached_property
    def archive(self) -> PaperArchive:
        rows = PaperArchive.objects.visible_to(self.request.user)
        return get_object_or_404(
            rows.select_related("paper__campaign", "paper__member__person", "archived_by"),
            pk=self.kwargs["pk"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        damage = ""
        try:
            archived_pdf(self.archive)
        except ArchiveDamagedError as refusal:
            damage = str(refusal)
        own = self.page(
            title=f"{self.archive.paper}　第{self.archive.number}版归档件",
            archive=self.archive,
            damage=damage,
            rows=shown_rows(self.archive.data),
            others=self.archive.paper.archives.exclude(pk=self.archive.pk),
        )
        return super().get_context_data(**kwargs) | own


class ArchiveFileView(ArchiveDetailView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            content = archived_pdf(self.archive)
        except ArchiveDamagedError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("reporting:archive-detail", args=[self.archive.pk]))
        name = content_disposition_header(True, attachment_name(self.archive.pdf))
        headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
        return HttpResponse(content, content_type="application/pdf", headers=headers)


def told_of_return(member: Member, on: date) -> str:
    """A notice reaches whoever serves, suspended or not."""
    if member.serves(on):
        return "已退回，并通知委员。"
    return "已退回。该委员已不在任，没有发出通知，请另行告知。"
