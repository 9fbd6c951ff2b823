"""Deciding on two records that may be the same: one goes, or both stay."""

from datetime import datetime

from django.db import models, transaction

from accounts.models import User
from accounts.services import save_record
from accounts.services.records import (
    ReasonMissingError,
    RecordGoneError,
    delete_record,
    refuse_stale,
)
from core.inserting import unless_known
from core.refusals import RefusalError
from dossiers.selectors.duplicates import COMPARED, collected
from members.choices import RecordKind
from members.models import Term
from members.selectors.duties import duties_of
from proposals.models import DistinctPair, Proposal, PublicOpinionReport


class NotYourPairError(RefusalError):
    """One of the two records does not fall to the actor's department."""


class StillSourceError(RefusalError):
    """A 社情民意信息 says it came from the proposal that was to be deleted."""


class DecidedAlreadyError(RefusalError):
    """Somebody has found the two to be distinct already."""


@transaction.atomic
def merge_duplicate(
    *,
    kind: RecordKind,
    term: Term,
    kept: int,
    doomed: int,
    seen_version: int,
    reason: str,
    actor: User,
    at: datetime,
) -> models.Model:
    """Deletes `doomed` and keeps `kept` (primary keys); returns the one kept.

    Both are locked in one order, so that of two clerks each deleting the other's one is refused.
    `seen_version` is of the doomed row as the actor saw it. Raises NotYourPairError,
    ReasonMissingError, StillSourceError, StaleRecordError, RecordGoneError or RecordInUseError.
    """
    rows = _both(kind, term, kept, doomed, actor)
    refuse_stale(rows[doomed], rows[doomed], seen_version)
    _refuse_source(rows[doomed])
    if not reason.strip():
        raise ReasonMissingError("请写明合并事由。")
    told = f"与“{rows[kept]}”重复，合并：{reason.strip()}"
    delete_record(obj=rows[doomed], actor=actor, at=at, reason=told)
    return rows[kept]


@transaction.atomic
def mark_distinct(
    *,
    kind: RecordKind,
    term: Term,
    one: int,
    other: int,
    reason: str,
    actor: User,
    at: datetime,
) -> DistinctPair:
    """Both stay, and are not shown as suspects again.

    Raises NotYourPairError, ReasonMissingError, RecordGoneError or DecidedAlreadyError.
    """
    _both(kind, term, one, other, actor)
    if not reason.strip():
        raise ReasonMissingError("请写明为什么不是重复。")
    first, second = sorted((one, other))

    def refuse_decided() -> None:
        if DistinctPair.objects.filter(kind=kind, first_id=first, second_id=second).exists():
            raise DecidedAlreadyError("这两条已核实为不重复，没有重复登记。")

    pair = DistinctPair(
        term=term, kind=kind, first_id=first, second_id=second, reason=reason.strip()
    )
    with unless_known(refuse_decided):
        return save_record(obj=pair, actor=actor, at=at, reason=pair.reason)


def _both(
    kind: RecordKind, term: Term, one: int, other: int, actor: User
) -> dict[int, models.Model]:
    """Both rows, locked; both must still be there and fall to the actor."""
    model = COMPARED[kind].model
    rows: dict[int, models.Model] = {}
    for pk in sorted((one, other)):
        row = model._base_manager.select_for_update(no_key=True).filter(pk=pk).first()
        if row is not None:
            rows[pk] = row
    if len(rows) != 2:
        raise RecordGoneError("这两条中已有一条被他人处理，没有改动。请返回疑似重复页面查看。")
    mine = collected(kind, term=term, duties=duties_of(actor, term), user=actor)
    if mine.filter(pk__in=rows).count() != 2:
        raise NotYourPairError("这两条不都由您所在的部门采集，不能在此处理。请联系委员联络科。")
    return rows


def _refuse_source(doomed: models.Model) -> None:
    if not isinstance(doomed, Proposal):
        return
    report = PublicOpinionReport.objects.filter(
        term=doomed.term_id, source_proposal_number=doomed.number
    ).first()
    if report is not None:
        raise StillSourceError(
            f"社情民意信息“{report}”注明由提案{doomed.number}转来，不能删除。"
            "请保留这一条、删除另一条，或先更正该信息的来源提案号。"
        )
