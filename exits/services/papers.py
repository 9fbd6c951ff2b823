"""Official letters: numbered, printed and stored once, never changed; and the office's wordings."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import StaleRecordError, save_record
from accounts.services.records import delete_record
from core.inserting import unless_known
from core.official import OfficialLetter, print_official_letter
from core.refusals import RefusalError
from exits.choices import PaperKind, PaperVariant
from exits.models import Case, Interview, LetterHead, OfficialPaper, PaperTemplate
from exits.selectors.layout import issuer_of, laid_out, paper_name
from exits.selectors.papers import (
    kinds_for_case,
    kinds_for_interview,
    letter_head,
    series_of,
    variant_for,
)
from exits.services.steps import OwnCaseError, StepOutOfOrderError, refuse_future, refuse_own
from exits.wording import BLANK, check_template, shipped_wordings, wording_key
from members.models import Assembly, Term

#: Kinds that go to nobody in particular.
UNADDRESSED = (PaperKind.PUBLICATION,)
#: Kinds that tell of the decision.
AFTER_DECISION = (PaperKind.DECISION_MEMBER, PaperKind.DECISION_UNIT, PaperKind.PUBLICATION)
LONGEST_NAME, MOST_NAMES = 100, 50


class PaperNotDueError(RefusalError):
    """This kind of letter does not fit what it is about as it stands."""


class PaperIncompleteError(RefusalError):
    """A letter without addressee, or with a blank left in it, is not issued."""


class IssuedAlreadyError(RefusalError):
    """The same letter went out already."""


class TemplateUnknownError(RefusalError):
    """No letter of this kind and variant is written from a template."""


def issue_paper(
    *,
    term: Term,
    kind: str,
    title: str,
    body: str,
    addressees: Sequence[str],
    issued_date: date,
    actor: User | None,
    at: datetime,
    case: Case | None = None,
    interview: Interview | None = None,
    partner: str = "",
    appendix: Sequence[Mapping[str, Any]] = (),
    series: str = "",
    copied_to: Sequence[str] = (),
    variant: str = "",
) -> OfficialPaper:
    """Issues a letter under the next number of its series and year; two clerks get two numbers.

    `appendix` are tables: {"title", "columns", "rows", "note"}, all of text. `series` defaults to
    that of the assembly's head for this kind. Raises PaperNotDueError, PaperIncompleteError,
    IssuedAlreadyError, OwnCaseError, StepOutOfOrderError or ValidationError.
    """
    head = letter_head(term.assembly)
    paper = OfficialPaper(
        term=term,
        kind=PaperKind(kind),
        variant=variant or variant_for(kind, case=case, interview=interview),
        case=case,
        interview=interview,
        partner=partner,
        series=series.strip() or series_of(head, kind),
        year=issued_date.year,
        title=title.strip(),
        addressees=_names(addressees),
        copied_to=_names(copied_to),
        body=body.strip(),
        appendix=[dict(table) for table in appendix],
        issuer=issuer_of(head, kind),
        issued_date=issued_date,
        recorded_by=actor,
        recorded_at=at,
    )
    # Printed before anything is locked, under the number that is next: that may take a while.
    _refuse_unready(paper, at)
    _refuse_repeated(paper)
    paper.sequence = _next_number(paper.series, paper.year)
    letter = _laid_out(paper, head)
    return _issue(paper, letter, print_official_letter(letter))


@transaction.atomic
def _issue(paper: OfficialPaper, printed_letter: OfficialLetter, content: bytes) -> OfficialPaper:
    """`content` is of the letter as it stood a moment ago; printed anew if another took its number
    meanwhile, or what it tells has changed.
    """
    at, actor = paper.recorded_at, paper.recorded_by
    if at is None:
        raise ValueError("recorded_at")
    _lock_subject(paper)
    _refuse_unready(paper, at)
    # Numbers are given out one after another: whoever comes second waits here.
    Assembly.objects.select_for_update(no_key=True).get(pk=paper.term.assembly_id)
    _refuse_repeated(paper)
    paper.sequence = _next_number(paper.series, paper.year)
    head = letter_head(paper.term.assembly)
    paper.issuer = issuer_of(head, paper.kind)
    letter = _laid_out(paper, head)
    if letter != printed_letter:
        content = print_official_letter(letter)
    paper.sha256 = hashlib.sha256(content).hexdigest()
    paper.full_clean(exclude=["file"])
    name = paper_name(paper.number, paper.title[:60], paper.issued_date)
    paper.file.save(name, ContentFile(content), save=False)
    try:
        paper.save(force_insert=True)
        audit.record(
            actor=actor,
            verb=Verb.CREATE,
            at=at,
            obj=paper,
            detail={"number": paper.number, "sha256": paper.sha256},
            changes=[audit.changes_of(paper, None, audit.snapshot(paper))],
        )
    except Exception:
        paper.file.delete(save=False)
        raise
    return paper


def _refuse_unready(paper: OfficialPaper, at: datetime) -> None:
    kind = PaperKind(paper.kind)
    refuse_future(paper.issued_date, at)
    _refuse_own(paper.case, paper.interview, paper.recorded_by)
    _refuse_unfit(kind, paper.case, paper.interview, paper.partner, paper.variant)
    if paper.case is not None:
        _refuse_misdated(kind, paper.case, paper.issued_date)
    _refuse_incomplete(kind, paper.title, paper.body, paper.addressees)


def _lock_subject(paper: OfficialPaper) -> None:
    """What the letter is about stays as it is while the letter is issued."""
    if paper.case is not None:
        cases = Case.objects.select_for_update(of=("self",), no_key=True)
        paper.case = cases.get(pk=paper.case.pk)
    if paper.interview is not None:
        interviews = Interview.objects.select_for_update(of=("self",), no_key=True)
        paper.interview = interviews.get(pk=paper.interview.pk)


def printed(paper: OfficialPaper, head: LetterHead, *, is_draft: bool = False) -> bytes:
    """The PDF of a letter, stored or only looked at. Raises FontUnavailableError."""
    return print_official_letter(_laid_out(paper, head, is_draft=is_draft))


def _laid_out(paper: OfficialPaper, head: LetterHead, *, is_draft: bool = False) -> OfficialLetter:
    return laid_out(
        head=head,
        kind=paper.kind,
        number=f"{paper.series}〔{paper.year}〕　号" if is_draft else paper.number,
        title=paper.title,
        body=paper.body,
        addressees=paper.addressees,
        copied_to=paper.copied_to,
        appendix=paper.appendix,
        issued_date=paper.issued_date,
        interview=paper.interview,
        is_draft=is_draft,
    )


@transaction.atomic
def edit_template(
    *,
    kind: str,
    variant: str,
    title: str,
    body: str,
    actor: User | None,
    at: datetime,
    seen_version: int,
) -> PaperTemplate:
    """Keeps the office's own wording; `seen_version` is 0 where the shipped one was in front of
    the editor. Raises TemplateUnknownError, PlaceUnknownError, StaleRecordError or ValidationError.
    """
    kind, variant = _known(kind, variant)
    check_template(kind, title, body)
    stored = PaperTemplate.objects.filter(kind=kind, variant=variant).first()
    if stored is not None:
        if seen_version == 0:
            raise StaleRecordError(stored, [])
        stored.title, stored.body = title.strip(), body.strip()
        return save_record(obj=stored, actor=actor, at=at, seen_version=seen_version)
    if seen_version:
        raise TemplateUnknownError("该文本已被他人恢复为原文本，请重新打开页面。")
    row = PaperTemplate(kind=kind, variant=variant, title=title.strip(), body=body.strip())

    def refuse_known() -> None:
        known = PaperTemplate.objects.filter(kind=kind, variant=variant).first()
        if known is not None:
            raise StaleRecordError(known, [])

    with unless_known(refuse_known):
        return save_record(obj=row, actor=actor, at=at)


@transaction.atomic
def restore_template(*, kind: str, variant: str, actor: User | None, at: datetime) -> None:
    """Back to the shipped wording; without an own one, nothing. Raises TemplateUnknownError."""
    kind, variant = _known(kind, variant)
    stored = PaperTemplate.objects.filter(kind=kind, variant=variant).first()
    if stored is not None:
        delete_record(obj=stored, actor=actor, at=at, reason="恢复原文本")


@transaction.atomic
def edit_letter_head(
    *,
    assembly: Assembly,
    names: Mapping[str, str],
    actor: User | None,
    at: datetime,
    seen_version: int,
) -> LetterHead:
    """Keeps the names and series letters are issued under; earlier letters keep theirs.

    `seen_version` is 0 where the usual ones were in front of the editor. Raises StaleRecordError
    or ValidationError.
    """
    Assembly.objects.select_for_update(no_key=True).get(pk=assembly.pk)
    head = letter_head(assembly)
    if seen_version == 0 and not head._state.adding:
        raise StaleRecordError(head, [])
    for name, value in names.items():
        setattr(head, name, value.strip())
    return save_record(obj=head, actor=actor, at=at, seen_version=seen_version or None)


def _known(kind: str, variant: str) -> tuple[str, str]:
    if (kind, variant) not in shipped_wordings():
        raise TemplateUnknownError("没有这种公文的文本。")
    return wording_key(kind, variant)


def _names(names: Sequence[str]) -> list[str]:
    tidy = [" ".join(name.split()) for name in names]
    return [name for name in tidy if name]


def _refuse_own(case: Case | None, interview: Interview | None, actor: User | None) -> None:
    if case is not None:
        refuse_own(case, actor)
    elif interview is not None and actor is not None and interview.member.person.user == actor:
        raise OwnCaseError("这是关于您本人的约谈，请由他人办理。")


def _refuse_unfit(
    kind: PaperKind, case: Case | None, interview: Interview | None, partner: str, variant: str
) -> None:
    if case is not None:
        fits, about = kinds_for_case(case), f"“{case}”现为“{case.get_state_display()}”"
    elif interview is not None:
        fits = kinds_for_interview(interview)
        about = f"“{interview}”现为“{interview.get_state_display()}”"
    else:
        fits = [PaperKind.EXCHANGE, PaperKind.OTHER] if partner else []
        fits = [PaperKind.EXCHANGE] if variant == PaperVariant.ROSTER_OTHERS else fits
        about = "信息交流"
    if kind not in fits:
        raise PaperNotDueError(f"{about}，不能印发“{kind.label}”。请刷新页面核对。")


def _refuse_misdated(kind: PaperKind, case: Case, on: date) -> None:
    earliest = case.opened_date
    if kind in AFTER_DECISION and case.decision_date is not None:
        earliest = case.decision_date
    if on < earliest:
        raise StepOutOfOrderError(f"“{kind.label}”的成文日期不能早于{earliest}。")


def _refuse_incomplete(kind: PaperKind, title: str, body: str, names: Sequence[str]) -> None:
    if not names and kind not in UNADDRESSED:
        raise PaperIncompleteError("请填写主送，一行一个。")
    if len(names) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in names):
        raise PaperIncompleteError(f"主送不超过{MOST_NAMES}个，每个不超过{LONGEST_NAME}字。")
    if any(BLANK in text for text in (title, body, *names)):
        raise PaperIncompleteError(f"还有没有填的空“{BLANK}”，请补填或删去后再印发。")


def _refuse_repeated(paper: OfficialPaper) -> None:
    same = OfficialPaper.objects.filter(
        kind=paper.kind,
        case=paper.case,
        interview=paper.interview,
        partner=paper.partner,
        series=paper.series,
        title=paper.title,
        body=paper.body,
        issued_date=paper.issued_date,
    )
    for known in same:
        if known.addressees == paper.addressees and known.appendix == paper.appendix:
            raise IssuedAlreadyError(f"同样的公文已印发：{known.number}，没有重复印发。")


def _next_number(series: str, year: int) -> int:
    taken = OfficialPaper.objects.filter(series=series, year=year)
    return (taken.aggregate(last=Max("sequence"))["last"] or 0) + 1
