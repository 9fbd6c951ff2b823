"""核对: the office looks at a paper block by block, returns it, or passes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError, StaleRecordError
from core.refusals import RefusalError
from dossiers.choices import (
    BlockVerdict,
    DeclaredState,
    HandInKind,
    PaperAct,
    PaperState,
    ReturnBlock,
)
from dossiers.models import Campaign, Declaration, DutyPaper, PaperBlock, PaperEvent
from members.choices import NoticeKind
from members.services.notices import send_notice


class OwnPaperError(RefusalError):
    """Nobody verifies their own paper."""


class PaperStateError(RefusalError):
    """The step is not possible in the state the paper is in."""


class NotVerifiedYetError(RefusalError):
    """Something of the paper has not been looked at."""


@dataclass(frozen=True)
class LeftOut:
    """A paper that must be looked at by itself, and why."""

    paper: DutyPaper
    why: str


@dataclass(frozen=True)
class VerifiedMany:
    verified: tuple[DutyPaper, ...]
    left_out: tuple[LeftOut, ...]


@transaction.atomic
def mark_block(
    *, paper: DutyPaper, block: str, verdict: str, mark: str = "", actor: User, at: datetime
) -> PaperBlock:
    """Agrees to a block, or says what is to be mended. The same mark again changes nothing.

    Raises OwnPaperError, PaperStateError or ReasonMissingError.
    """
    paper = _handed_in(paper, actor)
    if verdict == BlockVerdict.TO_MEND and not mark.strip():
        raise ReasonMissingError("请写明这一栏要改什么。")
    row, change = _mark(paper, block, verdict, mark.strip())
    if change is not None:
        audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=paper, changes=[change])
    return row


@transaction.atomic
def settle_declaration(
    *,
    declaration: Declaration,
    state: DeclaredState,
    answer: str = "",
    seen_version: int,
    actor: User,
    at: datetime,
) -> Declaration:
    """Takes over what the member declares, notes that it has become a record, or rejects it with
    a reason. The same answer again changes nothing; another one only by whoever has seen the first.

    Raises OwnPaperError, PaperStateError, ReasonMissingError or StaleRecordError.
    """
    _handed_in(declaration.paper, actor)
    row = Declaration.objects.select_for_update(no_key=True).filter(pk=declaration.pk).first()
    if row is None:
        raise PaperStateError("这一条已经由委员撤回。")
    answer = answer.strip()
    if state == DeclaredState.REJECTED and not answer:
        raise ReasonMissingError("不予采纳的，请写明理由。")
    if (row.state, row.answer) == (state, answer):
        return row
    if row.version != seen_version:
        stored = f"{row.get_state_display()} {row.answer}".strip()
        raise StaleRecordError(row, [("审核", stored, f"{state.label} {answer}".strip())])
    before = audit.snapshot(row)
    row.state, row.answer = state, answer
    row.version += 1
    row.full_clean()
    row.save()
    change = audit.changes_of(row, before, audit.snapshot(row))
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=row, changes=[change])
    return row


@transaction.atomic
def return_paper(
    *,
    paper: DutyPaper,
    reason: str,
    marks: Mapping[str, str] | None = None,
    seen_version: int,
    path: str = "",
    actor: User,
    at: datetime,
) -> DutyPaper:
    """Sends the paper back to its member, with what is to be mended block by block, and tells them,
    also while they are suspended: it answers what they handed in, and reminds of nothing.

    Raises OwnPaperError, PaperStateError, ReasonMissingError or StaleRecordError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明退回的理由。")
    paper = _handed_in(paper, actor, seen_version)
    changes = [
        change
        for block, mark in (marks or {}).items()
        if mark.strip()
        for _, change in [_mark(paper, block, BlockVerdict.TO_MEND, mark.strip())]
        if change is not None
    ]
    paper = _step(paper, PaperState.RETURNED, PaperAct.RETURNED, reason, actor, at, changes)
    send_notice(
        term=paper.campaign.term,
        kind=NoticeKind.CAMPAIGN,
        title=f"{paper.campaign.year}年度{paper.get_kind_display()}已退回，请修改后再提交",
        body=reason.strip(),
        members=[paper.member],
        subject=str(paper)[:200],
        path=path,
        actor=actor,
        at=at,
        even_suspended=True,
    )
    return paper


@transaction.atomic
def verify_paper(*, paper: DutyPaper, seen_version: int, actor: User, at: datetime) -> DutyPaper:
    """Passes a paper all of which was looked at. Passing it twice is passing it once.

    Raises OwnPaperError, PaperStateError, StaleRecordError or NotVerifiedYetError.
    """
    paper = _locked(paper, actor)
    if paper.state == PaperState.VERIFIED:
        return paper
    _refuse_state(paper, PaperState.SUBMITTED, seen_version)
    open_points = what_is_open(paper)
    if open_points:
        raise NotVerifiedYetError(f"还不能通过：{'；'.join(open_points)}。")
    return _step(paper, PaperState.VERIFIED, PaperAct.VERIFIED, "", actor, at, [])


