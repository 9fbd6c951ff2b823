import pytest

from core.numbering import following, split_number, stem_for


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("T20260012", ("T2026", "0012")),
        ("HD-2026-07", ("HD-2026-", "07")),
        ("0012", ("", "0012")),
        ("2026", ("", "2026")),
        ("第三号", None),
        ("", None),
    ],
)
def test_split_number_tells_what_counts_on(number, parts):
    assert split_number(number, 2026) == parts


@pytest.mark.parametrize(
    ("stem", "other"), [("T2026", "T2027"), ("HD-2026-", "HD-2027-"), ("SQ", "SQ")]
)
def test_stem_for_carries_the_year(stem, other):
    assert stem_for(stem, from_year=2026, year=2027) == other


def test_following_counts_on_from_the_highest():
    taken = ["T20260009", "T20260011", "T20260010甲", "S20260099"]
    assert following("T2026", width=4, taken=taken) == "T20260012"


def test_following_begins_with_one():
    assert following("T2027", width=4, taken=[]) == "T20270001"
