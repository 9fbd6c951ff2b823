from datetime import UTC, date, datetime

from core.dates import planned, planned_briefly
from core.templatetags import dates


def test_date_is_written_with_its_weekday():
    assert planned(date(2026, 12, 31)) == "2026年12月31日（周四）"
    assert planned_briefly(date(2027, 1, 3)) == "1月3日（周日）"


def test_moment_is_shown_by_its_day_in_shanghai():
    assert dates.planned(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)) == "2026年12月31日（周四）"
    assert dates.planned(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "2027年1月1日（周五）"
    assert dates.planned_briefly(None) == ""
