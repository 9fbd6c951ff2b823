"""我的任务: what was started, how far it is, and its product."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views import View
from django.views.generic import DetailView, ListView

from accounts.models import Job
from accounts.permissions import may_fetch_product
from accounts.selectors.jobs import seconds_left
from accounts.services.jobs import note_fetched
from accounts.views.entrance import SignedIn


class OwnJobs(SignedIn):
    """Jobs of somebody else do not exist."""

    model = Job
    context_object_name = "job"

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.filter(owner=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = admin.site.each_context(self.request) if self.request.user.is_staff else {}
        return desk | super().get_context_data(**kwargs)

    def get_template_names(self) -> list[str]:
        name = "list" if isinstance(self, ListView) else "detail"
        desk = "desk" if self.request.user.is_staff else "plain"
        return [f"accounts/job_{name}_{desk}.html"]


class JobListView(OwnJobs, ListView):
    paginate_by = 30
    context_object_name = "jobs"
    extra_context = {"title": "我的任务"}


class JobDetailView(OwnJobs, DetailView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            title="后台任务", **progress_context(self.request, self.object), **kwargs
        )
        del context["object"]  # the theme would lead back from it to a list that is not ours
        return context


class JobProgressView(SignedIn, View):
    """The progress part of the page, for the page to ask itself every second."""

    def get(self, request: HttpRequest, pk: UUID) -> JsonResponse:
        job = get_object_or_404(Job, pk=pk, owner=request.user)
        context = {"job": job, **progress_context(request, job)}
        html = render_to_string("accounts/_job_progress.html", context, request)
        return JsonResponse({"finished": job.is_finished, "html": html})


class JobProductView(SignedIn, View):
    """Hands the product to its owner; nobody else learns that it is there."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        job = get_object_or_404(Job, pk=pk, owner=request.user)
        if not may_fetch_product(request.user, job):
            raise Http404("没有这个成果文件。")
        note_fetched(job=job, actor=request.user, at=timezone.now())
        response = FileResponse(
            job.product.open("rb"), as_attachment=True, filename=job.product_name
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response


def progress_context(request: HttpRequest, job: Job) -> dict[str, Any]:
    return {
        "may_fetch": may_fetch_product(request.user, job),
        "seconds_left": seconds_left(job, at=timezone.now()),
    }
