"""Who comes with a key."""

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts.models import AccessToken, User
from accounts.services.tokens import digest_of


class BearerAuthentication(authentication.BaseAuthentication):
    """Refuses a key that is unknown, expired, of a closed account, or older than the password."""

    keyword = b"bearer"

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        parts = authentication.get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword:
            return None
        try:
            [key] = [part.decode("ascii") for part in parts[1:]]
        except ValueError as error:
            raise exceptions.AuthenticationFailed("令牌格式不正确。") from error
        token = AccessToken.objects.select_related("user").filter(digest=digest_of(key)).first()
        if token is None or not self.is_alive(token):
            raise exceptions.AuthenticationFailed("令牌无效或已失效，请重新取得。")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    @staticmethod
    def is_alive(token: AccessToken) -> bool:
        return (
            token.user.is_active
            and timezone.now() < token.expires_at
            and constant_time_compare(token.seal, token.user.get_session_auth_hash())
        )
