"""What every numbered piece of written work shares."""

from django.db import models
from django.db.models import Q

from core.models import Recorded
from members.models import Term


class Work(Recorded):
    """A piece of work numbered within its term."""

    term = models.ForeignKey(Term, verbose_name="届次", on_delete=models.PROTECT)
    number = models.CharField("编号", max_length=50)
    title = models.CharField("标题", max_length=200)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["term", "number"],
                name="%(class)s_number_in_term",
                violation_error_message="本届已有此编号。",
            ),
            models.CheckConstraint(
                condition=~Q(number=""),
                name="%(class)s_has_number",
                violation_error_message="编号不能为空。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
