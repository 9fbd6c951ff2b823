"""我要报送, 我的报送: a member's own work, on the phone, from the first word to what became of it."""

from abc import abstractmethod
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import TemplateView

from accounts.selectors.history import replaced_names
from accounts.services import StaleRecordError
from accounts.views.entrance import AskedIn, SignedIn
from core.files import attachment_name, attachment_response
from core.refusals import RefusalError
from dossiers.choices import SignerState, SubmissionKind, SubmissionState
from dossiers.forms.submissions import FileForm, SignersForm, SubmissionForm, level_name
from dossiers.models import Submission, SubmissionFile
from dossiers.permissions import WITHDRAWABLE_STATES, may_edit_submission
from dossiers.selectors.objections import seats_of
from dossiers.selectors.submissions import (
    FIELDS,
    INTAKE_PERMISSION,
    RECORD_KINDS,
    SIGNED_KINDS,
    fates_of,
    label_of,
    missing_of,
    own_signatures,
    own_submissions,
    shown_value,
    signatures_owed,
    with_signers,
)
from dossiers.services.submissions import (
    add_file,
    remove_file,
    restore_submission,
    save_submission,
    start_submission,
    submit,
    withdraw_submission,
)
from members.models import Member
from members.selectors.names import name_index

#: What each kind is for, under its button.
PURPOSES = {
    SubmissionKind.OPINION: "反映社情民意，供采用和批示",
    SubmissionKind.RESEARCH: "自主调研履职作业",
    SubmissionKind.PROPOSAL: "可请其他委员联名",
    SubmissionKind.SPEECH: "会议上的口头或书面发言稿",
    SubmissionKind.ARTICLE: "在中央和省、市刊物发表的",
    SubmissionKind.INVITATION: "应邀参加外单位的活动",
    SubmissionKind.COMMENDATION: "受到的表彰，须附证明",
}


class OwnSubmissionPage(AskedIn):
    """For whoever hands in work of their own; that of others is not there."""

    permission_required = "dossiers.add_submission"

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def seat(self) -> Member | None:
        """The seat held today, if any."""
        return next((own for own in seats_of(self.request.user) if own.serves(self.today)), None)

    @cached_property
    def submission(self) -> Submission:
        return get_object_or_404(own_submissions(user=self.request.user), pk=self.kwargs["pk"])

    def to_page(self) -> HttpResponseRedirect:
        return HttpResponseRedirect(page_of(self.submission))


class SubmissionListView(OwnSubmissionPage, TemplateView):
    template_name = "dossiers/submission_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        rows = list(with_signers(own_submissions(user=user)))
        fates = fates_of(rows)
        listed = [(row, fates.get(row.pk)) for row in rows]
        open_states = {SubmissionState.DRAFT, SubmissionState.SIGNING, SubmissionState.RETURNED}
        own = {
            "title": "我的报送",
            "open": [pair for pair in listed if pair[0].state in open_states],
            "handed_in": [pair for pair in listed if pair[0].state not in open_states],
            "signatures": signatures_owed(user=user).count(),
        }
        return super().get_context_data(**kwargs) | own


class SubmissionCreateView(OwnSubmissionPage, View):
    """我要报送: a large button a kind."""

    def get(self, request: HttpRequest) -> HttpResponse:
        suspended = bool(
            self.seat and not Member.objects.filter(pk=self.seat.pk).invitable(self.today).exists()
        )
        context = {
            "title": "我要报送",
            "kinds": [(kind, PURPOSES[kind]) for kind in SubmissionKind],
            "has_seat": self.seat is not None,
            "is_suspended": suspended,
            "signatures": signatures_owed(user=request.user).count(),
        }
        return render(request, "dossiers/submission_create.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = request.POST.get("kind", "")
        if kind not in SubmissionKind.values or self.seat is None:
            raise Http404("没有这一类报送，或账号尚未与在任委员对应，请联系委员联络科。")
        try:
            row = start_submission(
                member=self.seat, kind=kind, actor=request.user, at=timezone.now()
            )
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("dossiers:submission-create"))
        return HttpResponseRedirect(page_of(row))


