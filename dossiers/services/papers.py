"""A member's paper of a campaign: begun, saved, confirmed, signed and handed in."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import StaleRecordError
from core.counting import counted_length
from core.files import LARGEST_ATTACHMENT
from core.pictures import UnreadablePictureError, signature_picture
from core.refusals import RefusalError
from dossiers.choices import BlockVerdict, HandInKind, PaperAct, PaperState, ReturnBlock
from dossiers.models import Campaign, DutyPaper, HandIn, PaperBlock, PaperEvent
from dossiers.permissions import EDITABLE_STATES
from dossiers.selectors.papers import (
    REPORT_KINDS,
    TEXT_FIELDS,
    accepts_papers,
    owed_kinds,
    unconfirmed_blocks,
)
from dossiers.services.incomplete import IncompleteError
from members.models import Member


class NotOwnPaperError(RefusalError):
    """Members fill their own papers, and nobody does it for them."""


class NotCollectedError(RefusalError):
    """The campaign does not collect this paper from this member, or not now."""


class PaperClosedError(RefusalError):
    """The step is not possible in the state the paper or its campaign is in."""


class NoSuchTextError(RefusalError):
    """The paper has no such text."""


class TextTooLongError(RefusalError):
    """Longer than anything we keep; the limit of a report is another, and looked at later."""


class PaperIncompleteError(IncompleteError):
    """A paper is handed in whole."""


class SignatureRefusedError(RefusalError):
    """The file is no picture we can print."""


@transaction.atomic
def open_paper(
    *, campaign: Campaign, member: Member, kind: str, actor: User, at: datetime
) -> DutyPaper:
    """The member's paper of the kind, begun where there is none yet.

    Raises NotOwnPaperError or NotCollectedError.
    """
    _refuse_others(member, actor)
    member = Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    known = DutyPaper.objects.filter(campaign=campaign, member=member, kind=kind).first()
    if known is not None:
        return known
    on = timezone.localdate(at)
    if not accepts_papers(campaign, on):
        raise NotCollectedError(f"{campaign.year}年度填报现在不在进行，请与委员联络科联系。")
    if kind not in owed_kinds(campaign, member, on):
        raise NotCollectedError(f"{campaign.year}年度不向您收取这份材料，请与委员联络科联系。")
    paper = DutyPaper(
        campaign=campaign, member=member, kind=kind, recorded_by=actor, recorded_at=at
    )
    paper.full_clean()
    paper.save(force_insert=True)
    blocks = ReturnBlock if kind == HandInKind.ANNUAL_RETURN else ()
    PaperBlock.objects.bulk_create(PaperBlock(paper=paper, block=block) for block in blocks)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=paper,
        changes=[audit.changes_of(paper, None, audit.snapshot(paper))],
    )
    return paper


@transaction.atomic
def save_draft(
    *,
    paper: DutyPaper,
    seen_version: int,
    values: Mapping[str, str],
    actor: User,
    at: datetime,
) -> DutyPaper:
    """Keeps the texts as they are. Saving what is stored already changes nothing, whatever version
    was seen: an answer that was lost on the way may be asked for again.

    Raises NotOwnPaperError, PaperClosedError, NoSuchTextError, TextTooLongError or
    StaleRecordError, which holds both texts wherever another device saved another one.
    """
    paper = locked_paper(paper, actor)
    refuse_closed(paper)
    given = {name: _tidy(text) for name, text in values.items()}
    _refuse_unknown(paper, given)
    before = audit.snapshot(paper)
    differing = {name: text for name, text in given.items() if getattr(paper, name) != text}
    if not differing:
        return paper
    if paper.version != seen_version:
        raise StaleRecordError(
            paper,
            [(_label(name), getattr(paper, name), text) for name, text in differing.items()],
        )
    for name, text in differing.items():
        setattr(paper, name, text)
    return _store(paper, before, actor, at)


@transaction.atomic
def confirm_block(
    *, paper: DutyPaper, block: str, remark: str, seen_version: int, actor: User, at: datetime
) -> PaperBlock:
    """The member has read a block of the 登记表, with what they wish to say of it. The remark that
    is stored already may be given whatever version was seen; one found in order and said anew
    waits for the office again.

    Raises NotOwnPaperError, PaperClosedError, TextTooLongError or StaleRecordError, which holds
    both remarks where another device saved another one.
    """
    paper = locked_paper(paper, actor)
    refuse_closed(paper)
    refuse_blockless(paper)
    refuse_long(PaperBlock, "remark", remark)
    row = PaperBlock.objects.filter(paper=paper, block=block).first()
    before = None if row is None else audit.snapshot(row)
    row = row or PaperBlock(paper=paper, block=block)
    remark = _tidy(remark).strip()
    if row.remark != remark:
        if row.version != seen_version:
            raise StaleRecordError(row, [("本人说明", row.remark, remark)])
        row.remark, row.version = remark, row.version + 1
        if row.verdict == BlockVerdict.AGREED:
            row.verdict = BlockVerdict.WAITING
    row.confirmed_at = at
    row.full_clean()
    row.save()
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=paper,
        changes=[audit.changes_of(row, before, audit.snapshot(row))],
    )
    return row


@transaction.atomic
def sign_paper(*, paper: DutyPaper, image: File | None, actor: User, at: datetime) -> DutyPaper:
    """Puts the signature on the paper, drawn anew as a small picture; None takes it off.

    Raises NotOwnPaperError, PaperClosedError or SignatureRefusedError.
    """
    paper = locked_paper(paper, actor)
    refuse_closed(paper)
    before = audit.snapshot(paper)
    paper.signature = "" if image is None else _printable(image)
    return _store(paper, before, actor, at)


@transaction.atomic
def submit_paper(*, paper: DutyPaper, seen_version: int, actor: User, at: datetime) -> DutyPaper:
    """Hands the paper in, or in again after it was returned. The moment of the first time stays,
    and the hand-in bears its day in Shanghai. Submitting twice is submitting once.

    Raises NotOwnPaperError, PaperClosedError, StaleRecordError or PaperIncompleteError.
    """
    paper = locked_paper(paper, actor)
    if paper.state == PaperState.SUBMITTED:
        return paper
    refuse_closed(paper)
    if paper.version != seen_version:
        raise StaleRecordError(paper, [])
    missing = what_is_missing(paper)
    if missing:
        raise PaperIncompleteError(missing)
    before = audit.snapshot(paper)
    first = paper.first_submitted_at or at
    paper.state = PaperState.SUBMITTED
    paper.submitted_at, paper.first_submitted_at = at, first
    event = PaperEvent(paper=paper, act=PaperAct.SUBMITTED, by=actor, at=at)
    event.full_clean()
    event.save(force_insert=True)
    changes = [audit.changes_of(event, None, audit.snapshot(event))]
    changes += _look_again(paper)
    changes += _hand_in(paper, timezone.localdate(first), actor, at)
    return _store(paper, before, actor, at, changes)


def what_is_missing(paper: DutyPaper) -> list[str]:
    """Why the paper cannot be handed in yet, a clause each; nothing where it can."""
    if paper.kind == HandInKind.ANNUAL_RETURN:
        return left_to_confirm(unconfirmed_blocks(paper))
    missing = [
        f"“{_label(name)}”还没有填写"
        for name in TEXT_FIELDS[paper.kind]
        if not getattr(paper, name).strip()
    ]
    length, limit = counted_length(paper.text), paper.campaign.report_length
    if paper.kind in REPORT_KINDS and length > limit:
        missing.append(f"正文{length}字，超过{limit}字的上限，请删减{length - limit}字")
    return missing


def left_to_confirm(blocks: Iterable[ReturnBlock]) -> list[str]:
    """These blocks in a clause; none without blocks."""
    named = "、".join(f"“{block.label}”" for block in blocks)
    return [f"请先确认{named}"] if named else []


def locked_paper(paper: DutyPaper, actor: User) -> DutyPaper:
    """The member's own paper as it is now; nobody else acts on it until the transaction ends."""
    rows = DutyPaper.objects.select_for_update(of=("self",), no_key=True)
    paper = rows.select_related("member__person", "campaign__term").get(pk=paper.pk)
    _refuse_others(paper.member, actor)
    return paper


