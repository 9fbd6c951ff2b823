"""The desk of a sitting: find a name, press Enter, next one; then close."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView, TemplateView

from attendance.choices import SignInMethod
from attendance.forms.sign_in import CorrectionForm, ReopenForm, UndoForm, VisitorForm
from attendance.models import Attendance, Expectation, Visitor
from attendance.selectors.roster import Place, board_of, matching, others_in_term, roster
from attendance.services.arrivals import MEMBER_PREFIX, read_member_code
from attendance.services.closing import close_sitting
from attendance.services.sign_in import leave_early, sign_in
from attendance.views.base import AttendancePage, SittingPage
from core.refusals import RefusalError
from core.told import carried_out
from members.models import Member

#: The tabs of the list.
GROUPS = (("all", "全部"), ("missing", "未到"), ("came", "已到"), ("leave", "请假"))


class NobodyFoundError(RefusalError):
    """What was typed names no member, or several."""


def desk_of(sitting_id: int) -> str:
    return reverse("attendance:sitting-sign-in", args=[sitting_id])


class SignInDeskView(SittingPage, TemplateView):
    """The list, and signing in from it; answers in JSON where the script asks."""

    template_name = "attendance/sitting_sign_in.html"

    @cached_property
    def places(self) -> list[Place]:
        return roster(self.sitting)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("q", "").strip()
        shown = self.request.GET.get("show", "all")
        places, others = self.places, others_in_term(self.sitting, self.places)
        meeting = self.sitting.meeting
        own = {
            "title": f"签到：{meeting.title} {self.sitting.short_name}",
            "places": matching(places, asked) if asked else places,
            "others": matching(others, asked) if asked else others,
            "asked": asked,
            "shown": shown if shown in dict(GROUPS) else "all",
            "groups": GROUPS,
            "board": board_of(self.sitting, places),
            "has_list": Expectation.objects.filter(meeting=meeting).exists(),
            "visitors": Visitor.objects.filter(sitting=self.sitting),
            "last": self._last(),
            "is_open": self.sitting.closed_at is None,
        }
        return super().get_context_data(**kwargs) | own

    def _last(self) -> Place | None:
        key = self.request.GET.get("last", "")
        return next((place for place in self.places if str(place.member) == key), None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        wants_json = request.headers.get("Accept", "").startswith("application/json")
        now = timezone.now()
        try:
            row = self._signed_in(now)
        except RefusalError as refusal:
            return self._refused(str(refusal), wants_json)
        except ValidationError as refusal:
            return self._refused("；".join(refusal.messages), wants_json)
        if wants_json:
            place = next(place for place in roster(self.sitting) if place.member == row.member_id)
            return JsonResponse(
                {"message": said(place), **rendered(request, self.sitting, [place])}
            )
        return HttpResponseRedirect(f"{desk_of(pk)}?last={row.member_id}")

    def _signed_in(self, now) -> Attendance:
        member, method = self._member(now)
        return sign_in(
            sitting=self.sitting, member=member, method=method, actor=self.request.user, at=now
        )

    def _member(self, now) -> tuple[Member, SignInMethod]:
        """By the row pressed, by the code scanned, or by a text that fits one place only."""
        key = self.request.POST.get("member", "")
        asked = self.request.POST.get("q", "").strip()
        if not key and asked.upper().startswith(f"{MEMBER_PREFIX}-"):
            return read_member_code(text=asked, at=now), SignInMethod.MEMBER_CODE
        if not key:
            found = matching(self.places, asked)
            if len(found) != 1:
                raise NobodyFoundError("")
            key = str(found[0].member)
        known = Member.objects.filter(term=self.sitting.meeting.term_id)
        member = (
            known.select_related("person", "term").filter(pk=int(key)).first()
            if key.isascii() and key.isdecimal() and len(key) < 19
            else None
        )
        if member is None:
            raise NobodyFoundError("没有找到这位委员，请刷新页面后重试。")
        return member, SignInMethod.STAFF

    def _refused(self, message: str, wants_json: bool) -> HttpResponse:
        if wants_json:
            return JsonResponse({"message": message or "没有找到，请再输入几个字。"}, status=409)
        query = self.request.POST.get("q", "").strip()
        if message:
            messages.error(self.request, message)
            query = ""
        address = desk_of(self.sitting.pk)
        request = self.request.GET.copy()
        request.clear()
        request["q"] = query
        return HttpResponseRedirect(f"{address}?{request.urlencode()}" if query else address)


def said(place: Place) -> str:
    """What the desk says of a sign-in just made."""
    when = f"{timezone.localtime(place.arrived_at):%H:%M}" if place.arrived_at else ""
    apart = "" if place.listed else "，名单之外"
    return f"已签到：{place.name}（{place.code}，{place.sector}）{when} {place.state}{apart}"


def rendered(request: HttpRequest, sitting, places: list[Place]) -> dict[str, Any]:
    """The rows as the page shows them, and the counts."""
    board = board_of(sitting, roster(sitting))
    context = {"sitting": sitting, "is_open": sitting.closed_at is None}
    return {
        "rows": {
            place.member: render_to_string(
                "attendance/_sitting_place.html", context | {"place": place}, request
            )
            for place in places
        },
        "counts": render_to_string(
            "attendance/_sitting_counts.html", context | {"board": board}, request
        ),
    }


class SignInStateView(SittingPage, View):
    """What other desks did meanwhile: marks of all rows, and the rows asked for."""

    asks_by_itself = True

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        places = roster(self.sitting)
        wanted = set(request.GET.get("rows", "").split(","))
        picked = [place for place in places if str(place.member) in wanted]
        return JsonResponse(
            {
                "marks": {place.member: place.mark for place in places},
                "is_open": self.sitting.closed_at is None,
                **rendered(request, self.sitting, picked),
            }
        )


class SittingFormView(SittingPage, FormView):
    """A form whose act belongs to the sitting; done, it leads back to the desk."""

    template_name = "attendance/sitting_form.html"
    title = button = done = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": self.title, "button": self.button, "back": desk_of(self.sitting.pk)}
        return super().get_context_data(**kwargs) | own

    def form_valid(self, form) -> HttpResponse:
        def act():
            form.carry_out(self.sitting, actor=self.request.user, at=timezone.now())

        if not carried_out(form, act):
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return HttpResponseRedirect(desk_of(self.sitting.pk))


class VisitorCreateView(SittingFormView):
    form_class = VisitorForm
    title, button, done = "登记名册外到会人员", "登记", "已登记名册外到会人员。"


class SittingReopenView(SittingFormView):
    form_class = ReopenForm
    title, button = "重新开放签到", "重新开放签到"
    done = "已重新开放签到。结束签到时生成的缺席、请假记录已收回，再次结束时重新生成。"


class SittingCloseView(SittingPage, TemplateView):
    """Says what closing will do, and does it."""

    template_name = "attendance/sitting_close.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        places = roster(self.sitting)
        waiting = [place for place in places if place.listed and not place.status]
        own = {
            "title": "结束签到",
            "board": board_of(self.sitting, places),
            "absent": [place for place in waiting if not place.excused],
            "excused": [place for place in waiting if place.excused],
            "back": desk_of(self.sitting.pk),
        }
        return super().get_context_data(**kwargs) | own

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            close_sitting(sitting=self.sitting, actor=request.user, at=timezone.now())
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "已结束签到，未签到的已记为缺席或请假。")
        return HttpResponseRedirect(desk_of(pk))


class AttendanceFormView(AttendancePage, FormView):
    """A form on one member's attendance, with the reason kept."""

    template_name = "attendance/sitting_form.html"
    title = button = done = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.attendance
        own = {
            "title": f"{self.title}：{row.member.person.name}",
            "button": self.button,
            "attendance": row,
            "sitting": row.sitting,
            "back": desk_of(row.sitting_id),
        }
        return admin.site.each_context(self.request) | super().get_context_data(**kwargs) | own

    def form_valid(self, form) -> HttpResponse:
        row = self.attendance

        def act():
            form.carry_out(row, actor=self.request.user, at=timezone.now())

        if not carried_out(form, act):
            return self.form_invalid(form)
        messages.success(self.request, f"{row.member.person.name}：{self.done}")
        return HttpResponseRedirect(desk_of(row.sitting_id))


class AttendanceUndoView(AttendanceFormView):
    form_class = UndoForm
    title, button, done = "撤销签到", "撤销签到", "签到已撤销。"


class AttendanceCorrectView(AttendanceFormView):
    form_class = CorrectionForm
    title, button, done = "更正考勤", "保存更正", "考勤已更正。"

    def get_initial(self) -> dict[str, Any]:
        row = self.attendance
        return {
            "status": row.status,
            "leave_reason": row.leave_reason,
            "seen_version": row.version,
        }


class AttendanceLeaveEarlyView(AttendancePage, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.attendance
        try:
            leave_early(attendance=row, actor=request.user, at=timezone.now())
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{row.member.person.name}：已登记早退。")
        return HttpResponseRedirect(desk_of(row.sitting_id))