class SubmissionDetailView(OwnSubmissionPage, View):
    """With its author it is a form; in the unit's hands, and after, a page to follow it on.
    Without scripts it is saved by a button; the answer to a stale save holds both texts.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.shown(self.form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.shown(form, status=400)
        try:
            saved(form, request)
        except StaleRecordError:
            return self.both_texts(form)
        except RefusalError as refusal:
            form.add_error(None, str(refusal))
            return self.shown(form, status=409)
        if "next" in request.POST:
            return HttpResponseRedirect(reverse("dossiers:submission-submit", args=[pk]))
        messages.success(request, "草稿已保存。")
        return self.to_page()

    def form(self, data: Any = None) -> SubmissionForm:
        return SubmissionForm(data, submission=self.submission, today=self.today)

    def both_texts(self, form: SubmissionForm) -> HttpResponse:
        stored = own_submissions(user=self.request.user).get(pk=self.submission.pk)
        given = form.given()
        theirs = {
            name: shown_value(getattr(stored, name)) or "（空白）"
            for name, value in given.items()
            if getattr(stored, name) != value
        }
        data = form.data.copy()
        data["seen_version"] = stored.version
        again = SubmissionForm(data, submission=stored, today=self.today)
        return self.shown(again, theirs=theirs, status=409)

    def shown(
        self, form: SubmissionForm, *, theirs: dict[str, str] | None = None, status: int = 200
    ) -> HttpResponse:
        row = self.submission
        context = page_context(row) | {"title": f"{row.get_kind_display()}报送", "form": form}
        if may_edit_submission(user=self.request.user, submission=row):
            context |= {
                "theirs": theirs or {},
                "fields": [(form[name], (theirs or {}).get(name)) for name in FIELDS[row.kind]],
                "file_form": FileForm(),
                "signers_form": SignersForm(term=row.member.term),
                "missing": missing_of(row),
            }
            return render(self.request, "dossiers/submission_form.html", context, status=status)
        return render(self.request, "dossiers/submission_detail.html", context, status=status)


class SubmissionSaveView(OwnSubmissionPage, View):
    """Autosave: 200 with the new version, 409 with what is stored where another device saved, and
    what of the given was stored before that.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = SubmissionForm(request.POST, submission=self.submission, today=self.today)
        if not form.is_valid():
            words = "；".join(text for errors in form.errors.values() for text in errors)
            return JsonResponse({"reason": "refused", "message": words}, status=400)
        try:
            row = saved(form, request)
        except StaleRecordError:
            stored = own_submissions(user=request.user).get(pk=pk)
            again = SubmissionForm(submission=stored, today=self.today)
            values = {name: str(again[name].value() or "") for name in FIELDS[stored.kind]} | (
                {"meeting": str(stored.meeting_id or "")} if "meeting" in again.fields else {}
            )
            replaced = replaced_names(
                stored, seen_version=form.cleaned_data["seen_version"], given=form.given()
            )
            body = {"reason": "stale", "version": stored.version, "values": values}
            return JsonResponse(body | {"replaced": replaced}, status=409)
        except RefusalError as refusal:
            return JsonResponse({"reason": "refused", "message": str(refusal)}, status=409)
        return JsonResponse(
            {"version": row.version, "saved_at": f"{timezone.localtime(timezone.now()):%H:%M}"}
        )


class SubmissionSubmitView(OwnSubmissionPage, TemplateView):
    """A last look: what goes, with whom, to whom."""

    template_name = "dossiers/submission_submit.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_edit_submission(user=request.user, submission=self.submission):
            return self.to_page()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = page_context(self.submission) | {
            "title": f"核对并提交{self.submission.get_kind_display()}",
            "missing": missing_of(self.submission, on=self.today),
            "record": RECORD_KINDS[SubmissionKind(self.submission.kind)].label,
        }
        return super().get_context_data(**kwargs) | own

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = request.POST.get("seen_version", "")
        try:
            submit(
                submission=self.submission,
                seen_version=int(version) if version.isdecimal() else 0,
                actor=request.user,
                at=timezone.now(),
            )
        except StaleRecordError:
            messages.warning(
                request, "这份材料刚在另一台设备上改过，还没有提交。请核对后再点一次提交。"
            )
            return HttpResponseRedirect(reverse("dossiers:submission-submit", args=[pk]))
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            return self.to_page()
        messages.success(request, "已提交，等待受理。受理、退回都会通知您。")
        return self.to_page()


