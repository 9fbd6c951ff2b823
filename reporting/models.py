"""No tables of its own: the dossier is a way of reading a member."""

from members.models import Member


class DutyDossier(Member):
    """一人一档: everything recorded about a member's performance of duties."""

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "履职档案"
        default_permissions = ("view", "export")
