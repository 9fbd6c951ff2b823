"""Which records an account may import."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from dossiers.importers.columns import Sheet
from members.choices import RecordKind
from members.models import Term
from members.selectors.duties import duties_of


@dataclass(frozen=True)
class Scope:
    """`duties` gives, by kind of record, the departments that must have organised it.

    An empty set: whoever organised it. `duties` None: everything, the register included.
    """

    duties: Mapping[RecordKind, frozenset[str]] | None = None

    @classmethod
    def of(cls, user: User, term: Term) -> "Scope":
        """委员联络科 imports everything, others what their departments collect (D3 二)."""
        return cls(duties_of(user, term).kinds)

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
