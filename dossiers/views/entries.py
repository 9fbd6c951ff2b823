"""采集台: what a unit collects, its entries, and the forms to enter one after another."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.generic import FormView, TemplateView

from accounts.views.entrance import AskedIn
from dossiers.forms.entry import EntryForm
from dossiers.forms.events import ActivityForm, CommendationForm, InvitationForm, SpeechForm
from dossiers.forms.works import ArticleForm, OpinionForm, ProposalForm, ResearchForm
from dossiers.importers.office import PERMISSION
from dossiers.selectors.duplicates import SUSPECTS_SINCE, suspects, suspects_of
from dossiers.selectors.entries import (
    ADDING,
    AT_MEETINGS,
    KindLine,
    kind_lines,
    latest_entries,
    records_of,
)
from members.choices import RecordKind
from members.models import Term
from members.selectors.duties import Duties, collecting_departments, duties_of
from members.selectors.names import name_index
from members.views.terms import term_or_404
from proposals.selectors.linking import converted_waiting

FORMS: dict[RecordKind, type[EntryForm]] = {
    RecordKind.PROPOSAL: ProposalForm,
    RecordKind.OPINION: OpinionForm,
    RecordKind.RESEARCH: ResearchForm,
    RecordKind.ARTICLE: ArticleForm,
    RecordKind.SPEECH: SpeechForm,
    RecordKind.INVITATION: InvitationForm,
    RecordKind.CONDUCT: CommendationForm,
    RecordKind.ATTENDANCE: ActivityForm,
    RecordKind.THEMED_ACTIVITY: ActivityForm,
    RecordKind.PLENARY_ATTENDANCE: ActivityForm,
}
#: What the button of each kind says.
VERBS = {
    RecordKind.PLENARY_ATTENDANCE: "登记全体会议",
    RecordKind.ATTENDANCE: "登记活动",
    RecordKind.THEMED_ACTIVITY: "登记主题活动",
    RecordKind.CONDUCT: "录入奖励",
}


class Collecting(AskedIn):
    """For those who collect records, on the term the office works on."""

    permission_required = PERMISSION

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and self.has_permission():
            self.term = term_or_404()
            self.duties = duties_of(request.user, self.term)
        return super().dispatch(request, *args, **kwargs)

    term: Term
    duties: Duties

    def page(self, **context: Any) -> dict[str, Any]:
        return admin.site.each_context(self.request) | context


def month_start(now: datetime) -> datetime:
    return timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


class EntryListView(Collecting, TemplateView):
    """采集台."""

    template_name = "dossiers/entry_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        today = timezone.localdate(now)
        asked = {"term": self.term, "duties": self.duties, "user": self.request.user}
        since = month_start(now)
        lines = kind_lines(since=since, **asked)
        takes_over = self.duties.opens(RecordKind.OPINION)
        pairs = suspects(since=today - SUSPECTS_SINCE, until=today, **asked)
        return super().get_context_data(**kwargs) | self.page(
            title="采集台",
            lines=[(line, self._acts(line)) for line in lines],
            entries=latest_entries(since=since, **asked),
            suspected=len(pairs),
            waiting=converted_waiting(self.term).count() if takes_over else 0,
            departments=self.duties.departments,
            is_whole=self.duties.is_whole,
            collectors=collecting_departments(self.term),
            today=today,
        )

    def _acts(self, line: KindLine) -> list[tuple[str, str]]:
        """(what the button says, where it leads)"""
        acts = []
        if line.kind in FORMS and self.request.user.has_perm(ADDING[line.kind]):
            address = reverse("dossiers:entry-create", args=[line.kind])
            acts.append((VERBS.get(line.kind, "录入"), address))
        if line.kind in AT_MEETINGS:
            acts.append(("登记考勤", f"{reverse('dossiers:mark-list')}?kind={line.kind}"))
        if line.kind == RecordKind.HAND_IN and self.request.user.has_perm(ADDING[line.kind]):
            acts.append(("登记", reverse("admin:dossiers_handin_add")))
        return acts


class EntryCreateView(Collecting, FormView):
    """One form after another: what is likely to stay the same is kept."""

    template_name = "dossiers/entry_create.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["kind"] not in FORMS:
            raise Http404("没有这种录入表单。")
        self.kind = RecordKind(kwargs["kind"])
        return super().dispatch(request, *args, **kwargs)

    def has_permission(self) -> bool:
        return super().has_permission() and self.request.user.has_perm(ADDING[self.kind])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._refuse_others()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._refuse_others()
        return super().post(request, *args, **kwargs)

    def _refuse_others(self) -> None:
        if not self.duties.opens(self.kind):
            raise PermissionDenied("这种记录不由您所在的部门采集。")

    def get_form_class(self) -> type[EntryForm]:
        return FORMS[self.kind]

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {
            "kind": self.kind,
            "term": self.term,
            "duties": self.duties,
            "today": timezone.localdate(),
        }
        return super().get_form_kwargs() | own

    def get_initial(self) -> dict[str, Any]:
        before = self._saved()
        kept = FORMS[self.kind].kept
        return {name: getattr(before, name) for name in kept} if before else {}

    def _saved(self) -> Any:
        """The record just saved, which the address names."""
        pk = self.request.GET.get("saved", "")
        if not pk.isdecimal() or len(pk) > 18:
            return None
        asked = {"term": self.term, "duties": self.duties, "user": self.request.user}
        return records_of(self.kind, **asked).filter(pk=int(pk)).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        asked = {"term": self.term, "duties": self.duties, "user": self.request.user}
        saved = self._saved() if self.request.method == "GET" else None
        return super().get_context_data(**kwargs) | self.page(
            title=VERBS.get(self.kind, f"录入{self.kind.label}"),
            kind=self.kind,
            saved=saved,
            saved_model=saved._meta.label_lower if saved else "",
            is_marked_later=self.kind in AT_MEETINGS,
            suspects=suspects_of(self.kind, saved, term=self.term) if saved else [],
            entries=latest_entries(since=month_start(now), kind=self.kind, **asked),
            departments=sorted(
                {name for names in collecting_departments(self.term).values() for name in names}
            ),
        )

    def form_valid(self, form: EntryForm) -> HttpResponse:
        record = form.carry_out(actor=self.request.user, at=timezone.now())
        if record is None:
            return self.form_invalid(form)
        if "back" in self.request.POST:
            messages.success(self.request, f"已保存：{record}")
            return HttpResponseRedirect(reverse("dossiers:entry-list"))
        return HttpResponseRedirect(f"{self.request.path}?saved={record.pk}")


class EntryMembersView(Collecting, View):
    """Numbers, names and spellings of the serving members, for search as one types."""

    def get(self, request: HttpRequest) -> HttpResponse:
        members = name_index(term=self.term, on=timezone.localdate())
        return JsonResponse({"members": members}, json_dumps_params={"ensure_ascii": False})
