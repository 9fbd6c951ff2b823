from django.contrib import admin
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.db.models.functions import Concat, Left, Right
from django.utils import timezone
from django.utils.html import format_html
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin, AuditedTabularInline, SensitiveModelAdmin
from accounts.audit import record
from accounts.choices import Verb
from members.admin.lists import (
    CommitteeFilter,
    MemberSectorFilter,
    MemberTermFilter,
    OrganChoices,
    PartyFilter,
    SectorFilter,
    ServingFilter,
    TermFilter,
    link_to_dossier,
    member_search,
)
from members.choices import Post
from members.models import Member, Person, SuspensionPeriod, Tenure
from members.permissions import sees_phone


def contact_for(user):
    """The telephone number as lists show it (`members.permissions.shown_phone`)."""
    masked = Concat(Left("phone", 3), Value("****"), Right("phone", 2))
    return Case(When(phone="", then=Value("")), When(user=user, then=F("phone")), default=masked)


class MembershipInline(AuditedTabularInline):
    """The person's seats, term by term; each is edited on its own page."""

    model = Member
    verbose_name_plural = "历届任职"
    fields = ("term", "code", "sector", "joined_date", "exited_date")
    readonly_fields = fields
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("term", "person", "sector")


@admin.register(Person)
class PersonAdmin(AuditedModelAdmin):
    list_display = ("name", "gender", "ethnicity", "birth_year_month", "contact", "user")
    list_select_related = ("user",)
    list_filter = ("gender",)
    search_fields = ("name",)
    autocomplete_fields = ("user",)
    inlines = [MembershipInline]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(contact=contact_for(request.user))

    def get_fields(self, request, obj=None):
        entitled = obj is None or sees_phone(user=request.user, person=obj)
        phone = "phone" if entitled else "contact"
        return ("name", "gender", "ethnicity", "birth_month", phone, "user")

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), "contact")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        self._note_reading(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(self, request, object_id, extra_context=None):
        self._note_reading(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def _note_reading(self, request, object_id):
        """Whoever opens the page of another person and sees the number is written down."""
        person = self.get_object(request, object_id)
        if person is None or not person.phone or person.user_id == request.user.pk:
            return
        if request.method == "GET" and sees_phone(user=request.user, person=person):
            with transaction.atomic():
                record(
                    actor=request.user,
                    verb=Verb.VIEW,
                    at=timezone.now(),
                    obj=person,
                    detail={"field": "phone"},
                )

    def get_hidden_history_fields(self, request, obj):
        return () if sees_phone(user=request.user, person=obj) else ("phone",)

    @display(description="出生年月", ordering="birth_month")
    def birth_year_month(self, person):
        return person.birth_month and f"{person.birth_month.year}年{person.birth_month.month}月"

    @display(description="联系电话")
    def contact(self, person):
        return person.contact or None


class TenureInline(AuditedTabularInline):
    model = Tenure
    fields = ("post", "organ", "start_date", "end_date")


class SuspensionInline(AuditedTabularInline):
    model = SuspensionPeriod
    fields = ("start_date", "end_date", "decision_number")


@admin.register(Member)
class MemberAdmin(OrganChoices, AuditedModelAdmin):
    list_display = (
        "code",
        "name",
        "party",
        "sector",
        "committee",
        "employer_post",
        "standing",
        "state",
        "dossier",
    )
    list_display_links = ("code", "name")
    list_filter = (TermFilter, SectorFilter, CommitteeFilter, PartyFilter, ServingFilter)
    search_fields = member_search("")
    search_help_text = "按姓名或委员编号查找"
    autocomplete_fields = ("person",)
    ordering = ("-term__start_date", "code")
    inlines = [TenureInline, SuspensionInline]
    fieldsets = [
        (None, {"fields": ("term", "person", "code", "party", "sector", "committee")}),
        ("单位与推荐", {"fields": ("employer_post", "nominating_body", "liaison_group")}),
        ("任期", {"fields": ("joined_date", "exited_date")}),
    ]

    def get_list_display(self, request):
        """The way to the dossier only for those who may go it."""
        columns = super().get_list_display(request)
        if request.user.has_perm("reporting.view_dutydossier"):
            return columns
        return tuple(name for name in columns if name != "dossier")

    def get_queryset(self, request):
        today = timezone.localdate()
        own = {"member": OuterRef("pk")}
        standing = Tenure.objects.covering(today).filter(post=Post.STANDING_MEMBER, **own)
        suspended = SuspensionPeriod.objects.covering(today).filter(**own)
        return (
            super()
            .get_queryset(request)
            .select_related("term", "person", "sector", "committee")
            .annotate(is_standing=Exists(standing), is_suspended=Exists(suspended))
        )

    @display(description="姓名", ordering="person__name")
    def name(self, member):
        return member.person.name

    @display(description="常委")
    def standing(self, member):
        return "常委" if member.is_standing else None

    @display(
        description="状态",
        label={"在任": "success", "暂停履职": "warning", "已退出": "info", "未就任": "info"},
    )
    def state(self, member):
        today = timezone.localdate()
        if member.joined_date > today:
            return "未就任"
        if not member.serves(today):
            return "已退出"
        return "暂停履职" if member.is_suspended else "在任"

    @display(description="履职档案")
    def dossier(self, member):
        return format_html('<a href="{}">查看</a>', link_to_dossier(member))


class PeriodAdmin(AuditedModelAdmin):
    """Posts and suspensions: a member in a period."""

    date_hierarchy = "start_date"
    list_select_related = ("member__person", "member__sector")
    list_filter = (MemberTermFilter, MemberSectorFilter)
    search_fields = member_search()
    search_help_text = "按委员姓名或编号查找"
    autocomplete_fields = ("member",)

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, period):
        return period.member.sector


@admin.register(Tenure)
class TenureAdmin(PeriodAdmin):
    list_display = ("member", "sector", "post", "organ", "start_date", "end_date")
    list_filter = (*PeriodAdmin.list_filter, "post")
    fields = ("member", "post", "organ", "start_date", "end_date")


@admin.register(SuspensionPeriod)
class SuspensionPeriodAdmin(SensitiveModelAdmin, PeriodAdmin):
    list_display = ("member", "sector", "start_date", "end_date", "decision_number")
    fields = ("member", "start_date", "end_date", "decision_number")