class Acting(OwnSubmissionPage, View):
    """One act on one's own submission, told by a line on its page."""

    http_method_names = ["post"]

    @abstractmethod
    def act(self) -> str:
        """Carries it out; what is told."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            told = self.act()
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        except ValidationError as refusal:
            messages.error(request, "；".join(refusal.messages))
        else:
            messages.success(request, told)
        return self.to_page()


class FileCreateView(Acting):
    def act(self) -> str:
        form = FileForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            raise ValidationError([text for errors in form.errors.values() for text in errors])
        row = add_file(
            submission=self.submission,
            file=form.cleaned_data["file"],
            actor=self.request.user,
            at=timezone.now(),
        )
        return f"已添加附件：{attachment_name(row.file)}"


class FileDeleteView(Acting):
    def act(self) -> str:
        row = get_object_or_404(SubmissionFile, pk=self.kwargs["file"], submission=self.submission)
        remove_file(file=row, actor=self.request.user, at=timezone.now())
        return "附件已删去。"


class SubmissionWithdrawView(Acting):
    def act(self) -> str:
        withdraw_submission(submission=self.submission, actor=self.request.user, at=timezone.now())
        return "已撤回。内容还在，需要时可以恢复。"


class SubmissionRestoreView(Acting):
    def act(self) -> str:
        restore_submission(submission=self.submission, actor=self.request.user, at=timezone.now())
        return "已恢复，可以接着写。"


class SubmissionMembersView(OwnSubmissionPage, View):
    """Numbers, names and sectors of the serving members, for search as one types."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.seat is None:
            raise Http404("账号尚未与在任委员对应。")
        members = [
            row
            for row in name_index(term=self.seat.term, on=self.today)
            if row["code"] != self.seat.code
        ]
        return JsonResponse({"members": members}, json_dumps_params={"ensure_ascii": False})


class SubmissionFileView(SignedIn, View):
    """An attachment, to the author, those asked to sign, and whoever takes it in."""

    def get(self, request: HttpRequest, pk: int, file: int) -> HttpResponse:
        mine = own_submissions(user=request.user).filter(pk=pk)
        asked = own_signatures(user=request.user).filter(submission=pk)
        takes = request.user.has_perm(INTAKE_PERMISSION) or request.user.reads_everything
        if not (mine.exists() or asked.exists() or takes):
            raise Http404("没有这个附件。")
        visible = SubmissionFile.objects.visible_to(request.user)
        return attachment_response(get_object_or_404(visible, pk=file, submission=pk).file)


def saved(form: SubmissionForm, request: HttpRequest) -> Submission:
    return save_submission(
        submission=form.submission,
        seen_version=form.cleaned_data["seen_version"],
        values=form.given(),
        actor=request.user,
        at=timezone.now(),
    )


def page_of(submission: Submission) -> str:
    return reverse("dossiers:submission-detail", args=[submission.pk])


def page_context(submission: Submission) -> dict[str, Any]:
    """What every page that shows a submission needs; also for whoever takes it in, or signs."""
    signers = list(submission.signers.select_related("member__person", "member__sector"))
    of_state = {state: [row for row in signers if row.state == state] for state in SignerState}
    return {
        "submission": submission,
        "texts": [
            (
                label_of(submission.kind, name),
                level_name(submission)
                if name == "level"
                else shown_value(getattr(submission, name)),
                name == "body",
            )
            for name in FIELDS[submission.kind]
        ],
        "files": [(row, attachment_name(row.file)) for row in submission.files.all()],
        "signers": signers,
        "agreed": of_state[SignerState.AGREED],
        "unanswered": of_state[SignerState.ASKED],
        "is_signed_kind": submission.kind in SIGNED_KINDS,
        "fate": fates_of([submission]).get(submission.pk),
        "may_withdraw": submission.state in WITHDRAWABLE_STATES,
        "may_restore": submission.state == SubmissionState.WITHDRAWN,
        "was_handed_in": submission.submitted_at is not None,
    }
