"""会商意见: the desk of 组织部 and 统战部."""

from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone
from django.views.generic import TemplateView

from exits.models import Case
from exits.querysets import partners_for
from exits.selectors.opinions import opinions_asked, opinions_given
from exits.views.base import DeskPage

PAGE = 30


class OpinionListView(DeskPage, TemplateView):
    """What waits for the department's opinion, and what it said before."""

    title = "会商意见"
    template_name = "exits/opinion_list.html"
    permission_required = ("exits.view_case", "exits.give_opinion")

    def has_permission(self) -> bool:
        return super().has_permission() and bool(partners_for(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        waiting = list(opinions_asked(user=user))
        page = Paginator(opinions_given(user=user), PAGE).get_page(self.request.GET.get("p"))
        shown = {case.pk for case in waiting} | {opinion.case_id for opinion in page}
        self.note(Case.objects.filter(pk__in=shown))
        return super().get_context_data(**kwargs) | {
            "departments": "、".join(partner.label for partner in partners_for(user)),
            "waiting": [
                (case, case.due_date is not None and case.due_date < today) for case in waiting
            ],
            "page": page,
        }
