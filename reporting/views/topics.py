"""The year's plan, each topic's page, and what is done with a topic."""

from abc import abstractmethod
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView, TemplateView

from core.files import attachment_name, attachment_response
from core.refusals import RefusalError
from core.told import told_on
from members.models import SpecialCommittee
from proposals.choices import COUNTED_TOPIC_KINDS, OPEN_TOPIC_STATES, TopicKind, TopicState
from proposals.models import Topic, TopicPartnership
from proposals.permissions import contributes_to, keeps_topic, plans_topics
from proposals.services import record_topic_research, start_topic
from reporting.forms.topics import CancelForm, ContributionForm, FinishForm, TopicForm
from reporting.selectors.topics import (
    by_kind,
    county_shares,
    own_topics,
    topic_dossier,
    topic_titles,
    topic_years,
    topics_of_year,
)
from reporting.views.pages import HousePage

PLAN = "reporting:topic-list"


def page_of(topic: Topic) -> str:
    return reverse("reporting:topic-detail", args=[topic.pk])


class PlanPage(HousePage):
    permission_required = "proposals.view_topic"

    @cached_property
    def years(self) -> list[int]:
        return topic_years(self.term, today=self.today)

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        known = asked.isascii() and asked.isdecimal() and int(asked[:5]) in self.years
        if asked and not known:
            raise Http404("本届没有这一年度的协商计划。")
        running = self.today.year if self.today.year in self.years else self.years[0]
        return int(asked) if asked else running


class TopicListView(PlanPage, TemplateView):
    """年度协商计划: every topic of a year by kind."""

    template_name = "reporting/topic_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        topics = topics_of_year(term=self.term, year=self.year, user=self.request.user)
        every = list(topics)
        asked = self.request.GET
        state = asked.get("state", "")
        committee = asked.get("committee", "")
        shown = [
            topic
            for topic in every
            if (not state or topic.state == state)
            and (not committee or str(topic.committee_id) == committee)
        ]
        kinds = by_kind(shown, on=self.today)
        return super().get_context_data(**kwargs) | {
            "title": "年度协商计划",
            "term": self.term,
            "years": self.years,
            "year": self.year,
            "kinds": kinds,
            "counts": [
                (code, label, sum(topic.state == code for topic in every))
                for code, label in TopicState.choices
            ],
            "total": len(every),
            "overdue": sum(line.is_overdue for kind in kinds for line in kind.lines),
            "state": state,
            "committees": SpecialCommittee.objects.filter(term=self.term),
            "committee": committee,
            "counties": county_shares(term=self.term, year=self.year),
            "may_plan": plans_topics(self.request.user),
        }


class OwnTopicListView(PlanPage, TemplateView):
    """Topics the member takes part in."""

    template_name = "reporting/topic_own.html"
    title = "我参加的议题"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        topics = own_topics(user=self.request.user)
        return super().get_context_data(**kwargs) | {"topics": topics}


