from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.views import ChangeList

from accounts.admin import AuditedModelAdmin, AuditedTabularInline
from attendance.models import Attendance, Meeting, OutsideInvitation, Sitting, Speech
from attendance.querysets import knows_reason
from attendance.selectors import Turnout, turnouts
from members.admin.lists import (
    CommitteeFilter,
    MemberSectorFilter,
    MemberTermFilter,
    OrganChoices,
    SectorFilter,
    TermFilter,
    member_search,
)
from members.selectors import current_term


class MeetingTermFilter(TermFilter):
    path = "meeting__term"


class SittingMeetingTermFilter(TermFilter):
    path = "sitting__meeting__term"


class YearFilter(DropdownFilter):
    """By year; a hierarchy of dates would read every row of the longest table for its headings."""

    title = "年度"
    parameter_name = "year"

    def lookups(self, request, model_admin):
        term = current_term()
        years = range(term.end_date.year, term.start_date.year - 1, -1) if term else []
        return [(str(year), f"{year}年") for year in years]

    def queryset(self, request, queryset):
        if self.value() not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(sitting__meeting__start_date__year=int(self.value()))


class SittingInline(AuditedTabularInline):
    model = Sitting


class MeetingList(ChangeList):
    """Puts `counted`, its turnout, on each meeting of the page, in one query."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        counts = turnouts([meeting.pk for meeting in self.result_list])
        for meeting in self.result_list:
            meeting.counted = counts.get(meeting.pk, Turnout())


@admin.register(Meeting)
class MeetingAdmin(OrganChoices, AuditedModelAdmin):
    list_display = ("start_date", "number", "title", "kind", "organiser", "turnout", "desk")
    list_display_links = ("number", "title")
    list_filter = (
        TermFilter,
        ("kind", ChoicesDropdownFilter),
        SectorFilter,
        CommitteeFilter,
    )
    date_hierarchy = "start_date"
    search_fields = ("number", "title", "topic", "organiser")
    search_help_text = "按编号、名称、议题或承办部门查找"
    organ_fields = ("sector", "committee")
    inlines = [SittingInline]
    readonly_fields = ("attendance_rows", "speech_rows")
    fieldsets = [
        (None, {"fields": ("term", "number", "title", "kind", "participation", "topic")}),
        ("时间与地点", {"fields": ("start_date", "end_date", "place")}),
        ("承办", {"fields": ("organiser", "sector", "committee")}),
        ("考勤与发言", {"fields": ("attendance_rows", "speech_rows")}),
    ]

    def get_changelist(self, request, **kwargs):
        return MeetingList

    @display(description="应到 / 实到")
    def turnout(self, meeting):
        if not meeting.counted.expected:
            return "—"
        return format_html(
            '<a href="{}">{} / {} 人</a>',
            rows_of("attendance", "sitting__meeting", meeting),
            meeting.counted.expected,
            meeting.counted.attended,
        )

    @display(description="会务")
    def desk(self, meeting):
        return format_html('<a href="{}">名单与通知</a>', desk_of(meeting))

    def response_add(self, request, obj, post_url_continue=None):
        """A new meeting is called next: its list, its notice."""
        if "_save" in request.POST:
            self.message_user(request, "会议已保存。下一步确定应到范围，再发通知。")
            return HttpResponseRedirect(desk_of(obj))
        return super().response_add(request, obj, post_url_continue)

    @display(description="考勤")
    def attendance_rows(self, meeting):
        if meeting.pk is None:
            return "保存会议之后，可导入或逐条登记考勤。"
        counted = turnouts([meeting.pk]).get(meeting.pk, Turnout())
        return format_html(
            '应到 {} 人，实到 {} 人　<a href="{}">查看考勤明细</a>',
            counted.expected,
            counted.attended,
            rows_of("attendance", "sitting__meeting", meeting),
        )

    @display(description="发言")
    def speech_rows(self, meeting):
        if meeting.pk is None:
            return "—"
        return format_html(
            '{} 篇　<a href="{}">查看发言</a>',
            meeting.speeches.count(),
            rows_of("speech", "meeting", meeting),
        )


def desk_of(meeting: Meeting) -> str:
    return reverse("attendance:meeting-desk", args=[meeting.pk])


def rows_of(model: str, field: str, meeting: Meeting) -> str:
    """The list of a meeting's attendance rows or speeches, whatever its term."""
    address = reverse(f"admin:attendance_{model}_changelist")
    return f"{address}?{field}__id__exact={meeting.pk}&term=all"


