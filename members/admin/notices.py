from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin
from core.refusals import RefusalError
from core.told import told_on
from members.admin.lists import TermFilter
from members.exporters.letters import notice_paragraphs
from members.forms.notices import DeliveryForm
from members.models import Notice, NoticeRecipient
from members.services.delivery import start_delivery

PER_PAGE = 50
REACHED = Q(recipients__read_at__isnull=False) | Q(recipients__delivered_at__isnull=False)
#: What the recipients can be narrowed to, by name in the address.
SHOWN = {
    "waiting": ("未读未送达", Q(read_at__isnull=True, delivered_at__isnull=True)),
    "reached": ("已读或已送达", Q(read_at__isnull=False) | Q(delivered_at__isnull=False)),
    "failed": ("邮件短信未发出", ~Q(failure="")),
}


@admin.register(Notice)
class NoticeAdmin(AuditedModelAdmin):
    """What was sent, to whom, who has read it. Nothing is written here but its delivery."""

    list_display = ("sent_at", "title", "kind", "reached", "reply_by")
    list_display_links = ("title",)
    list_filter = (TermFilter, ("kind", ChoicesDropdownFilter))
    date_hierarchy = "sent_at"
    search_fields = ("title",)
    search_help_text = "按标题查找"

    def get_queryset(self, request):
        counted = {"told": Count("recipients"), "got": Count("recipients", filter=REACHED)}
        return super().get_queryset(request).annotate(**counted)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        deliver = self.admin_site.admin_view(self.deliver_view)
        hand_over = self.admin_site.admin_view(self.hand_over_view)
        return [
            path("<int:pk>/deliver/", deliver, name="members_notice_deliver"),
            path("recipients/<int:pk>/", hand_over, name="members_notice_hand_over"),
            *super().get_urls(),
        ]

    @display(description="已读或送达 / 收件人")
    def reached(self, notice):
        return f"{notice.got} / {notice.told}"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        notice = self.get_object(request, object_id)
        if notice is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, notice):
            raise PermissionDenied
        asked, shown = request.GET.get("q", "").strip(), request.GET.get("show", "")
        rows = NoticeRecipient.objects.filter(notice=notice).select_related(
            "member__person", "member__sector", "user"
        )
        if shown in SHOWN:
            rows = rows.filter(SHOWN[shown][1])
        if asked:
            named = Q(member__person__name__contains=asked) | Q(user__name__contains=asked)
            rows = rows.filter(named | Q(party__contains=asked))
        context = {
            "title": notice.title,
            "notice": notice,
            "paragraphs": notice_paragraphs(notice),
            "page": Paginator(rows.order_by("member__code", "pk"), PER_PAGE).get_page(
                request.GET.get("p")
            ),
            "asked": asked,
            "shown": shown if shown in SHOWN else "",
            "choices": [(name, label) for name, (label, _) in SHOWN.items()],
            "may_act": self._may_act(request, notice),
            "goes_out": bool(settings.NOTICE_CHANNELS),
        }
        return self._page(request, "members/notice_recipients.html", context)

    def deliver_view(self, request, pk):
        """Tries the outward channels again for whoever was not reached."""
        notice = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self._may_act(request, notice) or request.method != "POST":
            raise PermissionDenied
        try:
            start_delivery(notice=notice, actor=request.user, at=timezone.now())
            messages.success(request, "已交后台重新发送，稍后刷新本页看结果。")
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(page_of(notice.pk))

    def hand_over_view(self, request, pk):
        """Writes down that one recipient was told on paper or by telephone."""
        rows = NoticeRecipient.objects.filter(notice__in=self.get_queryset(request).values("pk"))
        recipient = get_object_or_404(rows.select_related("notice", "member__person"), pk=pk)
        if not self._may_act(request, recipient.notice):
            raise PermissionDenied
        at = timezone.now()
        form = DeliveryForm(
            request.POST or None,
            initial={
                "delivered_at": timezone.localtime(recipient.delivered_at or at),
                "note": recipient.delivery_note,
            },
            is_correction=recipient.delivered_at is not None,
        )
        if form.is_valid():
            with told_on(form):
                form.carry_out(recipient, actor=request.user, at=at)
                messages.success(request, f"已登记送达：{recipient}。")
                return HttpResponseRedirect(page_of(recipient.notice_id))
        context = {"title": f"登记送达：{recipient}", "recipient": recipient, "form": form}
        return self._page(request, "members/notice_hand_over.html", context)

    def _may_act(self, request, notice):
        """Who is only told has no hand in the proof that they were."""
        if not request.user.has_perm("members.change_noticerecipient"):
            return False
        return Notice.objects.sent_by(request.user).filter(pk=notice.pk).exists()

    def _page(self, request, template, context):
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)


def page_of(notice_id: int) -> str:
    return reverse("admin:members_notice_change", args=[notice_id])
