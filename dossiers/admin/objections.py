from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin
from accounts.services.reading import note_reading
from core.dates import planned
from core.files import attachment_name
from core.told import told_on
from dossiers.choices import ObjectionAct, ObjectionState
from dossiers.forms.objections import AnswerForm, PassOnForm
from dossiers.models import Objection
from dossiers.permissions import may_answer
from dossiers.selectors.disputable import RECORD_TYPES
from dossiers.selectors.objections import ANSWER_PERMISSION, disputed_record
from members.admin.lists import MemberSectorFilter, MemberTermFilter, member_search
from members.selectors.calendar import work_calendar

SAID_BY_MEMBER = (ObjectionAct.FILED, ObjectionAct.REOPENED)
TONES = {
    ObjectionState.OPEN.label: "warning",
    "已超期": "danger",
    ObjectionState.CORRECTED.label: "success",
    ObjectionState.EXPLAINED.label: "success",
    ObjectionState.WITHDRAWN.label: "info",
}


class StateFilter(DropdownFilter):
    """The queue: what is open, unless something else is asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = None

    def lookups(self, request, model_admin):
        return [*ObjectionState.choices, ("overdue", "已超期"), ("all", "全部")]

    def value(self):
        return super().value() or ObjectionState.OPEN

    def queryset(self, request, queryset):
        if self.value() == "overdue":
            return queryset.overdue(timezone.localdate())
        if self.value() in ObjectionState.values:
            return queryset.filter(state=self.value())
        return queryset


@admin.register(Objection)
class ObjectionAdmin(AuditedModelAdmin):
    """The queue of the units: answered on its own page, never rewritten."""

    list_display = ("due", "member", "sector", "record_label", "answering", "standing", "filed_on")
    list_display_links = ("due", "record_label")
    list_select_related = ("member__person", "member__sector", "department")
    list_filter = (
        MemberTermFilter,
        StateFilter,
        ("kind", ChoicesDropdownFilter),
        MemberSectorFilter,
    )
    allowed_lookups = ("member",)
    search_fields = (*member_search(), "record_label")
    search_help_text = "按委员姓名、编号或记录查找"
    ordering = ("due_date", "pk")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        answer = self.admin_site.admin_view(self.answer_view)
        pass_on = self.admin_site.admin_view(self.pass_on_view)
        return [
            path("<int:pk>/answer/", answer, name="dossiers_objection_answer"),
            path("<int:pk>/pass-on/", pass_on, name="dossiers_objection_pass-on"),
            *super().get_urls(),
        ]

    @display(description="答复期限", ordering="due_date")
    def due(self, objection):
        return planned(objection.due_date)

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, objection):
        return objection.member.sector

    @display(description="答复部门", ordering="department__sequence")
    def answering(self, objection):
        return objection.department or "委员联络科"

    @display(description="提出日期", ordering="filed_at")
    def filed_on(self, objection):
        return timezone.localdate(objection.filed_at)

    @display(description="状态", label=TONES)
    def standing(self, objection):
        return "已超期" if is_overdue(objection) else objection.get_state_display()

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        if changes := (getattr(response, "context_data", None) or {}).get("cl"):
            self._note_reading(request, [row.pk for row in changes.result_list])
        return response

    def history_view(self, request, object_id, extra_context=None):
        response = super().history_view(request, object_id, extra_context)
        self._note_reading(request, [object_id])
        return response

    def change_view(self, request, object_id, form_url="", extra_context=None):
        objection = self._objection(request, object_id)
        self._note_reading(request, [objection.pk])
        return self._detail(request, objection)

    def answer_view(self, request, pk):
        return self._act(request, pk, AnswerForm, "answer_form", "已答复，委员会收到通知。")

    def pass_on_view(self, request, pk):
        return self._act(request, pk, PassOnForm, "pass_form", "已转交。")

    def _act(self, request, pk, form_class, name, said):
        if not request.user.has_perm(ANSWER_PERMISSION):
            raise PermissionDenied
        objection = self._objection(request, str(pk))
        form = form_class(request.POST or None, objection=objection, user=request.user)
        if form.is_valid() and self._carried_out(request, form, objection):
            messages.success(request, said)
            return HttpResponseRedirect(self._next(request, objection))
        return self._detail(request, objection, **{name: form})

    def _next(self, request, objection):
        """The page again; the queue where the objection is no longer the account's business."""
        if self.get_queryset(request).filter(pk=objection.pk).exists():
            return reverse("admin:dossiers_objection_change", args=[objection.pk])
        return reverse("admin:dossiers_objection_changelist")

    def _carried_out(self, request, form, objection):
        """What the service made, or None with the refusal shown on the form."""
        with told_on(form):
            return form.carry_out(objection, actor=request.user, at=timezone.now())
        return None

    def _detail(self, request, objection, **forms):
        disputed = disputed_record(objection)
        record_type = RECORD_TYPES.get(objection.record_type)
        context = {
            "title": f"异议：{objection.member.person.name}",
            "objection": objection,
            "entries": objection.entries.select_related("by"),
            "said": objection.entries.filter(act__in=SAID_BY_MEMBER).last(),
            "disputed": disputed,
            "record_type": objection.record_type if record_type else "",
            "proof_name": attachment_name(objection.proof) if objection.proof else "",
            "is_overdue": is_overdue(objection),
            "is_provisional": work_calendar().is_provisional(objection.due_date),
            "may_answer": may_answer(user=request.user, objection=objection),
            "may_pass_on": not (objection.is_disciplinary and objection.department_id is None),
            "answer_form": AnswerForm(objection=objection, user=request.user),
            "pass_form": PassOnForm(objection=objection, user=request.user),
            "missing_types": missing_types(request, objection),
        }
        context = self.admin_site.each_context(request) | context | forms
        return TemplateResponse(request, "dossiers/objection_answer.html", context)

    def _objection(self, request, object_id):
        objection = self.get_object(request, object_id)
        if objection is None or not self.has_view_permission(request, objection):
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return objection

    def _note_reading(self, request, keys):
        rows = Objection.objects.filter(pk__in=keys).disciplinary()
        note_reading(rows=rows, actor=request.user, at=timezone.now())


def is_overdue(objection: Objection) -> bool:
    return objection.is_open and objection.due_date < timezone.localdate()


def missing_types(request, objection: Objection) -> list[tuple[str, str]]:
    """Where a missing record of the kind is entered: (heading, address), as far as permitted."""
    if not objection.names_no_record:
        return []
    return [
        (entry.heading, reverse(f"admin:{entry.label.replace('.', '_')}_add"))
        for entry in RECORD_TYPES.values()
        if objection.kind in entry.kinds
        and request.user.has_perm(
            f"{entry.model._meta.app_label}.add_{entry.model._meta.model_name}"
        )
    ]
