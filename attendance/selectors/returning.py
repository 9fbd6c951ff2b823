"""What a reinstated member comes back to."""

from datetime import date

from attendance.models import Expectation
from members.models import Member


def regained_places(*, member: Member, since: date) -> list[Expectation]:
    """Places on the lists of meetings begun on the day or later, which hold the member again now
    that the suspension has ended; by date.
    """
    rows = Expectation.objects.filter(member=member, meeting__start_date__gte=since).invitable()
    return list(rows.select_related("meeting").order_by("meeting__start_date", "meeting__number"))
