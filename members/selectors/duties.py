"""What an account collects (萍协字〔2022〕8号 二)."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from accounts.roles import RoleCode
from core.refusals import RefusalError
from members.choices import RecordKind
from members.models import CollectionDuty, Term


class NotCollectedError(RefusalError):
    """A record was about to be written that falls to another department."""


@dataclass(frozen=True)
class Duties:
    """By kind of record, the departments that must have organised it; none named: whoever did.

    `kinds` None: everything. `departments` are those the account works for.
    """

    kinds: Mapping[RecordKind, frozenset[str]] | None = None
    departments: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.kinds is None

    def opens(self, kind: RecordKind) -> bool:
        """Whether any record of the kind falls to the account."""
        return self.kinds is None or kind in self.kinds

    def organisers(self, kind: RecordKind) -> frozenset[str]:
        """The departments one of which must have organised it; empty: whoever did."""
        return frozenset() if self.kinds is None else self.kinds.get(kind, frozenset())

    def covers(self, kind: RecordKind, organiser: str | None) -> bool:
        """`organiser` None: the record has none, so that it is nobody's own."""
        if not self.opens(kind):
            return False
        organisers = self.organisers(kind)
        return not organisers or organiser in organisers


def duties_of(user: User, term: Term) -> Duties:
    """委员联络科 collects everything, a collector what their departments do, others nothing."""
    if user.has_role(RoleCode.REGISTRAR):
        return Duties()
    if not user.has_role(RoleCode.COLLECTOR):
        return Duties({})
    departments = user.affiliations.filter(department__term=term).values_list(
        "department__name", flat=True
    )
    rows = CollectionDuty.objects.filter(
        department__term=term, department__in=user.affiliations.values("department")
    ).values_list("record_kind", "own_only", "department__name")
    kinds: dict[RecordKind, frozenset[str]] = {}
    for kind, _, department in rows:
        kinds[RecordKind(kind)] = kinds.get(RecordKind(kind), frozenset()) | {department}
    whole = {RecordKind(kind) for kind, own_only, _ in rows if not own_only}
    return Duties(kinds | dict.fromkeys(whole, frozenset()), tuple(sorted(set(departments))))


def refuse_uncollected(
    *, actor: User | None, term: Term, kind: RecordKind, organiser: str | None = None
) -> None:
    """Raises NotCollectedError where the record falls to another department than the actor's.

    The system itself (no actor) may write everything.
    """
    if actor is None:
        return
    duties = duties_of(actor, term)
    if duties.covers(kind, organiser):
        return
    if not duties.opens(kind):
        raise NotCollectedError(
            f"“{kind.label}”不由您所在的部门采集，没有保存。如分工有变，请联系委员联络科。"
        )
    own = "、".join(sorted(duties.organisers(kind)))
    raise NotCollectedError(
        f"您只采集{own}承办的“{kind.label}”，这一条的承办部门是"
        f"“{organiser or '空'}”，没有保存。请由承办部门录入。"
    )


def collecting_departments(term: Term) -> dict[RecordKind, list[str]]:
    """By kind of record, the departments that collect it, in their order."""
    rows = (
        CollectionDuty.objects.filter(department__term=term)
        .order_by("department__sequence", "department__name")
        .values_list("record_kind", "department__name")
    )
    found: dict[RecordKind, list[str]] = {}
    for kind, department in rows:
        found.setdefault(RecordKind(kind), []).append(department)
    return found
