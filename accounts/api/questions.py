"""What a program writes when it asks for work to be done."""

from typing import Any

from rest_framework import permissions, serializers
from rest_framework.request import Request

from core.parameters import FIRST_YEAR, LAST_YEAR


def holding(permission: str) -> type[permissions.BasePermission]:
    """Accounts that hold the permission ("assessments.start_run")."""

    class Holding(permissions.BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            return request.user.has_perm(permission)

    return Holding


class YearField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=FIRST_YEAR, max_value=LAST_YEAR, label="年度", **kwargs)


def answered(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """The request's body, checked; raises ValidationError."""
    given = serializer(data=request.data, context={"request": request})
    given.is_valid(raise_exception=True)
    return given.validated_data
