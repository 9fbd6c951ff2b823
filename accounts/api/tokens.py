"""Sign-in for programs: a key for a password, sent as `Authorization: Bearer <key>`."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, permissions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import BearerAuthentication
from accounts.models import AccessToken
from accounts.services.sign_in import SignInRefusedError, check_credentials
from accounts.services.tokens import issue_token, revoke_token


class CredentialsSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150, label="账号", write_only=True)
    password = serializers.CharField(
        max_length=128, label="密码", write_only=True, trim_whitespace=False
    )


class IssuedTokenSerializer(serializers.Serializer):
    token = serializers.CharField(read_only=True, label="令牌", help_text="只显示这一次")
    expires_at = serializers.DateTimeField(read_only=True, label="失效时间")


class IssueTokens(permissions.BasePermission):
    """Anyone may try to sign in; only the bearer may end a key."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method == "POST" or isinstance(request.auth, AccessToken)


class TokenView(APIView):
    noun = "访问令牌"
    tag = "登录"
    authentication_classes = [BearerAuthentication]
    permission_classes = [IssueTokens]

    def get_authenticators(self):
        """A stale key in the header must not keep anyone from signing in afresh."""
        return (
            [] if self.request and self.request.method == "POST" else super().get_authenticators()
        )

    def get_authenticate_header(self, request: Request) -> str:
        return BearerAuthentication().authenticate_header(request)

    @extend_schema(
        operation_id="tokens_create",
        summary="以账号密码取得访问令牌",
        description="令牌 8 小时后失效；修改密码、停用账号时立即失效。连续 5 次失败锁定 30 分钟。",
        request=CredentialsSerializer,
        responses={201: IssuedTokenSerializer},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        at = timezone.now()
        try:
            user = check_credentials(
                request=request._request, at=at, initial=False, **credentials.validated_data
            )
        except SignInRefusedError as refusal:
            raise exceptions.AuthenticationFailed(str(refusal)) from refusal
        token, key = issue_token(user=user, at=at)
        answer = IssuedTokenSerializer({"token": key, "expires_at": token.expires_at})
        return Response(answer.data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="tokens_destroy",
        summary="注销当前访问令牌",
        description="",
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        revoke_token(token=request.auth, actor=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
