"""Marking who came to a meeting or an activity, once it has been held."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, ListView

from attendance.choices import AttendanceStatus
from attendance.models import Meeting
from attendance.selectors import leave_covering, turnouts
from attendance.selectors.entry import mark_list, meetings_to_mark, sitting_numbers
from dossiers.forms.events import MarkForm
from dossiers.selectors.entries import AT_MEETINGS
from dossiers.views.entries import Collecting
from members.choices import RecordKind

PER_PAGE = 30


class MarkListView(Collecting, ListView):
    """Meetings whose attendance the account collects, the latest first."""

    template_name = "dossiers/mark_list.html"
    paginate_by = PER_PAGE

    def get_queryset(self):
        today = timezone.localdate()
        duty = RecordKind(self.asked) if self.asked in AT_MEETINGS else None
        meetings = meetings_to_mark(user=self.request.user, term=self.term, duty=duty)
        return meetings.filter(start_date__lte=today)

    @property
    def asked(self) -> str:
        return self.request.GET.get("kind", "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        meetings = list(context["object_list"])
        keys = [meeting.pk for meeting in meetings]
        counts, sittings = turnouts(keys), sitting_numbers(keys)
        kinds = [kind for kind in AT_MEETINGS if self.duties.opens(kind)]
        return context | self.page(
            title="会议考勤登记",
            rows=[(each, counts.get(each.pk), sittings.get(each.pk, [1])) for each in meetings],
            kinds=[(kind.value, kind.label) for kind in kinds],
            asked=self.asked,
        )


class MarkUpdateView(Collecting, FormView):
    """The list of one sitting."""

    form_class = MarkForm
    template_name = "dossiers/mark_update.html"

    @cached_property
    def meeting(self) -> Meeting:
        meetings = meetings_to_mark(user=self.request.user, term=self.term)
        meeting = meetings.filter(pk=self.kwargs["pk"]).first()
        if meeting is None:
            raise Http404("没有这次会议，或其考勤不由您所在的部门采集。")
        return meeting

    @cached_property
    def numbers(self) -> list[int]:
        return sitting_numbers([self.meeting.pk]).get(self.meeting.pk, [1])

    @property
    def number(self) -> int:
        asked = self.request.GET.get("sitting", "")
        number = int(asked) if asked.isdecimal() and len(asked) < 5 else self.numbers[0]
        if number not in self.numbers:
            raise Http404("这次会议没有这一场。")
        return number

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"meeting": self.meeting, "number": self.number, "term": self.term}
        self.lines = mark_list(meeting=self.meeting, number=self.number)
        return super().get_form_kwargs() | own | {"lines": self.lines}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sitting = self.meeting.sittings.filter(number=self.number).first()
        leave = leave_covering(sitting) if sitting else {}
        data = self.request.POST
        rows = []
        for line in self.lines:
            key = line.member.pk
            likely = AttendanceStatus.LEAVE if key in leave and not line.status else line.status
            shown = data.get(f"status-{key}", likely) if data else likely
            reason = data.get(f"reason-{key}", line.leave_reason) if data else line.leave_reason
            rows.append((line, shown, reason or getattr(leave.get(key), "reason", "")))
        return context | self.page(
            title=f"登记考勤：{self.meeting.title}",
            meeting=self.meeting,
            number=self.number,
            numbers=self.numbers,
            rows=rows,
            statuses=AttendanceStatus.choices,
            has_list=any(line.is_expected for line in self.lines),
            unmarked=sum(not line.status for line in self.lines),
        )

    def form_valid(self, form: MarkForm) -> HttpResponse:
        written = form.carry_out(actor=self.request.user, at=timezone.now())
        if written is None:
            return self.form_invalid(form)
        told = f"已保存 {written} 人的考勤。" if written else "没有改动。"
        messages.success(self.request, told)
        address = reverse("dossiers:mark-update", args=[self.meeting.pk])
        return HttpResponseRedirect(f"{address}?sitting={self.number}")
