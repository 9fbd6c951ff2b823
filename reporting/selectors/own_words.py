"""What members themselves put on the forms: their texts, their signature, what they add.

One query a kind for however many members. A paper not handed in yet, and a line not looked at
yet, are on nobody's print but the member's own.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from core.pictures import Picture
from dossiers.choices import DeclaredState, HandInKind, PaperState, ReturnBlock
from dossiers.models import Declaration, DutyPaper
from reporting.selectors.records import Scope


@dataclass(frozen=True)
class OwnWords:
    """The member's part of the 述职表."""

    political_discipline: str
    suggestions: str
    signature: Picture | None


@dataclass(frozen=True)
class DeclaredLine:
    """What the member adds to a block; `is_pending`: the office has not looked at it yet."""

    date: date | None
    text: str
    is_pending: bool


Declared = Mapping[ReturnBlock, tuple[DeclaredLine, ...]]


def own_words(scope: Scope) -> Mapping[int, OwnWords]:
    """{member pk: texts and signature}."""
    papers = scope.seen(
        DutyPaper.objects.filter(
            kind=HandInKind.PERFORMANCE_FORM,
            campaign__term=scope.term,
            campaign__year=scope.year,
            member__in=scope.members,
        )
    )
    if scope.viewer is None:
        papers = papers.exclude(state=PaperState.DRAFT)
    return {
        paper.member_id: OwnWords(paper.political_discipline, paper.suggestions, _signature(paper))
        for paper in papers
    }


def declared(scope: Scope) -> Mapping[int, Declared]:
    """{member pk: {block: lines in date order}}."""
    shown = Q(state=DeclaredState.ACCEPTED)
    if scope.viewer is not None:
        own = Q(paper__member__person__user=scope.viewer)
        shown |= Q(state=DeclaredState.DECLARED) & own
    rows = scope.seen(
        Declaration.objects.filter(
            shown,
            paper__campaign__term=scope.term,
            paper__campaign__year=scope.year,
            paper__member__in=scope.members,
        )
    ).order_by("date", "pk")
    found: dict[int, dict[ReturnBlock, list[DeclaredLine]]] = defaultdict(lambda: defaultdict(list))
    for member, block, on, text, state in rows.values_list(
        "paper__member_id", "block", "date", "text", "state"
    ):
        line = DeclaredLine(on, text, state == DeclaredState.DECLARED)
        found[member][ReturnBlock(block)].append(line)
    return {
        member: {block: tuple(lines) for block, lines in blocks.items()}
        for member, blocks in found.items()
    }


def _signature(paper: DutyPaper) -> Picture | None:
    if not paper.signature:
        return None
    with paper.signature.open("rb") as file:
        return Picture.of(file.read())
