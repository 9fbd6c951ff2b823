from django.contrib import admin
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin, AuditedTabularInline
from accounts.roles import RoleCode
from members.admin.lists import (
    CommitteeFilter,
    MemberSectorFilter,
    SectorFilter,
    TermFilter,
    member_search,
)
from members.selectors import current_term
from proposals.choices import ExaminationResult, TopicState
from proposals.models import (
    Article,
    CoSponsorship,
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    Proposal,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
    Topic,
)
from proposals.selectors.linking import reports_from, source_of


class LeadSectorFilter(SectorFilter):
    title = "第一提案人界别"
    path = "lead_sponsor__sector"


class WorkAdmin(AuditedModelAdmin):
    """Numbered written work of a term."""

    list_display_links = ("number", "title")

    def get_changeform_initial_data(self, request):
        return {"term": current_term()} | super().get_changeform_initial_data(request)


class SignatoryInline(AuditedTabularInline):
    """Members who signed a work, in order."""

    fields = ("sequence", "member")
    autocomplete_fields = ("member",)


class CoSponsorshipInline(SignatoryInline):
    model = CoSponsorship


class OpinionAuthorshipInline(SignatoryInline):
    model = OpinionAuthorship
    min_num = 1


class ResearchParticipationInline(SignatoryInline):
    model = ResearchParticipation
    min_num = 1


class OpinionAdoptionInline(AuditedTabularInline):
    model = OpinionAdoption


class OpinionInstructionInline(AuditedTabularInline):
    model = OpinionInstruction


def names(links) -> str:
    """Names of those who signed, in the order they signed."""
    return "、".join(link.member.person.name for link in links)


def signatories(relation: str) -> Prefetch:
    model = {
        "cosponsorships": CoSponsorship,
        "authorships": OpinionAuthorship,
        "participations": ResearchParticipation,
    }[relation]
    return Prefetch(relation, model.objects.select_related("member__person").order_by("sequence"))


class CounterpartMixin:
    """Shows what a work became, or came from: a link for those who may see it, else its number."""

    def get_object(self, request, object_id, from_field=None):
        work = super().get_object(request, object_id, from_field)
        if work is not None:
            work.reader = request.user
        return work

    def linked(self, work, counterparts):
        name = counterparts.model._meta.model_name
        seen = set(counterparts.visible_to(work.reader).values_list("pk", flat=True))
        shown = [
            format_html(
                '<a href="{}">{}</a>',
                reverse(f"admin:proposals_{name}_change", args=[other.pk]),
                other,
            )
            if other.pk in seen
            else other.number
            for other in counterparts
        ]
        return format_html_join("、", "{}", ((one,) for one in shown))


@admin.register(Proposal)
class ProposalAdmin(CounterpartMixin, WorkAdmin):
    list_display = (
        "submitted_date",
        "number",
        "title",
        "lead_sponsor",
        "cosigned",
        "examination_result",
        "handling_result",
        "undertaking_unit",
    )
    list_select_related = ("lead_sponsor__person",)
    list_filter = (
        TermFilter,
        "examination_result",
        "handling_result",
        "is_major",
        "is_outstanding",
        LeadSectorFilter,
    )
    date_hierarchy = "submitted_date"
    search_fields = ("number", "title", *member_search("lead_sponsor__"))
    search_help_text = "按提案号、案由或第一提案人查找"
    allowed_lookups = ("lead_sponsor",)
    autocomplete_fields = ("lead_sponsor",)
    inlines = [CoSponsorshipInline]
    fieldsets = [
        (None, {"fields": ("term", "number", "title", "lead_sponsor", "submitted_date")}),
        ("审查与办理", {"fields": ("examination_result", "undertaking_unit", "handling_result")}),
        ("评选", {"fields": ("is_major", "is_outstanding")}),
        ("转社情民意", {"fields": ("became",)}),
    ]
    readonly_fields = ("became",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(signatories("cosponsorships"))

    @display(description="转成的信息")
    def became(self, proposal):
        if proposal.pk is None:
            return "—"
        waiting = proposal.examination_result == ExaminationResult.CONVERTED
        return self.linked(proposal, reports_from(proposal)) or (
            "尚未转录，待社情民意采集部门转录" if waiting else "—"
        )

    @display(description="联名人")
    def cosigned(self, proposal):
        return names(proposal.cosponsorships.all())


@admin.register(PublicOpinionReport)
class PublicOpinionReportAdmin(CounterpartMixin, WorkAdmin):
    list_display = ("reported_date", "number", "title", "author_names", "adopted", "instructed")
    list_filter = (
        TermFilter,
        ("adoptions__level", ChoicesDropdownFilter),
        ("instructions__level", ChoicesDropdownFilter),
    )
    date_hierarchy = "reported_date"
    search_fields = ("number", "title", *member_search("authors__"))
    search_help_text = "按编号、标题或报送人查找"
    allowed_lookups = ("authors",)
    inlines = [OpinionAuthorshipInline, OpinionAdoptionInline, OpinionInstructionInline]
    fields = ("term", "number", "title", "reported_date", "source_proposal_number", "source")
    readonly_fields = ("source",)

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .prefetch_related(signatories("authorships"), "adoptions", "instructions")
        )

    @display(description="来源提案")
    def source(self, report):
        return (self.linked(report, source_of(report)) if report.pk else "") or "—"

    @display(description="报送人")
    def author_names(self, report):
        return names(report.authorships.all())

    @display(description="采用")
    def adopted(self, report):
        return "、".join(adoption.get_level_display() for adoption in report.adoptions.all())

    @display(description="批示")
    def instructed(self, report):
        return "、".join(row.get_level_display() for row in report.instructions.all())


