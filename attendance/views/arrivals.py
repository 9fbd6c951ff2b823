"""What a member does on their own telephone: read the hall's code, press, be there."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from accounts.views.entrance import AskedIn
from attendance.forms.sign_in import NumberForm
from attendance.models import Attendance, Sitting
from attendance.selectors.arrivals import open_sittings, seat_in
from attendance.services.arrivals import (
    PASS_LASTS,
    HallCodeRefusedError,
    arrive,
    find_by_number,
    member_code,
    member_code_text,
    read_hall_code,
)
from attendance.views.hall import square
from core.refusals import RefusalError
from members.models import Member

#: Keeps, for years, which telephone this is; signed, out of the reach of scripts.
DEVICE_COOKIE = "device"
DEVICE_SALT = "attendance.device"
DEVICE_LASTS = timedelta(days=400)
#: In the session: until when which sitting (text of its key) may be signed in at.
PASSES = "hall_passes"


def device_of(request: HttpRequest) -> str:
    """The mark of the telephone; empty where it has none, or a forged one."""
    return request.get_signed_cookie(DEVICE_COOKIE, default="", salt=DEVICE_SALT)


def mark_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not device_of(request):
        response.set_signed_cookie(
            DEVICE_COOKIE,
            uuid4().hex,
            salt=DEVICE_SALT,
            max_age=DEVICE_LASTS,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response


def give_pass(request: HttpRequest, sitting: Sitting, good_until: float) -> None:
    request.session[PASSES] = {**request.session.get(PASSES, {}), str(sitting.pk): good_until}


def arrival_page(sitting: Sitting) -> str:
    return reverse("attendance:arrival-create", args=[sitting.pk])


@method_decorator(never_cache, name="dispatch")
class ArrivalOpenView(View):
    """Where the hall's code leads, signed in or not: a good one opens a pass for this browser."""

    def get(self, request: HttpRequest, pk: int, token: str) -> HttpResponse:
        sitting = get_object_or_404(Sitting.objects.select_related("meeting"), pk=pk)
        try:
            good_until = read_hall_code(sitting=sitting, token=token, at=timezone.now())
        except HallCodeRefusedError as refusal:
            context = {"title": "签到码不能用", "message": str(refusal)}
            return render(request, "attendance/arrival_refused.html", context, status=403)
        give_pass(request, sitting, good_until)
        return mark_device(request, HttpResponseRedirect(arrival_page(sitting)))


class OwnArrival(AskedIn):
    """A member's page about their own coming."""

    permission_required = "attendance.arrive_sitting"


class ArrivalCreateView(OwnArrival, TemplateView):
    """签到: one button, for oneself."""

    template_name = "attendance/arrival_create.html"

    @cached_property
    def sitting(self) -> Sitting:
        return get_object_or_404(
            Sitting.objects.visible_to(self.request.user).select_related("meeting"),
            pk=self.kwargs["pk"],
        )

    @cached_property
    def member(self) -> Member:
        member = seat_in(self.sitting, self.request.user)
        if member is None:
            raise Http404("您不是本届委员。")
        return member

    @property
    def good_until(self) -> float:
        return self.request.session.get(PASSES, {}).get(str(self.sitting.pk), 0)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "title": "会场签到",
            "sitting": self.sitting,
            "member": self.member,
            "row": Attendance.objects.filter(sitting=self.sitting, member=self.member).first(),
            "has_pass": timezone.now().timestamp() <= self.good_until,
        }
        return super().get_context_data(**kwargs) | own

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return mark_device(request, super().get(request, *args, **kwargs))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            arrive(
                sitting=self.sitting,
                member=self.member,
                good_until=self.good_until,
                device_mark=device_of(request) or uuid4().hex,
                actor=request.user,
                at=timezone.now(),
            )
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        return mark_device(request, HttpResponseRedirect(arrival_page(self.sitting)))


class ArrivalListView(OwnArrival, FormView):
    """Today's sittings, and the six digits for those who cannot scan."""

    template_name = "attendance/arrival_list.html"
    form_class = NumberForm

    @cached_property
    def sittings(self) -> list[Sitting]:
        return open_sittings(user=self.request.user, on=timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": "会议签到", "sittings": self.sittings}
        return super().get_context_data(**kwargs) | own

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return mark_device(request, super().get(request, *args, **kwargs))

    def form_valid(self, form: NumberForm) -> HttpResponse:
        now = timezone.now()
        try:
            sitting = find_by_number(
                sittings=self.sittings,
                number=form.cleaned_data["number"],
                actor=self.request.user,
                at=now,
            )
        except RefusalError as refusal:
            form.add_error("number", str(refusal))
            return self.form_invalid(form)
        give_pass(self.request, sitting, (now + PASS_LASTS).timestamp())
        return mark_device(self.request, HttpResponseRedirect(arrival_page(sitting)))


class OwnCodePage(OwnArrival):
    @cached_property
    def member(self) -> Member:
        seats = Member.objects.filter(person__user=self.request.user)
        member = seats.select_related("person", "term", "sector").order_by("joined_date").last()
        if member is None:
            raise Http404("您的账号没有对应的委员。")
        return member


class OwnCodeView(OwnCodePage, TemplateView):
    """委员码: shown to the staff, who scan it."""

    template_name = "attendance/own_code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        code = member_code(self.member, timezone.now())
        own = {"title": "我的委员码", "member": self.member, "code": code}
        return super().get_context_data(**kwargs) | own


class OwnCodeStateView(OwnCodePage, View):
    asks_by_itself = True

    def get(self, request: HttpRequest) -> JsonResponse:
        code = member_code(self.member, timezone.now())
        return JsonResponse({"step": code.step, "seconds_left": code.seconds_left})


class OwnCodeImageView(OwnCodePage, View):
    asks_by_itself = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return square(member_code_text(self.member, timezone.now()))
