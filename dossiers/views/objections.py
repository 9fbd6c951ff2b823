"""A member's own records, what they object to, and what was answered."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.generic import FormView, TemplateView

from accounts.services.reading import note_reading
from accounts.views.entrance import AskedIn
from core.files import attachment_name, attachment_response
from core.refusals import RefusalError
from core.told import told_on
from dossiers.forms.objections import MissingForm, ObjectionForm, ReopenForm
from dossiers.models import Objection
from dossiers.permissions import may_reopen, may_withdraw
from dossiers.selectors.disputable import own_record, shown, type_of
from dossiers.selectors.objections import (
    disputed_record,
    objections_by_record,
    own_objections,
    seats_of,
    years_on_record,
)
from dossiers.selectors.own import accepted_additions, dossier_year, held_records, totals_by_year
from dossiers.services.objections import ANSWER_WORKDAYS, withdraw_objection
from members.choices import RecordKind
from members.selectors.calendar import work_calendar


class OwnPage(AskedIn):
    """A member's page about themself."""

    permission_required = "dossiers.add_objection"


class RecordListView(OwnPage, TemplateView):
    """我的履职档案: by year or over all, each record with its source and a way to object."""

    template_name = "dossiers/record_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seats = seats_of(self.request.user)
        years = years_on_record(seats, timezone.localdate())
        totals = totals_by_year(held_records(seats))
        own: dict[str, Any] = {"title": "我的履职档案", "years": years}
        if years and self.request.GET.get("year") == "all":
            over_years = [(year, totals[year]) for year in years if year in totals]
            own |= {"is_whole": True, "over_years": over_years}
            return super().get_context_data(**kwargs) | own
        year = asked_year(self.request.GET.get("year"), years)
        latest = objections_by_record(seats)
        own |= {
            "year": year,
            "totals": totals.get(year, []) if year else [],
            "sections": [
                (part, [(row, latest.get((row.shown.model, row.shown.pk))) for row in part.rows])
                for part in (dossier_year(seats, year) if year else [])
            ],
            "additions": accepted_additions(seats, year) if year else [],
        }
        return super().get_context_data(**kwargs) | own


class ObjectionListView(OwnPage, TemplateView):
    template_name = "dossiers/objection_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "title": "我的异议",
            "objections": own_objections(user=self.request.user),
            "today": timezone.localdate(),
        }
        return super().get_context_data(**kwargs) | own


class CarryingOut(OwnPage, FormView):
    """A form whose act may be refused: the refusal is told, what was typed stays."""

    @abstractmethod
    def carry_out(self, form: Form) -> Objection:
        """Calls the one service."""

    def form_valid(self, form: Form) -> HttpResponse:
        with told_on(form):
            objection = self.carry_out(form)
            messages.success(self.request, self.said)
            return HttpResponseRedirect(page_of(objection))
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": self.title, "workdays": ANSWER_WORKDAYS}
        return super().get_context_data(**kwargs) | own


class ObjectionCreateView(CarryingOut):
    """To the record named in the address."""

    template_name = "dossiers/objection_create.html"
    form_class = ObjectionForm
    title = "提出异议"
    said = "异议已提交。"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.member, self.record = None, None
        if not request.user.is_authenticated:
            return
        for seat in seats_of(request.user):
            self.record = own_record(seat, kwargs["record_type"], kwargs["record_id"])
            if self.record is not None:
                self.member = seat
                break

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and self.record is None:
            raise Http404("没有这条记录，或不在您名下。")
        return super().dispatch(request, *args, **kwargs)

    def carry_out(self, form: Form) -> Objection:
        return form.carry_out(
            member=self.member, record=self.record, actor=self.request.user, at=timezone.now()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"record": shown(self.record), "heading": type_of(self.record).heading}
        return super().get_context_data(**kwargs) | own


class MissingCreateView(CarryingOut):
    """记录缺漏: to the lack of a record."""

    template_name = "dossiers/objection_create.html"
    form_class = MissingForm
    title = "报告记录缺漏"
    said = "已提交。"

    def get_initial(self) -> dict[str, Any]:
        return {"missing_kind": self.request.GET.get("kind", RecordKind.ATTENDANCE)}

    def carry_out(self, form: Form) -> Objection:
        seats = seats_of(self.request.user)
        if not seats:
            raise Http404("账号尚未与委员名册对应，请联系委员联络科。")
        return form.carry_out(member=seats[0], actor=self.request.user, at=timezone.now())


class OwnObjection(OwnPage):
    """One of the account's own objections."""

    def own(self) -> Objection:
        own = own_objections(user=self.request.user).select_related("member__person")
        return get_object_or_404(own, pk=self.kwargs["pk"])


class ObjectionDetailView(OwnObjection, CarryingOut):
    """What was said on both sides; after an answer, once, the form to object again."""

    template_name = "dossiers/objection_detail.html"
    form_class = ReopenForm
    title = "我的异议"
    said = "已再次提出。"

    def carry_out(self, form: Form) -> Objection:
        return form.carry_out(self.own(), actor=self.request.user, at=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        objection = self.own()
        today = timezone.localdate()
        own = {
            "objection": objection,
            "entries": objection.entries.select_related("by"),
            "disputed": disputed_record(objection),
            "proof_name": attachment_name(objection.proof) if objection.proof else "",
            "is_overdue": objection.is_open and objection.due_date < today,
            "is_provisional": work_calendar().is_provisional(objection.due_date),
            "may_withdraw": may_withdraw(user=self.request.user, objection=objection),
            "may_reopen": may_reopen(user=self.request.user, objection=objection),
        }
        return super().get_context_data(**kwargs) | own


class ObjectionWithdrawView(OwnObjection, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        objection = self.own()
        try:
            withdraw_objection(objection=objection, actor=request.user, at=timezone.now())
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "异议已撤回。")
        return HttpResponseRedirect(page_of(objection))


class ObjectionProofView(AskedIn, View):
    """The proof, to both sides."""

    permission_required = "dossiers.view_objection"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        visible = Objection.objects.visible_to(request.user)
        objection = get_object_or_404(visible, pk=pk)
        if not objection.proof:
            raise Http404("这份异议没有证明材料。")
        rows = Objection.objects.filter(pk=pk).disciplinary()
        note_reading(rows=rows, actor=request.user, at=timezone.now())
        return attachment_response(objection.proof)


def asked_year(asked: str | None, years: list[int]) -> int | None:
    """The year asked for, the latest where none is; None where there is none at all."""
    if asked is None:
        return years[0] if years else None
    if not asked.isdecimal() or int(asked) not in years:
        raise Http404("没有这一年度的履职记录。")
    return int(asked)


def page_of(objection: Objection) -> str:
    return reverse("dossiers:objection-detail", args=[objection.pk])