@admin.register(Research)
class ResearchAdmin(WorkAdmin):
    list_display = ("completed_date", "number", "title", "kind", "participant_names", "organiser")
    list_filter = (TermFilter, "kind")
    date_hierarchy = "completed_date"
    search_fields = ("number", "title", "organiser", *member_search("participants__"))
    search_help_text = "按编号、标题、承办部门或参加人查找"
    allowed_lookups = ("participants",)
    inlines = [ResearchParticipationInline]
    fieldsets = [
        (
            None,
            {
                "fields": (
                    "term",
                    "number",
                    "title",
                    "kind",
                    "completed_date",
                    "organiser",
                    "topic",
                )
            },
        ),
        ("成果", {"fields": ("result",)}),
    ]
    autocomplete_fields = ("topic",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(signatories("participations"))

    @display(description="参加人")
    def participant_names(self, research):
        return names(research.participations.all())


@admin.register(Article)
class ArticleAdmin(WorkAdmin):
    list_display = ("published_date", "number", "title", "member", "publication", "level")
    list_select_related = ("member__person",)
    list_filter = (TermFilter, "level", MemberSectorFilter)
    allowed_lookups = ("member",)
    date_hierarchy = "published_date"
    search_fields = ("number", "title", "publication", *member_search())
    search_help_text = "按编号、标题、刊物或委员查找"
    autocomplete_fields = ("member",)
    fields = ("term", "number", "title", "member", "published_date", "publication", "level")


@admin.register(Topic)
class TopicAdmin(AuditedModelAdmin):
    """For looking up and for choosing in forms; topics are worked on at the page of the topic."""

    list_display = (
        "year",
        "number",
        "title",
        "kind",
        "committee",
        "planned_date",
        "state",
        "plan_page",
    )
    list_display_links = ("number", "title")
    list_select_related = ("committee",)
    list_filter = (
        TermFilter,
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        CommitteeFilter,
    )
    search_fields = ("number", "title")
    search_help_text = "按编号或标题查找"
    fields = (
        "term",
        "year",
        "number",
        "title",
        "kind",
        "committee",
        "department",
        "planned_date",
        "state",
        "finished_date",
        "plan",
        "result",
        "cancelled_reason",
        "plan_page",
    )
    readonly_fields = ("plan_page",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """A topic entered by mistake; one that was carried on is finished or cancelled."""
        planned = obj is None or obj.state == TopicState.PLANNED
        return planned and request.user.has_role(RoleCode.REGISTRAR)

    @display(description="办理")
    def plan_page(self, topic):
        address = topic.get_absolute_url() if hasattr(topic, "get_absolute_url") else ""
        return format_html('<a href="{}">打开议题页</a>', address) if address else "—"
