"""Who am I."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import OwnPassword
from accounts.roles import RoleCode


class AccountSerializer(serializers.Serializer):
    username = serializers.CharField(read_only=True, label="账号")
    name = serializers.CharField(read_only=True, label="姓名")
    roles = serializers.ListField(
        child=serializers.ChoiceField(RoleCode.choices), read_only=True, label="角色"
    )


class AccountView(APIView):
    noun = "本人账号"
    tag = "登录"
    permission_classes = [OwnPassword]

    @extend_schema(
        operation_id="account_retrieve",
        summary="查看本人账号",
        description="",
        responses=AccountSerializer,
    )
    def get(self, request: Request) -> Response:
        user = request.user
        answer = {"username": user.username, "name": user.name, "roles": sorted(user.role_codes)}
        return Response(AccountSerializer(answer).data)
