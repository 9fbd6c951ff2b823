"""Filters and form fields that every list of records shares: the term, its organs, its members."""

from django.contrib import admin
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from members.choices import Party
from members.models import Member, Sector, SpecialCommittee, Term
from members.selectors import current_term

EVERY_TERM = "all"


class TermFilter(DropdownFilter):
    """The current term unless another, or all of them, is asked for."""

    title = "届次"
    parameter_name = "term"
    all_option = None
    path = "term"

    def lookups(self, request, model_admin):
        self.terms = list(Term.objects.all())
        return [*((term.code, term.name) for term in self.terms), (EVERY_TERM, "全部届次")]

    def has_output(self) -> bool:
        return len(self.terms) > 1

    def value(self):
        return super().value() or (self.terms[0].code if self.terms else EVERY_TERM)

    def queryset(self, request, queryset):
        if self.value() == EVERY_TERM:
            return queryset
        return queryset.filter(**{f"{self.path}__code": self.value()})


class MemberTermFilter(TermFilter):
    path = "member__term"


class OrganFilter(DropdownFilter):
    """An organ of the current term, by name, so that one choice serves every term."""

    model = Sector
    path = "sector"

    def lookups(self, request, model_admin):
        term = current_term()
        names = self.model.objects.filter(term=term).values_list("name", flat=True)
        return [(name, name) for name in names]

    def queryset(self, request, queryset):
        return queryset.filter(**{f"{self.path}__name": self.value()}) if self.value() else queryset


class SectorFilter(OrganFilter):
    title = "界别"
    parameter_name = "sector"


class CommitteeFilter(OrganFilter):
    title = "专委会"
    parameter_name = "committee"
    model = SpecialCommittee
    path = "committee"


class MemberSectorFilter(SectorFilter):
    path = "member__sector"


class MemberCommitteeFilter(CommitteeFilter):
    path = "member__committee"


class PartyFilter(DropdownFilter):
    title = "党派"
    parameter_name = "party"

    def lookups(self, request, model_admin):
        return Party.choices

    def queryset(self, request, queryset):
        return queryset.filter(party=self.value()) if self.value() else queryset


class ServingFilter(admin.SimpleListFilter):
    """Where a member stands today."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("serving", "在任"),
            ("standing", "常委"),
            ("suspended", "暂停履职"),
            ("exited", "已退出"),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        match self.value():
            case "serving":
                return queryset.serving(today)
            case "standing":
                return queryset.serving(today).standing(today)
            case "suspended":
                return queryset.serving(today).suspended(today)
            case "exited":
                return queryset.filter(exited_date__lte=today)
        return queryset


class OrganChoices:
    """Offers organs of the record's own term only (for a new record, of the current one)."""

    organ_fields: tuple[str, ...] = ("sector", "committee", "liaison_group")
    #: From the record to its term.
    term_path = "term"

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.organ_fields:
            organs = db_field.related_model.objects.filter(term=self._term(request))
            kwargs.setdefault("queryset", organs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        return {"term": current_term()} | initial

    def _term(self, request):
        """The record's term; of a new record the one chosen, before that the current one."""
        pk = request.resolver_match.kwargs.get("object_id")
        if pk is not None and pk.isdecimal():
            rows = self.model.objects.filter(pk=pk).values(self.term_path)
            return Term.objects.filter(pk__in=rows).first()
        chosen = request.POST.get("term", "")
        return Term.objects.filter(pk=chosen).first() if chosen.isdecimal() else current_term()


def member_search(prefix: str = "member__") -> tuple[str, str]:
    """Search by name and by number of the member a record belongs to."""
    return (f"{prefix}person__name", f"{prefix}code")


def link_to_dossier(member: Member) -> str:
    """Where the member's page is, if the site has one."""
    return member.get_absolute_url() if hasattr(member, "get_absolute_url") else ""
