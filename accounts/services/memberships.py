"""What an account loses with the membership it came from."""

from accounts import audit
from accounts.audit import Change
from accounts.models import User
from accounts.roles import RoleCode
from accounts.services.roles import assign_roles

#: Held by virtue of a post, which ends with the membership.
BY_POST = (RoleCode.LEADER,)


def end_access(*, user: User | None) -> list[Change]:
    """Takes the roles held by post and the keys of the API from a former member's account.

    The account stays, to read what its person was told and their own dossier. The caller holds
    the transaction and records the audit entry over the changes.
    """
    if user is None:
        return []
    user.access_tokens.all().delete()
    before = sorted(user.role_codes)
    after = [code for code in before if code not in BY_POST]
    if after == before:
        return []
    assign_roles(user, after)
    vars(user).pop("role_codes", None)
    return [audit.changes_of(user, {"roles": before}, {"roles": after})]
