from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import SensitiveModelAdmin
from core.refusals import RefusalError
from exits.forms import CaseForm, ClosingForm, StepForm
from exits.models import ExitCase
from members.admin.lists import MemberSectorFilter, MemberTermFilter, member_search
from members.models import Member


class ClosedFilter(admin.SimpleListFilter):
    title = "办理情况"
    parameter_name = "closed"

    def lookups(self, request, model_admin):
        return [("no", "办理中"), ("yes", "已办结")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(closed_date__isnull=self.value() == "no")


@admin.register(ExitCase)
class ExitCaseAdmin(SensitiveModelAdmin):
    """A case is opened, carried on step by step and closed; nothing of it is rewritten."""

    list_display = ("opened_date", "member", "sector", "kind", "progress", "closed_date")
    list_display_links = ("opened_date", "member")
    list_select_related = ("member__person", "member__sector")
    list_filter = (
        MemberTermFilter,
        ("kind", ChoicesDropdownFilter),
        ClosedFilter,
        MemberSectorFilter,
    )
    allowed_lookups = ("member",)
    date_hierarchy = "opened_date"
    search_fields = member_search()
    search_help_text = "按委员姓名或编号查找"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("steps")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        step = self.admin_site.admin_view(self.step_view)
        close = self.admin_site.admin_view(self.close_view)
        return [
            path("<int:pk>/steps/create/", step, name="exits_exitcase_step"),
            path("<int:pk>/close/", close, name="exits_exitcase_close"),
            *super().get_urls(),
        ]

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, case):
        return case.member.sector

    @display(description="最近步骤")
    def progress(self, case):
        steps = list(case.steps.all())
        if not steps:
            return "尚无步骤"
        return f"{steps[-1].date:%Y-%m-%d} {steps[-1].get_kind_display()}"

    def add_view(self, request, form_url="", extra_context=None):
        """First the member, then the grounds."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        members = Member.objects.visible_to(request.user).serving(today)
        context = {"title": "退出事项立案", "members": members.select_related("person")}
        asked = request.GET.get("member", "")
        if asked:
            member = members.filter(pk=int(asked)).first() if asked.isdecimal() else None
            if member is None:
                raise Http404("没有这位在任委员，或您无权查看。")
            initial = {"opened_date": today, "finding": request.GET.get("finding")}
            form = CaseForm(request.POST or None, member=member, initial=initial)
            if form.is_valid() and (case := self._carried_out(request, form)):
                return HttpResponseRedirect(page_of(case))
            context |= {"member": member, "form": form}
        return self._page(request, "exits/exitcase_create.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return self._detail(request, self._case(request, object_id))

    def step_view(self, request, pk):
        return self._act(request, pk, StepForm, "step_form")

    def close_view(self, request, pk):
        return self._act(request, pk, ClosingForm, "closing_form")

    def _act(self, request, pk, form_class, name):
        if not self._may_act(request):
            raise PermissionDenied
        case = self._case(request, str(pk))
        form = form_class(request.POST or None)
        if form.is_valid() and self._carried_out(request, form, case):
            return HttpResponseRedirect(page_of(case))
        return self._detail(request, case, **{name: form})

    def _carried_out(self, request, form, *args):
        """What the service made, or None with the refusal shown on the form."""
        try:
            return form.carry_out(*args, actor=request.user, at=timezone.now())
        except RefusalError as refusal:
            form.add_error(None, str(refusal))
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        return None

    def _detail(self, request, case, **forms):
        today = timezone.localdate()
        context = {
            "title": str(case),
            "case": case,
            "steps": case.steps.select_related("entered_by"),
            "may_act": self._may_act(request) and case.closed_date is None,
            "step_form": StepForm(initial={"date": today}),
            "closing_form": ClosingForm(initial={"closed_date": today}),
        }
        return self._page(request, "exits/exitcase_detail.html", context | forms)

    def _may_act(self, request):
        return request.user.has_perm("exits.add_exitcasestep")

    def _case(self, request, object_id):
        case = self.get_object(request, object_id)
        if case is None or not self.has_view_permission(request, case):
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return case

    def _page(self, request, template, context):
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)


def page_of(case: ExitCase) -> str:
    return reverse("admin:exits_exitcase_change", args=[case.pk])