@transaction.atomic
def verify_papers(
    *, campaign: Campaign, papers: Iterable[DutyPaper], actor: User, at: datetime
) -> VerifiedMany:
    """Passes at once the papers that only confirm the records; the others are left out, each with
    the reason. One audit entry over all.
    """
    keys = [paper.pk for paper in papers]
    rows = list(
        DutyPaper.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=keys, campaign=campaign)
        .select_related("campaign__term", "member__person")
        .prefetch_related("blocks", "declarations")
        .order_by("member__code", "kind")
    )
    done: list[DutyPaper] = []
    left: list[LeftOut] = []
    changes: list[audit.Change] = []
    for paper in rows:
        why = _why_alone(paper, actor)
        if why:
            left.append(LeftOut(paper, why))
            continue
        if paper.kind == HandInKind.ANNUAL_RETURN:
            for block in ReturnBlock:
                change = _mark(paper, block, BlockVerdict.AGREED, "")[1]
                changes += [change] if change is not None else []
        changes += _move(paper, PaperState.VERIFIED, PaperAct.VERIFIED, "", actor, at)
        done.append(paper)
    if changes:
        audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=campaign, changes=changes)
    return VerifiedMany(tuple(done), tuple(left))


@transaction.atomic
def reopen_paper(
    *, paper: DutyPaper, reason: str, seen_version: int, actor: User, at: datetime
) -> DutyPaper:
    """Takes the passing of a paper back; an archived one is corrected by a new frozen copy.

    Raises OwnPaperError, PaperStateError, ReasonMissingError or StaleRecordError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明重新审核的事由。")
    paper = _locked(paper, actor)
    if paper.state == PaperState.ARCHIVED:
        raise PaperStateError("这份材料已经归档。需要更正的，更正记录后重新归档，原件保留。")
    _refuse_state(paper, PaperState.VERIFIED, seen_version)
    return _step(paper, PaperState.SUBMITTED, PaperAct.REOPENED, reason, actor, at, [])


def what_is_open(paper: DutyPaper) -> list[str]:
    """What stands between the paper and its passing, a clause each."""
    points = []
    if paper.kind == HandInKind.ANNUAL_RETURN:
        verdicts = dict(PaperBlock.objects.filter(paper=paper).values_list("block", "verdict"))
        waiting = [b.label for b in ReturnBlock if verdicts.get(b) != BlockVerdict.AGREED]
        if waiting:
            points.append(f"{'、'.join(f'“{label}”' for label in waiting)}还没有审为无误")
    count = Declaration.objects.filter(paper=paper, state=DeclaredState.DECLARED).count()
    if count:
        points.append(f"有{count}条本人补充还没有核实")
    return points


def _why_alone(paper: DutyPaper, actor: User) -> str:
    """Why the paper cannot be passed among many; empty where it can."""
    if paper.member.person.user_id == actor.pk:
        return "本人的材料请他人审核"
    if paper.state != PaperState.SUBMITTED:
        return f"现为{paper.get_state_display()}"
    if paper.declarations.all():
        return f"有{len(paper.declarations.all())}条本人补充，请逐条核实"
    if any(block.remark.strip() for block in paper.blocks.all()):
        return "有本人说明，请逐栏核对"
    if any(block.verdict == BlockVerdict.TO_MEND for block in paper.blocks.all()):
        return "有栏目已标为退回修改"
    return ""


def _locked(paper: DutyPaper, actor: User) -> DutyPaper:
    rows = DutyPaper.objects.select_for_update(of=("self",), no_key=True)
    paper = rows.select_related("member__person", "campaign__term").get(pk=paper.pk)
    if paper.member.person.user_id == actor.pk:
        raise OwnPaperError("不能审核本人的材料，请其他同志办理。")
    return paper


def _handed_in(paper: DutyPaper, actor: User, seen_version: int | None = None) -> DutyPaper:
    paper = _locked(paper, actor)
    _refuse_state(paper, PaperState.SUBMITTED, seen_version)
    return paper


def _refuse_state(paper: DutyPaper, state: PaperState, seen_version: int | None) -> None:
    if paper.state != state:
        raise PaperStateError(
            f"这份{paper.get_kind_display()}现为“{paper.get_state_display()}”，"
            f"只有“{state.label}”的才能这样办。请重新打开页面查看。"
        )
    if seen_version is not None and paper.version != seen_version:
        raise StaleRecordError(paper, [])


def _mark(
    paper: DutyPaper, block: str, verdict: str, mark: str
) -> tuple[PaperBlock, audit.Change | None]:
    row = PaperBlock.objects.filter(paper=paper, block=block).first()
    before = None if row is None else audit.snapshot(row)
    row = row or PaperBlock(paper=paper, block=block)
    row.verdict, row.mark = verdict, mark
    if before is not None and audit.snapshot(row) == before:
        return row, None
    row.full_clean()
    row.save()
    return row, audit.changes_of(row, before, audit.snapshot(row))


def _move(
    paper: DutyPaper, state: PaperState, act: PaperAct, note: str, actor: User | None, at: datetime
) -> list[audit.Change]:
    before = audit.snapshot(paper)
    paper.state = state
    if act == PaperAct.VERIFIED:
        paper.verified_by, paper.verified_at = actor, at
    elif act == PaperAct.REOPENED:
        paper.verified_by, paper.verified_at = None, None
    paper.version += 1
    paper.full_clean()
    paper.save()
    event = PaperEvent(paper=paper, act=act, note=note.strip(), by=actor, at=at)
    event.full_clean()
    event.save(force_insert=True)
    return [
        audit.changes_of(paper, before, audit.snapshot(paper)),
        audit.changes_of(event, None, audit.snapshot(event)),
    ]


def _step(
    paper: DutyPaper,
    state: PaperState,
    act: PaperAct,
    note: str,
    actor: User,
    at: datetime,
    changes: Sequence[audit.Change],
) -> DutyPaper:
    moved = _move(paper, state, act, note, actor, at)
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=paper,
        reason=note.strip(),
        changes=[*moved, *changes],
    )
    return paper
