"""Roles and what each may do: the file `accounts/data/roles.toml` is the truth."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts import audit
from accounts.choices import Branch, Verb
from accounts.models import Role, User
from accounts.roles import RoleCode
from core.refusals import RefusalError

ROLES_FILE = Path(__file__).resolve().parent.parent / "data" / "roles.toml"
#: Roles that work at the office's desk; a member without one of them has the member's desk.
MEMBER_ONLY = frozenset({RoleCode.MEMBER})


class MixedBranchesError(RefusalError):
    """三员分立 (GB/T 22239-2019 8.1.4.2 d): roles of more than one branch for one account."""


class UnknownRoleError(RefusalError):
    """A role code that does not exist."""


class OwnAccountError(RefusalError):
    """Nobody closes their own account or changes their own roles."""


@dataclass(frozen=True)
class RoleDefinition:
    """`permissions` are patterns over "app.codename"."""

    code: RoleCode
    branch: Branch
    description: str
    permissions: tuple[str, ...]

    def grants(self, permission: str) -> bool:
        return any(fnmatchcase(permission, pattern) for pattern in self.permissions)


def role_definitions() -> list[RoleDefinition]:
    rows = tomllib.loads(ROLES_FILE.read_text(encoding="utf-8"))["roles"]
    return [
        RoleDefinition(
            code=RoleCode(row["code"]),
            branch=Branch(row["branch"]),
            description=row["description"],
            permissions=tuple(row["permissions"]),
        )
        for row in rows
    ]


@transaction.atomic
def sync_roles() -> list[Role]:
    """Makes the roles in the database equal to the file; changes nothing where they are."""
    available = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    roles = []
    for definition in role_definitions():
        role, _ = Role.objects.update_or_create(
            code=definition.code,
            defaults={
                "name": definition.code.label,
                "branch": definition.branch,
                "description": definition.description,
            },
        )
        role.permissions.set(pk for name, pk in available.items() if definition.grants(name))
        roles.append(role)
    return roles


@transaction.atomic
def set_roles(
    *, user: User, roles: Iterable[str], actor: User | None, at: datetime, reason: str = ""
) -> User:
    """Gives the account exactly these roles; they count from its next request.

    Raises UnknownRoleError, MixedBranchesError or OwnAccountError.
    """
    if actor is not None and actor.pk == user.pk:
        raise OwnAccountError("不能修改自己的角色，请由另一位系统管理员办理。")
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before = sorted(Role.objects.filter(user=user).values_list("code", flat=True))
    after = sorted(set(roles))
    if before == after:
        return user
    assign_roles(user, after)
    change = audit.changes_of(user, {"roles": before}, {"roles": after})
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=user,
        label=change.label,
        reason=reason,
        changes=[change],
    )
    return user


def assign_roles(user: User, codes: Iterable[str]) -> None:
    """The bare assignment, for a service that writes the audit entry itself."""
    chosen = find_roles(codes)
    refuse_mixed_branches(chosen)
    user.groups.set(chosen)
    user.is_staff = any(role.code not in MEMBER_ONLY for role in chosen)
    user.save(update_fields=["is_staff"])
    vars(user).pop("role_codes", None)


def find_roles(codes: Iterable[str]) -> list[Role]:
    wanted = set(codes)
    found = list(Role.objects.filter(code__in=wanted))
    unknown = wanted - {role.code for role in found}
    if unknown:
        raise UnknownRoleError(f"没有这样的角色：{'、'.join(sorted(unknown))}。")
    return found


def refuse_mixed_branches(roles: Iterable[Role]) -> None:
    branches = {role.branch for role in roles}
    if len(branches) > 1:
        names = "、".join(str(Branch(branch).label) for branch in sorted(branches))
        raise MixedBranchesError(f"三员分立：一个账号不能同时担任{names}两类角色。")
