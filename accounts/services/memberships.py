"""What an account loses with the membership it came from."""

from collections.abc import Collection

from accounts import audit
from accounts.audit import Change
from accounts.models import User
from accounts.roles import RoleCode
from accounts.services.roles import assign_roles

#: Held by virtue of a post, which ends with the membership.
BY_POST = (RoleCode.LEADER,)
#: A sector group is convened by one of its members; given back by hand to who stays on as staff.
BY_MEMBERSHIP = (*BY_POST, RoleCode.SECTOR_GROUP)


def end_access(*, user: User | None) -> list[Change]:
    """Takes the roles held as a member and the keys of the API from a former member's account.

    The account stays, to read what its person was told and their own dossier. The caller holds
    the transaction and records the audit entry over the changes.
    """
    if user is None:
        return []
    user.access_tokens.all().delete()
    return _take(user, BY_MEMBERSHIP)


def end_post_roles(*, user: User | None) -> list[Change]:
    """Takes the roles held by post alone, as for one suspended; the caller as for `end_access`."""
    return [] if user is None else _take(user, BY_POST)


def _take(user: User, roles: Collection[RoleCode]) -> list[Change]:
    before = sorted(user.role_codes)
    after = [code for code in before if code not in roles]
    if after == before:
        return []
    assign_roles(user, after)
    vars(user).pop("role_codes", None)
    return [audit.changes_of(user, {"roles": before}, {"roles": after})]
