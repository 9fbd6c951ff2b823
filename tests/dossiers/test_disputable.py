"""What is read of a record of each kind."""

import pytest

from dossiers.selectors.disputable import RECORD_TYPES


@pytest.mark.parametrize("label", RECORD_TYPES)
def test_records_are_read_with_the_rows_their_title_needs_and_no_others(label):
    """A bare `select_related()` would join every table a record points to."""
    entry = RECORD_TYPES[label]
    assert entry.of([]).query.select_related is not True
    assert bool(entry.of([]).query.select_related) == bool(entry.related)
