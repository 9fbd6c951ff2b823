from typing import Self

from django.db.models import QuerySet

from members.choices import RecordKind
from members.querysets import collected_by, visible_records


class HandInQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        collected = collected_by(user, RecordKind.HAND_IN, organiser="pk")
        return self.filter(visible_records(user, collected=collected))