def refuse_closed(paper: DutyPaper) -> None:
    """A paper in the office's hands is not changed; one it returned may be, though the campaign
    has been closed meanwhile.
    """
    if paper.state not in EDITABLE_STATES:
        raise PaperClosedError(
            f"这份{paper.get_kind_display()}{paper.get_state_display()}，现在不能修改。"
            "需要修改的，请委员联络科退回。"
        )
    campaign = paper.campaign
    returned = paper.state == PaperState.RETURNED
    if campaign.archived_at is not None or (campaign.closed_at is not None and not returned):
        raise PaperClosedError(f"{campaign.year}年度填报已经结束，请与委员联络科联系。")


def refuse_blockless(paper: DutyPaper) -> None:
    if paper.kind != HandInKind.ANNUAL_RETURN:
        raise PaperClosedError("只有履职情况登记表逐栏确认。")


def refuse_long(model: type[Model], name: str, text: str) -> None:
    """Raises TextTooLongError where the column's limit is passed."""
    field = model._meta.get_field(name)
    most = getattr(field, "max_length", None)
    if most is not None and len(text) > most:
        label = getattr(field, "verbose_name", "")
        raise TextTooLongError(f"“{label}”超过{most}字，没有保存，请删减。")


def _refuse_others(member: Member, actor: User) -> None:
    if member.person.user_id is None or member.person.user_id != actor.pk:
        raise NotOwnPaperError("填报材料由委员本人填写。")


