"""What a reinstated member comes back to."""

from datetime import date

from attendance.models import Expectation
from members.models import Member


def regained_places(*, member: Member, since: date, until: date | None) -> list[Expectation]:
    """Places on lists of meetings begun in [since, until) that hold the member again, once the
    suspension no longer covers them; by date. `until` none: no end.
    """
    rows = Expectation.objects.filter(member=member, meeting__start_date__gte=since).invitable()
    if until is not None:
        rows = rows.filter(meeting__start_date__lt=until)
    return list(rows.select_related("meeting").order_by("meeting__start_date", "meeting__number"))
