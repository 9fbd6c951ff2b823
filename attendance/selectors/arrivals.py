"""What a member sees of today's sittings."""

from datetime import date

from django.db.models import Exists, OuterRef

from accounts.models import User
from attendance.models import Attendance, Expectation, Sitting
from members.models import Member


def seat_in(sitting: Sitting, user: User) -> Member | None:
    """The seat the account's person holds in the term of the sitting."""
    seats = Member.objects.filter(person__user=user, term=sitting.meeting.term_id)
    return seats.select_related("person", "term", "sector").first()


def open_sittings(*, user: User, on: date) -> list[Sitting]:
    """Open on the day, in the terms the person serves in and is not suspended; `.expects_user` and `.has_come` tell
    whether they are on the list and have signed in.
    """
    seats = Member.objects.filter(person__user=user).invitable(on)
    own = {"member__person__user": user}
    listed = Expectation.objects.filter(meeting=OuterRef("meeting"), **own).expected()
    came = Attendance.objects.filter(sitting=OuterRef("pk"), **own).attended()
    return list(
        Sitting.objects.visible_to(user)
        .open_on(on)
        .filter(meeting__term__in=seats.values("term"))
        .annotate(expects_user=Exists(listed), has_come=Exists(came))
        .select_related("meeting")
        .order_by("starts_at", "pk")
    )