@admin.register(Sitting)
class SittingAdmin(AuditedModelAdmin):
    """Reached from its meeting; here for looking up and for choosing in forms."""

    list_display = ("meeting", "number")
    list_filter = (MeetingTermFilter,)
    search_fields = ("meeting__number", "meeting__title")
    autocomplete_fields = ("meeting",)
    ordering = ("-meeting__start_date", "meeting__number", "number")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("meeting")


@admin.register(Attendance)
class AttendanceAdmin(AuditedModelAdmin):
    list_display = ("meeting_date", "meeting", "sitting_number", "member", "sector", "status")
    list_display_links = ("meeting", "member")
    list_select_related = ("sitting__meeting", "member__person", "member__sector")
    list_filter = (
        SittingMeetingTermFilter,
        YearFilter,
        "status",
        ("sitting__meeting__kind", ChoicesDropdownFilter),
        MemberSectorFilter,
    )
    allowed_lookups = ("sitting__meeting", "sitting__meeting__start_date", "member")
    ordering = ("-sitting__meeting__start_date", "sitting", "member__code")
    search_fields = (*member_search(), "sitting__meeting__number", "sitting__meeting__title")
    search_help_text = "按委员姓名、编号或会议名称、编号查找"
    autocomplete_fields = ("sitting", "member")
    fields = ("sitting", "member", "status", "leave_reason")

    def get_fields(self, request, obj=None):
        hidden = self.get_hidden_history_fields(request, obj) if obj else ()
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def get_hidden_history_fields(self, request, obj):
        rows = Attendance.objects.filter(pk=obj.pk)
        known = rows.filter(knows_reason(request.user, meeting="sitting__meeting__"))
        return () if known.exists() else ("leave_reason",)

    @display(description="日期", ordering="sitting__meeting__start_date")
    def meeting_date(self, attendance):
        return attendance.sitting.meeting.start_date

    @display(description="会议活动", ordering="sitting__meeting__title")
    def meeting(self, attendance):
        return attendance.sitting.meeting.title

    @display(description="场次")
    def sitting_number(self, attendance):
        return f"第{attendance.sitting.number}场"

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, attendance):
        return attendance.member.sector


@admin.register(Speech)
class SpeechAdmin(AuditedModelAdmin):
    list_display = ("meeting_date", "title", "member", "meeting_title", "occasion", "manner")
    list_display_links = ("title",)
    list_select_related = ("meeting", "member__person")
    list_filter = (
        MeetingTermFilter,
        "manner",
        "occasion",
        ("meeting__kind", ChoicesDropdownFilter),
        MemberSectorFilter,
    )
    allowed_lookups = ("meeting", "member")
    date_hierarchy = "meeting__start_date"
    ordering = ("-meeting__start_date", "meeting", "member__code")
    search_fields = ("title", *member_search(), "meeting__title")
    search_help_text = "按题目、委员或会议名称查找"
    autocomplete_fields = ("meeting", "member")
    fields = ("meeting", "member", "title", "occasion", "manner", "date")

    @display(description="会议日期", ordering="meeting__start_date")
    def meeting_date(self, speech):
        return speech.meeting.start_date

    @display(description="会议活动", ordering="meeting__title")
    def meeting_title(self, speech):
        return speech.meeting.title


@admin.register(OutsideInvitation)
class OutsideInvitationAdmin(AuditedModelAdmin):
    list_display = ("date", "title", "inviter", "member", "sector")
    list_display_links = ("title",)
    list_select_related = ("member__person", "member__sector")
    list_filter = (MemberTermFilter, MemberSectorFilter)
    allowed_lookups = ("member",)
    date_hierarchy = "date"
    search_fields = ("title", "inviter", *member_search())
    search_help_text = "按名称、邀请单位或委员查找"
    autocomplete_fields = ("member",)
    fields = ("member", "date", "title", "inviter")

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, invitation):
        return invitation.member.sector
