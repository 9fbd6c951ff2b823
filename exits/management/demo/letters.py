"""Letters of the demonstration."""

from contextlib import suppress
from datetime import date
from typing import Any

from accounts.models import User
from core.fonts import FontUnavailableError
from exits.choices import PaperKind, PaperVariant, Partner
from exits.management.demo.times import moment
from exits.models import Case, Interview
from exits.selectors.exchange import exchange_of
from exits.selectors.papers import drafted
from exits.services.papers import issue_paper
from exits.wording import Wording
from members.models import Term


def write_letter(
    *,
    term: Term,
    kind: PaperKind,
    on: date,
    actor: User,
    case: Case | None = None,
    interview: Interview | None = None,
) -> None:
    """In the words the office would begin with."""
    words = drafted(kind=kind, term=term, on=on, case=case, interview=interview)
    _issue(term, kind, words, on, actor, case=case, interview=interview)


def write_to_department(*, term: Term, partner: Partner, on: date, actor: User) -> None:
    """The list of the members of its side, and who joined and left in the year."""
    topic = PaperVariant.ROSTER
    letter = exchange_of(topic=topic, term=term, partner=partner, year=on.year, on=on)
    _issue(
        term,
        PaperKind.EXCHANGE,
        letter.wording,
        on,
        actor,
        partner=partner,
        variant=topic,
        appendix=letter.appendix,
    )


def _issue(
    term: Term, kind: PaperKind, words: Wording, on: date, actor: User, **about: Any
) -> None:
    """Where the fonts are missing, the demonstration goes without its letters."""
    with suppress(FontUnavailableError):
        issue_paper(
            term=term,
            kind=kind,
            title=words.title,
            body=words.body,
            addressees=words.addressees,
            issued_date=on,
            actor=actor,
            at=moment(on, 11),
            **about,
        )
