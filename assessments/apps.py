from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "履职考核"
    default_auto_field = "django.db.models.BigAutoField"