def _refuse_unknown(paper: DutyPaper, given: Mapping[str, str]) -> None:
    for name, text in given.items():
        if name not in TEXT_FIELDS[paper.kind]:
            raise NoSuchTextError(f"{paper.get_kind_display()}没有这一栏。")
        refuse_long(DutyPaper, name, text)


def _printable(image: File) -> ContentFile:
    if image.size > LARGEST_ATTACHMENT:
        raise SignatureRefusedError("签名图片超过 10 MB，请裁剪或压缩后再传。")
    try:
        return signature_picture(image)
    except UnreadablePictureError as error:
        raise SignatureRefusedError(
            "读不出签名：请用 PNG 或 JPG 图片，白底深色笔迹，不要空白的。"
        ) from error


def _look_again(paper: DutyPaper) -> list[audit.Change]:
    """What was sent back is mended and waits to be looked at; the mark stays to compare with."""
    changes = []
    for row in PaperBlock.objects.filter(paper=paper, verdict=BlockVerdict.TO_MEND):
        before = audit.snapshot(row)
        row.verdict = BlockVerdict.WAITING
        row.full_clean()
        row.save()
        changes.append(audit.changes_of(row, before, audit.snapshot(row)))
    return changes


def _hand_in(paper: DutyPaper, on: date, actor: User, at: datetime) -> list[audit.Change]:
    """The row the rules read; one that is there already stays as it was entered."""
    row, created = HandIn.objects.get_or_create(
        member=paper.member,
        year=paper.campaign.year,
        kind=paper.kind,
        defaults={"submitted_date": on, "recorded_by": actor, "recorded_at": at},
    )
    return [audit.changes_of(row, None, audit.snapshot(row))] if created else []


def _store(
    paper: DutyPaper,
    before: audit.Snapshot,
    actor: User,
    at: datetime,
    changes: list[audit.Change] | None = None,
) -> DutyPaper:
    paper.version += 1
    paper.full_clean()
    paper.save()
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=paper,
        changes=[audit.changes_of(paper, before, audit.snapshot(paper)), *(changes or ())],
    )
    return paper


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _label(name: str) -> str:
    return str(getattr(DutyPaper._meta.get_field(name), "verbose_name", name))
