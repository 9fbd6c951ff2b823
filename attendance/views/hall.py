"""The hall's screen: the counts, and the code members sign in with."""

from io import BytesIO
from typing import Any

import segno
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import TemplateView

from attendance.models import Sitting
from attendance.selectors.roster import board_of, roster
from attendance.services.arrivals import hall_code
from attendance.views.base import SittingPage


def square(text: str) -> HttpResponse:
    """The text as a square code, drawn; never kept by anybody on the way."""
    drawn = BytesIO()
    segno.make(text, micro=False, error="m").save(
        drawn, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, light="#fff"
    )
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response["X-Content-Type-Options"] = "nosniff"
    return response


class HallPage(SittingPage):
    """Whoever may read the attendance of the meeting may look at the board; the code, which lets
    members in, is for those who take the attendance.
    """

    permission_required = "attendance.view_attendance"

    @cached_property
    def may_show_code(self) -> bool:
        user = self.request.user
        taken = Sitting.objects.taken_by(user).filter(pk=self.sitting.pk)
        return user.has_perm("attendance.add_attendance") and taken.exists()


class HallView(HallPage, TemplateView):
    """Board and code on one screen; `?code=no` leaves the code out."""

    template_name = "attendance/sitting_hall.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        is_wanted = self.sitting.closed_at is None and self.request.GET.get("code") != "no"
        own = {
            "title": "会场签到",
            "board": board_of(self.sitting, roster(self.sitting)),
            "may_show_code": self.may_show_code,
            "shows_code": self.may_show_code and is_wanted,
            "code": hall_code(self.sitting, now) if self.may_show_code else None,
            "now": now,
        }
        return super().get_context_data(**kwargs) | own


class HallStateView(HallPage, View):
    """The board's numbers and, for those who take the attendance, the code shown now.

    Asking keeps the session alive: a screen in the hall has nobody at its keyboard.
    """

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        now = timezone.now()
        board = board_of(self.sitting, roster(self.sitting))
        context = {"board": board, "sitting": self.sitting, "now": now}
        state = {
            "is_open": self.sitting.closed_at is None,
            "board": render_to_string("attendance/_sitting_board.html", context, request),
        }
        if self.may_show_code:
            code = hall_code(self.sitting, now)
            state |= {
                "number": f"{code.number[:3]} {code.number[3:]}",
                "step": code.step,
                "seconds_left": code.seconds_left,
            }
        return JsonResponse(state)


class HallCodeView(HallPage, View):
    """The address that opens a pass, as a square code."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_show_code:
            raise PermissionDenied
        token = hall_code(self.sitting, timezone.now()).token
        path = reverse("attendance:arrival-open", args=[self.sitting.pk, token])
        return square(request.build_absolute_uri(path))
