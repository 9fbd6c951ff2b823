"""What every endpoint shares: who may read, which rows, which questions may be asked."""

from collections.abc import Sequence
from typing import Any

import django_filters.rest_framework
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.lists import KnownParameters, Ordering, Pages, Search
from accounts.api.permissions import MayRead, OwnPassword
from accounts.services.reading import note_reading


class ReadSerializer(serializers.ModelSerializer):
    """Every field is read only: what the API takes in goes through services."""

    def get_extra_kwargs(self) -> dict[str, dict[str, Any]]:
        names = set(self.Meta.fields) - set(self._declared_fields)
        return {name: {"read_only": True} for name in names}

    def include_extra_kwargs(
        self, kwargs: dict[str, Any], extra_kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """A choice that may be left empty is described as such although it is read only."""
        may_be_empty = {"allow_blank": True} if kwargs.get("allow_blank") else {}
        described = super().include_extra_kwargs(kwargs, extra_kwargs)
        return described | may_be_empty if "choices" in described else described


class OptionalName(serializers.CharField):
    """The name of a related row, null where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, default=None, **kwargs)


class VisibleListViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """A list of rows the account may see, of kinds its roles may read."""

    permission_classes = [OwnPassword, MayRead]
    pagination_class = Pages
    filter_backends = [
        KnownParameters,
        django_filters.rest_framework.DjangoFilterBackend,
        Search,
        Ordering,
    ]
    filterset_class: Any = None
    lookup_value_regex = r"[0-9]{1,18}"
    #: Said in the interface's description, in Chinese.
    about = ""

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().visible_to(self.request.user)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Filters choose from a list; a single row is named by its address alone."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


class VisibleModelViewSet(mixins.RetrieveModelMixin, VisibleListViewSet):
    """The list, and each row under its own address. Other people's rows are 404."""


class SensitiveViewSet(VisibleModelViewSet):
    """Disciplinary content: every reading of other people's rows is kept in the audit trail."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        self._record_reading([row["id"] for row in response.data["results"]])
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        self._record_reading([response.data["id"]])
        return response

    def _record_reading(self, ids: Sequence[int]) -> None:
        rows = self.queryset.filter(pk__in=ids)
        note_reading(rows=rows, actor=self.request.user, at=timezone.now())