class TopicTitlesView(PlanPage, View):
    """Offered while a meeting's topic is typed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        titles = topic_titles(term=self.term, year=self.today.year, user=request.user)
        return JsonResponse({"titles": titles})


class TopicFormPage(PlanPage, FormView):
    form_class = TopicForm
    template_name = "reporting/topic_form.html"
    topic: Topic | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"term": self.term, "user": self.request.user, "year": self.year}
        return super().get_form_kwargs() | own | {"instance": self.topic}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"topic": self.topic, "year": self.year}

    def form_valid(self, form: TopicForm) -> HttpResponse:
        with told_on(form):
            topic = form.carry_out(actor=self.request.user, at=timezone.now())
            return HttpResponseRedirect(page_of(topic))
        return self.form_invalid(form)


class TopicCreateView(TopicFormPage):
    title = "新增议题"

    def has_permission(self) -> bool:
        return super().has_permission() and plans_topics(self.request.user)


class OfTopic(PlanPage):
    @cached_property
    def topic(self) -> Topic:  # type: ignore[override]
        topics = Topic.objects.visible_to(self.request.user)
        related = topics.select_related("term__assembly", "committee", "department", "recorded_by")
        return get_object_or_404(related, pk=self.kwargs["pk"])

    def refuse_others(self) -> None:
        if not keeps_topic(self.request.user, self.topic):
            raise PermissionDenied


class TopicEditView(OfTopic, TopicFormPage):
    title = "修改议题"

    def has_permission(self) -> bool:
        return super().has_permission() and keeps_topic(self.request.user, self.topic)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"term": self.topic.term}


class TopicDetailView(OfTopic, TemplateView):
    template_name = "reporting/topic_detail.html"
    #: Forms that came back with a refusal, by their name on the page.
    returned: dict[str, forms.Form]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, topic = self.request.user, self.topic
        dossier = topic_dossier(topic=topic, user=user, on=self.today)
        keeps = keeps_topic(user, topic)
        is_open = topic.state in OPEN_TOPIC_STATES
        context = {
            "title": topic.title,
            "topic": topic,
            "dossier": dossier,
            "partnerships": self._partnerships(),
            "file_name": attachment_name(topic.result_file) if topic.result_file else "",
            "keeps": keeps,
            "may_edit": keeps and topic.state != TopicState.CANCELLED,
            "may_start": keeps and topic.state == TopicState.PLANNED,
            "may_finish": keeps and is_open,
            "may_count": keeps
            and topic.state == TopicState.FINISHED
            and topic.kind in COUNTED_TOPIC_KINDS
            and dossier.counted is None,
            "meeting_kind": MEETING_KINDS.get(topic.kind, "other"),
            "finish_form": FinishForm(initial={"finished_date": self.today}),
            "cancel_form": CancelForm(),
        }
        return super().get_context_data(**kwargs) | context | getattr(self, "returned", {})

    def _partnerships(self) -> list[tuple[TopicPartnership, ContributionForm | None]]:
        rows = self.topic.partnerships.select_related("assembly").order_by("pk")
        found = []
        for row in rows:
            row.topic = self.topic
            may = contributes_to(self.request.user, row)
            found.append((row, ContributionForm(partnership=row) if may else None))
        return found


#: What kind of meeting is usually held on a topic of each kind.
MEETING_KINDS = {
    TopicKind.CONSULTATION: "consultation",
    TopicKind.DEMOCRATIC_OVERSIGHT: "democratic_oversight",
    TopicKind.RESEARCH: "research",
    TopicKind.MAJOR_PROPOSAL: "other",
}


class TopicActView(TopicDetailView):
    """One act on a topic; refused, it comes back to the topic's page with the reason."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.refuse_others()
        try:
            return self.act()
        except (RefusalError, ValidationError) as refusal:
            messages.error(request, told(refusal))
        return HttpResponseRedirect(page_of(self.topic))

    @abstractmethod
    def act(self) -> HttpResponseBase:
        """Carries it out, and where that leads."""

    def done(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence)
        return HttpResponseRedirect(page_of(self.topic))

    def carry_out(self, name: str, form: forms.Form, sentence: str) -> HttpResponseBase:
        if form.is_valid():
            with told_on(form):
                form.carry_out(self.topic, actor=self.request.user, at=timezone.now())
                return self.done(sentence)
        self.returned = {name: form}
        return self.render_to_response(self.get_context_data())


class TopicStartView(TopicActView):
    def act(self) -> HttpResponseBase:
        start_topic(topic=self.topic, actor=self.request.user, at=timezone.now())
        return self.done("议题已开始。")


class TopicFinishView(TopicActView):
    def act(self) -> HttpResponseBase:
        form = FinishForm(self.request.POST, self.request.FILES)
        return self.carry_out("finish_form", form, "议题已完成，成果已归档。")


class TopicCancelView(TopicActView):
    def act(self) -> HttpResponseBase:
        return self.carry_out("cancel_form", CancelForm(self.request.POST), "议题已取消。")


class TopicCountView(TopicActView):
    """Counts the topic as a 调研协商课题 of those who took part."""

    def act(self) -> HttpResponseBase:
        research = record_topic_research(
            topic=self.topic, actor=self.request.user, at=timezone.now()
        )
        counted = research.participations.count()
        left = self.topic.participations.count() - counted
        gone = f"；{left} 人完成时已不在任，没有计入" if left else ""
        return self.done(
            f"已计入 {counted} 名参加委员的调研协商课题（编号 {research.number}）{gone}。"
        )


class ContributionView(TopicDetailView):
    """A county assembly's part, entered by its own group or by whoever keeps the topic."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = self.topic.partnerships.select_related("assembly")
        partnership = get_object_or_404(rows, pk=self.kwargs["partnership"])
        partnership.topic = self.topic
        if not contributes_to(request.user, partnership):
            raise PermissionDenied
        form = ContributionForm(request.POST, partnership=partnership)
        if form.is_valid():
            with told_on(form):
                form.carry_out(actor=request.user, at=timezone.now())
                messages.success(request, f"{partnership.assembly}的分工与成果已保存。")
                return HttpResponseRedirect(page_of(self.topic))
        self.returned = {
            "partnerships": [
                (row, form if row.pk == partnership.pk else shown)
                for row, shown in self._partnerships()
            ]
        }
        return self.render_to_response(self.get_context_data())


class TopicFileView(OfTopic, View):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not self.topic.result_file:
            raise Http404("该议题没有成果文件。")
        return attachment_response(self.topic.result_file)


def told(refusal: Exception) -> Any:
    return refusal.messages if isinstance(refusal, ValidationError) else str(refusal)
