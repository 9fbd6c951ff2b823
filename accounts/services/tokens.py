"""Keys of the API: issued against a password, revoked by hand, dead with the password."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.audit import record
from accounts.choices import Verb
from accounts.models import AccessToken, User

#: A key lasts as long as a signed-in browser at most (absolute limit of a session).
LIFETIME = timedelta(hours=8)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def issue_token(*, user: User, at: datetime) -> tuple[AccessToken, str]:
    """The stored token and its key, which is nowhere kept and cannot be shown again."""
    key = secrets.token_urlsafe(32)
    user.access_tokens.filter(expires_at__lte=at).delete()
    token = AccessToken(
        user=user,
        digest=digest_of(key),
        seal=user.get_session_auth_hash(),
        issued_at=at,
        expires_at=at + LIFETIME,
    )
    token.full_clean()
    token.save(force_insert=True)
    record(actor=user, verb=Verb.SIGN_IN, at=at, obj=user, detail={"means": "token"})
    return token, key


@transaction.atomic
def revoke_token(*, token: AccessToken, actor: User, at: datetime) -> None:
    """Ends one key at once."""
    record(actor=actor, verb=Verb.SIGN_OUT, at=at, obj=token.user, detail={"means": "token"})
    token.delete()
