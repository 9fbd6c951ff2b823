"""请我联名: a member asked to co-sign reads the text and answers themself."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.generic import TemplateView

from accounts.services import StaleRecordError
from core.refusals import RefusalError
from dossiers.choices import SignerState
from dossiers.forms.submissions import SignersForm
from dossiers.permissions import OPEN_SUBMISSION_STATES
from dossiers.selectors.submissions import own_signatures
from dossiers.services.signatures import answer_signing, ask_signers, drop_signer
from dossiers.views.submissions import Acting, OwnSubmissionPage, page_context
from members.models import Member


class SignatureListView(OwnSubmissionPage, TemplateView):
    template_name = "dossiers/signature_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(own_signatures(user=self.request.user))
        waiting = [
            row
            for row in rows
            if row.state == SignerState.ASKED and row.submission.state in OPEN_SUBMISSION_STATES
        ]
        own = {
            "title": "请我联名",
            "waiting": waiting,
            "answered": [row for row in rows if row not in waiting],
        }
        return super().get_context_data(**kwargs) | own


class SignatureDetailView(OwnSubmissionPage, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(own_signatures(user=request.user), pk=pk)
        is_open = row.submission.state in OPEN_SUBMISSION_STATES
        context = page_context(row.submission) | {
            "title": f"请您联名：{row.submission.title}",
            "signer": row,
            "is_open": is_open,
        }
        return render(request, "dossiers/signature_detail.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(own_signatures(user=request.user), pk=pk)
        version = request.POST.get("seen_version", "")
        agrees = request.POST.get("answer") == "agree"
        try:
            answer_signing(
                signer=row,
                agrees=agrees,
                seen_version=int(version) if version.isdecimal() else 0,
                actor=request.user,
                at=timezone.now(),
            )
        except StaleRecordError:
            messages.warning(request, "内容或附件刚刚改过，还没有联名。请看过新的，再点一次。")
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        else:
            told = "您已同意联名。提交以前可以改变主意。" if agrees else "您已答复不参加联名。"
            messages.success(request, told)
        return HttpResponseRedirect(reverse("dossiers:signature-detail", args=[pk]))


class SignerCreateView(Acting):
    """Names more; without names, those whose answer is owed are reminded."""

    def act(self) -> str:
        members: list[Member] = []
        if "again" not in self.request.POST:
            form = SignersForm(self.request.POST, term=self.submission.member.term)
            if not form.is_valid():
                raise ValidationError([text for errors in form.errors.values() for text in errors])
            members = form.cleaned_data["members"]
        asked = ask_signers(
            submission=self.submission,
            members=members,
            actor=self.request.user,
            at=timezone.now(),
        )
        names = "、".join(row.member.person.name for row in asked)
        return f"已请{names}联名，由本人答复。" if asked else "没有需要再请的委员。"


class SignerDeleteView(Acting):
    def act(self) -> str:
        row = get_object_or_404(self.submission.signers, pk=self.kwargs["signer"])
        drop_signer(signer=row, actor=self.request.user, at=timezone.now())
        return "已不再请该委员联名。"
