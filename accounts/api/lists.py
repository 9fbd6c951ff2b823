"""How lists are paged, searched and ordered, and which questions are refused."""

from django.db.models import QuerySet
from rest_framework import exceptions, filters, pagination
from rest_framework.request import Request

#: Questions longer than these are slips or attacks; the database is not asked.
SEARCH_LENGTH, SEARCH_TERMS = 100, 5


class Pages(pagination.PageNumberPagination):
    """50 rows a page, at most 200."""

    page_size_query_param = "page_size"
    max_page_size = 200
    page_query_description = "页码，从 1 开始"
    page_size_query_description = "每页条数，默认 50，最多 200"


class Search(filters.SearchFilter):
    """A few words; all of them must occur."""

    search_description = f"搜索词，以空格分开，须全部出现；最多 {SEARCH_TERMS} 个词"

    def get_search_terms(self, request: Request) -> list[str]:
        terms = super().get_search_terms(request)
        if len(terms) > SEARCH_TERMS or sum(map(len, terms)) > SEARCH_LENGTH:
            limit = f"搜索词最多 {SEARCH_TERMS} 个、共 {SEARCH_LENGTH} 字。"
            raise exceptions.ValidationError({self.search_param: limit})
        return terms


class Ordering(filters.OrderingFilter):
    """By the named fields only; a name not on the list is refused. Ties go by primary key."""

    ordering_description = "排序字段，可用逗号分开多个；前面加 - 为倒序"

    def remove_invalid_fields(self, queryset, fields, view, request):
        valid = {name for name, _ in self.get_valid_fields(queryset, view, {"request": request})}
        if wrong := [name for name in fields if name.removeprefix("-") not in valid]:
            offer = "、".join(sorted(valid))
            raise exceptions.ValidationError(
                {self.ordering_param: f"不能按“{'、'.join(wrong)}”排序，可用：{offer}。"}
            )
        return fields

    def filter_queryset(self, request, queryset, view):
        ordering = self.get_ordering(request, queryset, view) or queryset.model._meta.ordering
        return queryset.order_by(*ordering, "pk")

    def get_schema_operation_parameters(self, view):
        [parameter] = super().get_schema_operation_parameters(view)
        offer = "、".join(getattr(view, "ordering_fields", ()))
        return [parameter | {"description": f"{self.ordering_description}。可用：{offer}"}]


class KnownParameters(filters.BaseFilterBackend):
    """Refuses a parameter nobody knows: a misspelt filter must not answer with everything."""

    shared = frozenset({"page", "page_size", "search", "ordering", "format"})

    def filter_queryset(self, request: Request, queryset: QuerySet, view) -> QuerySet:
        if wrong := sorted(set(request.query_params) - self.known(view)):
            raise exceptions.ValidationError({name[:100]: "没有这个查询参数。" for name in wrong})
        return queryset

    def known(self, view) -> set[str]:
        names = set(self.shared)
        for name, field in getattr(view.filterset_class, "base_filters", {}).items():
            suffixes = getattr(field.field_class.widget, "suffixes", None)
            names |= {f"{name}_{suffix}" for suffix in suffixes} if suffixes else {name}
        return names
