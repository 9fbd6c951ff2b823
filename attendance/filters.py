"""What meetings, attendance, speeches and invitations may be asked for."""

import django_filters

from attendance.choices import (
    AttendanceStatus,
    Capacity,
    MeetingKind,
    Reply,
    RequestState,
    SpeechManner,
    SpeechOccasion,
)
from core.parameters import DatesFilter, DateYearFilter, TermFilter, TextFilter


class MeetingFilter(django_filters.FilterSet):
    term = TermFilter()
    year = DateYearFilter("start_date")
    date = DatesFilter("start_date", "开始日期")
    number = TextFilter("number", "编号")
    kind = django_filters.MultipleChoiceFilter(choices=MeetingKind.choices, label="类别")
    organiser = TextFilter("organiser", "承办部门")
    sector = TextFilter("sector__name", "界别")
    committee = TextFilter("committee__name", "专委会")


class AttendanceFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    year = DateYearFilter("sitting__meeting__start_date")
    date = DatesFilter("sitting__meeting__start_date", "会议开始日期")
    meeting = TextFilter("sitting__meeting__number", "会议编号")
    kind = django_filters.MultipleChoiceFilter(
        "sitting__meeting__kind", choices=MeetingKind.choices, label="会议类别"
    )
    member = TextFilter("member__code", "委员编号")
    status = django_filters.MultipleChoiceFilter(choices=AttendanceStatus.choices, label="状态")


class SpeechFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    year = DateYearFilter("meeting__start_date", label="会议所在年度")
    meeting = TextFilter("meeting__number", "会议编号")
    kind = django_filters.MultipleChoiceFilter(
        "meeting__kind", choices=MeetingKind.choices, label="会议类别"
    )
    member = TextFilter("member__code", "委员编号")
    manner = django_filters.ChoiceFilter(choices=SpeechManner.choices, label="方式")
    occasion = django_filters.ChoiceFilter(choices=SpeechOccasion.choices, label="场合")


class OutsideInvitationFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    year = DateYearFilter("date")
    date = DatesFilter("date", "日期")
    member = TextFilter("member__code", "委员编号")


class ExpectationFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    year = DateYearFilter("meeting__start_date")
    meeting = TextFilter("meeting__number", "会议编号")
    member = TextFilter("member__code", "委员编号")
    capacity = django_filters.ChoiceFilter(choices=Capacity.choices, label="身份")
    reply = django_filters.ChoiceFilter(choices=Reply.choices, label="回复")


class LeaveRequestFilter(django_filters.FilterSet):
    term = TermFilter("meeting__term__code")
    year = DateYearFilter("meeting__start_date")
    meeting = TextFilter("meeting__number", "会议编号")
    member = TextFilter("member__code", "委员编号")
    state = django_filters.ChoiceFilter(choices=RequestState.choices, label="状态")


class NonVotingSeatFilter(django_filters.FilterSet):
    term = TermFilter("meeting__term__code")
    year = DateYearFilter("meeting__start_date")
    meeting = TextFilter("meeting__number", "会议编号")
    member = TextFilter("member__code", "委员编号")
    state = django_filters.ChoiceFilter(choices=RequestState.choices, label="状态")
