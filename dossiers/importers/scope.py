"""Which records an account may import."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from accounts.roles import RoleCode
from dossiers.importers.columns import Sheet
from members.choices import RecordKind
from members.models import CollectionDuty, Term


@dataclass(frozen=True)
class Scope:
    """`duties` gives, by kind of record, the departments that must have organised it.

    An empty set: whoever organised it. `duties` None: everything, the register included.
    """

    duties: Mapping[RecordKind, frozenset[str]] | None = None

    @classmethod
    def of(cls, user: User, term: Term) -> "Scope":
        """委员联络科 imports everything, others what their departments collect (D3 二)."""
        if user.has_role(RoleCode.REGISTRAR):
            return cls()
        duties: dict[RecordKind, frozenset[str]] = {}
        if not user.has_role(RoleCode.COLLECTOR):
            return cls(duties)
        rows = CollectionDuty.objects.filter(
            department__term=term, department__in=user.affiliations.values("department")
        ).values_list("record_kind", "own_only", "department__name")
        whole = {RecordKind(kind) for kind, own_only, _ in rows if not own_only}
        for kind, _, department in rows:
            known = duties.get(RecordKind(kind), frozenset())
            duties[RecordKind(kind)] = known | {department}
        return cls(duties | dict.fromkeys(whole, frozenset()))

    @property
    def is_whole(self) -> bool:
        return self.duties is None

    def opens(self, sheet: Sheet) -> bool:
        """Whether anything of the sheet may be imported."""
        return self.duties is None or any(kind in self.duties for kind in sheet.kinds)

    def covers(self, kind: RecordKind, organiser: str | None) -> bool:
        """`organiser` None: the record has none, so that it is nobody's own."""
        if self.duties is None:
            return True
        departments = self.duties.get(kind)
        return departments is not None and (not departments or organiser in departments)


#: Of those who work at the machine itself.
EVERYTHING = Scope()
