"""本人补充: what a member adds beside the records of the 登记表, or says differently of one."""

from datetime import date, datetime

from django.core.files.base import File
from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError, StaleRecordError
from core.models import Recorded
from core.refusals import RefusalError
from dossiers.choices import BlockVerdict, DeclaredState
from dossiers.models import Declaration, DutyPaper, PaperBlock
from dossiers.selectors.disputable import own_record, type_of
from dossiers.services.papers import locked_paper, refuse_blockless, refuse_closed, refuse_long


class OtherYearError(RefusalError):
    """A paper is about its own year."""


class NotOwnRecordError(RefusalError):
    """The record is not the member's, or is gone."""


class DeclarationSettledError(RefusalError):
    """What the office has taken over is no longer the member's to change."""


@transaction.atomic
def declare(
    *,
    paper: DutyPaper,
    block: str,
    text: str,
    date: date | None,
    proof: File | None,
    record: Recorded | None = None,
    actor: User,
    at: datetime,
) -> Declaration:
    """A line beside the records: a piece of work they lack, or, with `record`, what it should say.
    The same line again is the line that stands there: an answer that was lost on the way may be
    asked for again.

    Raises NotOwnPaperError, PaperClosedError, NotOwnRecordError, OtherYearError,
    ReasonMissingError, TextTooLongError or ValidationError.
    """
    paper = _editable(paper, actor)
    declaration = Declaration(
        paper=paper,
        block=block,
        text=_wording(text),
        date=_of_year(paper, date),
        proof=proof or "",
        recorded_by=actor,
        recorded_at=at,
    )
    if record is not None:
        _name_record(declaration, record)
    known = _said_already(declaration)
    if known is not None:
        return known
    declaration.full_clean()
    declaration.save(force_insert=True)
    _record(declaration, None, _reopen(paper, block), Verb.CREATE, actor, at)
    return declaration


@transaction.atomic
def change_declaration(
    *,
    declaration: Declaration,
    text: str,
    date: date | None,
    proof: File | None = None,
    seen_version: int,
    actor: User,
    at: datetime,
) -> Declaration:
    """Says it anew; the proof stays where no other is given. It waits to be looked at again.
    Saying what waits there already changes nothing, whatever version was seen.

    Raises NotOwnPaperError, PaperClosedError, DeclarationSettledError, OtherYearError,
    ReasonMissingError, ValidationError or StaleRecordError, which holds both wordings where
    another device saved another one.
    """
    paper = _editable(declaration.paper, actor)
    declaration = _locked(declaration)
    text, date = _wording(text), _of_year(paper, date)
    differing = _differing(declaration, text, date)
    if not differing and proof is None and declaration.state == DeclaredState.DECLARED:
        return declaration
    if declaration.version != seen_version:
        raise StaleRecordError(declaration, differing)
    before = audit.snapshot(declaration)
    declaration.text, declaration.date = text, date
    if proof is not None:
        declaration.proof = proof
    declaration.state, declaration.answer = DeclaredState.DECLARED, ""
    declaration.version += 1
    declaration.full_clean()
    declaration.save()
    _record(declaration, before, _reopen(paper, declaration.block), Verb.UPDATE, actor, at)
    return declaration


@transaction.atomic
def withdraw_declaration(*, declaration: Declaration, actor: User, at: datetime) -> None:
    """Takes the line away; the audit trail keeps it.

    Raises NotOwnPaperError, PaperClosedError or DeclarationSettledError.
    """
    paper = _editable(declaration.paper, actor)
    declaration = _locked(declaration)
    before = audit.snapshot(declaration)
    changes = [audit.changes_of(declaration, before, None), *_reopen(paper, declaration.block)]
    audit.record(actor=actor, verb=Verb.DELETE, at=at, obj=declaration, changes=changes)
    declaration.delete()


def _editable(paper: DutyPaper, actor: User) -> DutyPaper:
    paper = locked_paper(paper, actor)
    refuse_closed(paper)
    refuse_blockless(paper)
    return paper


def _locked(declaration: Declaration) -> Declaration:
    row = Declaration.objects.select_for_update(no_key=True).filter(pk=declaration.pk).first()
    if row is None:
        raise DeclarationSettledError("这一条已经撤回。")
    if row.state in {DeclaredState.ACCEPTED, DeclaredState.ENTERED}:
        raise DeclarationSettledError("这一条已经采纳，不能再改。")
    return row


def _wording(text: str) -> str:
    if not text.strip():
        raise ReasonMissingError("请写明要补充的内容。")
    refuse_long(Declaration, "text", text.strip())
    return text.replace("\r\n", "\n").strip()


def _of_year(paper: DutyPaper, date: date | None) -> date | None:
    year = paper.campaign.year
    if date is not None and date.year != year:
        raise OtherYearError(f"这是{year}年度的登记表，请填写{year}年内的日期。")
    return date


def _said_already(declaration: Declaration) -> Declaration | None:
    """The line that waits there with the same words, about the same thing, with the same proof."""
    rows = Declaration.objects.filter(
        paper=declaration.paper,
        block=declaration.block,
        record_type=declaration.record_type,
        record_id=declaration.record_id,
        date=declaration.date,
        text=declaration.text,
        state=DeclaredState.DECLARED,
    )
    size = declaration.proof.size if declaration.proof else None
    return next((row for row in rows if (row.proof.size if row.proof else None) == size), None)


def _differing(
    declaration: Declaration, text: str, date: date | None
) -> list[tuple[str, str, str]]:
    """(label, as stored, as given) of what would be said anew."""
    pairs = (
        ("内容", declaration.text, text),
        ("日期", str(declaration.date or ""), str(date or "")),
    )
    return [pair for pair in pairs if pair[1] != pair[2]]


def _name_record(declaration: Declaration, record: Recorded) -> None:
    entry = type_of(record)
    if own_record(declaration.paper.member, entry.label, record.pk) is None:
        raise NotOwnRecordError("这条记录不在您名下，或已经删除。")
    declaration.record_type, declaration.record_id = entry.label, record.pk
    declaration.date = declaration.date or entry.on(record)


def _reopen(paper: DutyPaper, block: str) -> list[audit.Change]:
    """A block found in order is looked at again when what stands in it changes."""
    row = PaperBlock.objects.filter(paper=paper, block=block, verdict=BlockVerdict.AGREED).first()
    if row is None:
        return []
    before = audit.snapshot(row)
    row.verdict = BlockVerdict.WAITING
    row.save()
    return [audit.changes_of(row, before, audit.snapshot(row))]


def _record(
    declaration: Declaration,
    before: audit.Snapshot | None,
    further: list[audit.Change],
    verb: Verb,
    actor: User,
    at: datetime,
) -> None:
    change = audit.changes_of(declaration, before, audit.snapshot(declaration))
    audit.record(actor=actor, verb=verb, at=at, obj=declaration, changes=[change, *further])
