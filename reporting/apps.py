from django.apps import AppConfig
from django.core.checks import register

from reporting.checks import printing_is_possible


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "统计与表册"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(printing_is_possible)
