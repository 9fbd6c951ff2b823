"""通知 as whoever it was sent to reads it."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import ListView, TemplateView

from accounts.views.entrance import SignedIn
from members.exporters.letters import notice_letter, notice_paragraphs
from members.models import Notice
from members.selectors.notices import received_notices
from members.services.notices import read_notice


class NoticeListView(SignedIn, ListView):
    """Everything the account was sent, newest first, or what is unread of it (`?unread=1`)."""

    template_name = "members/notice_list.html"
    context_object_name = "notices"
    paginate_by = 20
    extra_context = {"title": "通知"}

    def get_queryset(self) -> QuerySet[Notice]:
        received = received_notices(self.request.user)
        return received.filter(read_at__isnull=True) if "unread" in self.request.GET else received


class NoticeDetailView(SignedIn, TemplateView):
    """Opening a notice is reading it. Whoever only keeps it is led to the office's page."""

    template_name = "members/notice_detail.html"

    def get(self, request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        notice = received_notices(request.user).filter(pk=pk).first()
        if notice is None:
            return self._kept(request, pk)
        if request.method == "GET":
            read_notice(notice=notice, user=request.user, at=timezone.now())
        context = self.get_context_data(
            title=notice.title, notice=notice, paragraphs=notice_paragraphs(notice)
        )
        return self.render_to_response(context)

    def _kept(self, request: HttpRequest, pk: int) -> HttpResponse:
        may_keep = request.user.is_staff and request.user.has_perm("members.view_notice")
        if not may_keep or not Notice.objects.visible_to(request.user).filter(pk=pk).exists():
            raise Http404("没有这份通知。")
        return HttpResponseRedirect(reverse("admin:members_notice_change", args=[pk]))


class NoticeLetterView(SignedIn, View):
    """The notice as a letter, for those who may read it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        notices = Notice.objects.visible_to(request.user).select_related("term__assembly")
        notice = get_object_or_404(notices, pk=pk)
        return HttpResponse(
            notice_letter(notice),
            content_type="application/pdf",
            headers={
                "Content-Disposition": content_disposition_header(True, f"{notice.title}.pdf"),
                "X-Content-Type-Options": "nosniff",
            },
        )
