"""What the pages of a sitting share: which sitting it is, and how an act is told."""

from typing import Any

from django.contrib import admin
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from accounts.views.entrance import AtDesk
from attendance.models import Attendance, Sitting


class SittingPage(AtDesk):
    """Of one sitting kept by the account; any other is a 404."""

    permission_required = "attendance.add_attendance"

    @cached_property
    def sitting(self) -> Sitting:
        sittings = Sitting.objects.kept_by(self.request.user)
        return get_object_or_404(
            sittings.select_related("meeting__term", "closed_by"), pk=self.kwargs["pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = admin.site.each_context(self.request)
        return desk | {"sitting": self.sitting} | super().get_context_data(**kwargs)


class AttendancePage(AtDesk):
    """Of one member's attendance, for those who keep the meeting."""

    permission_required = "attendance.change_attendance"

    @cached_property
    def attendance(self) -> Attendance:
        kept = Attendance.objects.filter(
            sitting__in=Sitting.objects.kept_by(self.request.user)
        ).select_related("sitting__meeting", "member__person", "member__sector", "recorded_by")
        return get_object_or_404(kept, pk=self.kwargs["pk"])
