"""The number the next piece of work is likely to get."""

from core.numbering import following, split_number, stem_for
from members.models import Term
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from proposals.models.works import Work

#: What the first number of a term begins with, where no work is there to go by.
FIRST_LETTERS: dict[type[Work], str] = {
    Proposal: "TA",
    PublicOpinionReport: "SQ",
    Research: "DY",
    Article: "WZ",
}
DATES: dict[type[Work], str] = {
    Proposal: "submitted_date",
    PublicOpinionReport: "reported_date",
    Research: "completed_date",
    Article: "published_date",
}
SERIAL_DIGITS = 3


def next_work_number(model: type[Work], *, term: Term, year: int) -> str:
    """Counts on from the work entered last, in two queries; empty where its number has no end."""
    works = model._base_manager.filter(term=term)
    latest = works.order_by("-pk").values_list("number", DATES[model]).first()
    if latest is None:
        return following(f"{FIRST_LETTERS[model]}-{year}-", width=SERIAL_DIGITS, taken=())
    number, on = latest
    parts = split_number(number, on.year)
    if parts is None:
        return ""
    stem = stem_for(parts[0], from_year=on.year, year=year)
    taken = works.filter(number__startswith=stem).values_list("number", flat=True)
    return following(stem, width=len(parts[1]), taken=taken)
