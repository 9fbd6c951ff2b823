"""What every office screen inherits: rows one may see, saves with audit, deletions with reason."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.utils import flatten_fieldsets, quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from accounts.forms import RecordForm
from accounts.selectors.history import changes_to, readable
from accounts.services.reading import note_reading
from accounts.services.records import delete_record, save_record
from core.refusals import RefusalError


def visible_rows(queryset: QuerySet, user: Any) -> QuerySet:
    """The rows the account may see; all of them where the table is open to all."""
    visible_to = getattr(queryset, "visible_to", None)
    return visible_to(user) if visible_to else queryset


def writable_rows(queryset: QuerySet, user: Any) -> QuerySet:
    """The rows the account may write, where they are fewer than those it sees."""
    writable_by = getattr(queryset, "writable_by", None)
    return writable_by(user) if writable_by else visible_rows(queryset, user)


HISTORY_PER_PAGE = 20
#: What may follow an allowed field's name in an address: nothing that leads on to another field.
LOOKUPS = ("exact", "id__exact", "isnull", "in", "year", "month", "day", "gte", "gt", "lte", "lt")


class VisibleRowsMixin:
    """Own rows, related rows offered for choice, and the mark of what the editor saw."""

    form = RecordForm

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return visible_rows(super().get_queryset(request), request.user)

    def get_field_queryset(
        self, db: str | None, db_field: ForeignKey, request: HttpRequest
    ) -> QuerySet | None:
        ordered = super().get_field_queryset(db, db_field, request)
        if ordered is None:
            ordered = db_field.remote_field.model._default_manager.using(db).all()
        return visible_rows(ordered, request.user)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list:
        """With the hidden mark where a change may be made; RecordForm checks it."""
        fieldsets = list(super().get_fieldsets(request, obj))
        fields = flatten_fieldsets(fieldsets)
        if not issubclass(self.form, RecordForm) or "seen_mark" in fields or not fieldsets:
            return fieldsets
        title, options = fieldsets[-1]
        return [*fieldsets[:-1], (title, options | {"fields": (*options["fields"], "seen_mark")})]


class NotYoursError(RefusalError):
    """A row was about to be written that the account itself may not see."""


def refuse_unseen(obj: Model, user: Any) -> None:
    """What other departments collect an account does not write, its own records included."""
    stored = type(obj)._default_manager.filter(pk=obj.pk)
    if stored.exists() and not writable_rows(stored, user).exists():
        raise NotYoursError(f"这条{obj._meta.verbose_name}不在您的职责范围之内，没有保存。")


class AuditedTabularInline(VisibleRowsMixin, TabularInline):
    extra = 0


class AuditedStackedInline(VisibleRowsMixin, StackedInline):
    extra = 0


class AuditedModelAdmin(VisibleRowsMixin, ModelAdmin):
    """Reads through `visible_to`, writes through `save_record` and `delete_record`.

    A row that is not visible is a 404. Lists can be narrowed only by what `list_filter`,
    `date_hierarchy` or `allowed_lookups` names, so that no filter betrays a hidden value.
    Several rows are never deleted at a stroke: each deletion has its reason.
    """

    list_per_page = 30
    list_max_show_all = 100
    list_filter_submit = True
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    delete_confirmation_template = "accounts/record_delete.html"
    allowed_lookups: Iterable[str] = ()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_write(request, obj)

    def _may_write(self, request: HttpRequest, obj: Model | None) -> bool:
        if obj is None or not hasattr(self.model.objects, "writable_by"):
            return True
        return self.model.objects.writable_by(request.user).filter(pk=obj.pk).exists()

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        save_record(obj=obj, actor=request.user, at=timezone.now())

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool
    ) -> None:
        changed = formset.save(commit=False)
        at = timezone.now()
        for obj in formset.deleted_objects:
            reason = f"在“{form.instance}”的页面上删除"
            delete_record(obj=obj, actor=request.user, at=at, reason=reason)
        for obj in changed:
            save_record(obj=obj, actor=request.user, at=at)
            refuse_unseen(obj, request.user)
        formset.save_m2m()

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Iterable[Any], change: bool
    ) -> None:
        """Looks at the row when its parts are saved too: some are visible by their parts."""
        super().save_related(request, form, formsets, change)
        refuse_unseen(form.instance, request.user)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        reason = request.POST.get("reason", "")
        delete_record(obj=obj, actor=request.user, at=timezone.now(), reason=reason)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (RefusalError, ValidationError) as refusal:
            return self._refused(request, refusal)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except (RefusalError, ValidationError) as refusal:
            return self._refused(request, refusal)

    def _refused(self, request: HttpRequest, refusal: Exception) -> HttpResponse:
        """Tells why nothing was saved, on the page the request came from."""
        lines = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
        for line in lines:
            messages.error(request, line)
        return HttpResponseRedirect(request.get_full_path())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """修改记录: what the audit trail says of this row."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        page = Paginator(changes_to(obj), HISTORY_PER_PAGE).get_page(request.GET.get("p"))
        hidden = self.get_hidden_history_fields(request, obj)
        context = {
            **self.admin_site.each_context(request),
            "title": "修改记录",
            "object": obj,
            "opts": self.opts,
            "page": page,
            "history": readable(page, type(obj), hidden, self.act_in_words),
            "back": reverse(admin_urlname(self.opts, "change"), args=[quote(obj.pk)]),
        }
        return TemplateResponse(request, "accounts/record_history.html", context)

    def get_hidden_history_fields(self, request: HttpRequest, obj: Model) -> Iterable[str]:
        """Fields whose values this account may not read in the row's history either."""
        return ()

    def act_in_words(self, detail: dict[str, Any]) -> str:
        """What an entry of the audit trail on a row of this kind did, by the detail kept with it."""
        return ""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        named = [item[0] if isinstance(item, list | tuple) else item for item in self.list_filter]
        if lookup in {getattr(item, "parameter_name", None) for item in named}:
            return True
        fields = [item for item in named if isinstance(item, str)]
        fields += [*self.allowed_lookups, *filter(None, [self.date_hierarchy])]
        return any(lookup in {name, *(f"{name}__{step}" for step in LOOKUPS)} for name in fields)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """The audit trail is the only history."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """The audit trail is the only history."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> None:
        """The audit trail is the only history."""

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404(f"没有这条{opts.verbose_name}，或您无权查看。")


class SensitiveModelAdmin(AuditedModelAdmin):
    """Disciplinary content: every reading of other people's rows is kept in the audit trail."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if changes := (getattr(response, "context_data", None) or {}).get("cl"):
            self._note_reading(request, [row.pk for row in changes.result_list])
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        if request.method == "GET" and response.status_code == 200:
            self._note_reading(request, [unquote(object_id)])
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().history_view(request, object_id, extra_context)
        self._note_reading(request, [unquote(object_id)])
        return response

    def _note_reading(self, request: HttpRequest, keys: list) -> None:
        rows = self.model._default_manager.filter(pk__in=keys)
        note_reading(rows=rows, actor=request.user, at=timezone.now())
