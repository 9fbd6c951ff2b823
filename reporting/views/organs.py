"""Pages of the committees, the sectors and the assembly, and the list of them all."""

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from members.models import Sector, SpecialCommittee
from reporting.permissions import open_committees, open_sectors, sees_assembly, sees_overview
from reporting.selectors.organs import (
    CommitteeLine,
    SectorLine,
    assembly_year,
    held_activities,
    meetings_of_year,
    organ_lines,
)
from reporting.selectors.topics import TopicLine, topics_of_year
from reporting.views.pages import YearPage


class OrganListView(YearPage):
    """Every committee with its sectors, at one glance; those one may open are links."""

    permission_required = "members.view_sector"
    template_name = "reporting/organ_list.html"
    title = "界别与专委会"

    def has_permission(self) -> bool:
        return super().has_permission() and sees_overview(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, term = self.request.user, self.term
        committees, others = organ_lines(
            term=term,
            year=self.year,
            on=self.on,
            committees=list(SpecialCommittee.objects.filter(term=term)),
            sectors=list(Sector.objects.filter(term=term).select_related("liaison")),
            open_committees=set(open_committees(user, term=term).values_list("pk", flat=True)),
            open_sectors=set(open_sectors(user, term=term).values_list("pk", flat=True)),
        )
        own = {"committees": committees, "others": others, "sees_assembly": sees_assembly(user)}
        return super().get_context_data(**kwargs) | own


class CommitteeDetailView(YearPage):
    permission_required = "members.view_specialcommittee"
    template_name = "reporting/committee_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, term = self.request.user, self.term
        committee = get_object_or_404(open_committees(user, term=term), pk=self.kwargs["pk"])
        line = self._line(committee)
        meetings = meetings_of_year(
            term, self.year, Q(committee=committee) | Q(sector__liaison__committee=committee)
        )
        topics = topics_of_year(term=term, year=self.year, user=user)
        return super().get_context_data(**kwargs) | {
            "title": committee.name,
            "committee": committee,
            "line": line,
            "held": held_activities(meetings.filter(start_date__lte=self.on)),
            "coming": meetings.filter(start_date__gt=self.today),
            "topics": [
                TopicLine(topic, self.today) for topic in topics.filter(committee=committee)
            ],
            "opens_dossiers": user.reads_everything,
        }

    def _line(self, committee: SpecialCommittee) -> CommitteeLine:
        sectors = list(
            Sector.objects.filter(liaison__committee=committee).select_related("liaison")
        )
        lines, _ = organ_lines(
            term=self.term,
            year=self.year,
            on=self.on,
            committees=[committee],
            sectors=sectors,
            open_committees={committee.pk},
            open_sectors={sector.pk for sector in sectors},
        )
        return lines[0]


class SectorDetailView(YearPage):
    permission_required = "members.view_sector"
    template_name = "reporting/sector_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, term = self.request.user, self.term
        sectors = open_sectors(user, term=term).select_related("liaison__committee")
        sector = get_object_or_404(sectors, pk=self.kwargs["pk"])
        meetings = meetings_of_year(term, self.year, Q(sector=sector))
        liaison = getattr(sector, "liaison", None)
        committee = liaison.committee if liaison else None
        may_open = open_committees(user, term=term)
        return super().get_context_data(**kwargs) | {
            "title": sector.name,
            "sector": sector,
            "committee": committee,
            "opens_committee": committee and may_open.filter(pk=committee.pk).exists(),
            "line": self._line(sector, committee),
            "held": held_activities(meetings.filter(start_date__lte=self.on), sector=sector),
            "coming": meetings.filter(start_date__gt=self.today),
            "opens_dossiers": user.has_perm("reporting.view_dutydossier"),
        }

    def _line(self, sector: Sector, committee: SpecialCommittee | None) -> SectorLine:
        lines, others = organ_lines(
            term=self.term,
            year=self.year,
            on=self.on,
            committees=[committee] if committee else [],
            sectors=[sector],
            open_committees=set(),
            open_sectors={sector.pk},
        )
        return lines[0].sectors[0] if lines else others[0]


class AssemblyDetailView(YearPage):
    """本级政协年度要求: what the assembly itself has to hold, window by window."""

    permission_required = "members.view_term"
    template_name = "reporting/assembly_detail.html"
    title = "本级政协年度要求"

    def has_permission(self) -> bool:
        return super().has_permission() and sees_assembly(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = assembly_year(term=self.term, year=self.year, on=self.on)
        if not rules:
            raise Http404("本届的规则包没有对本级政协的要求。")
        return super().get_context_data(**kwargs) | {"rules": rules}
