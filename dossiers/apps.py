from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"
    verbose_name = "履职档案"
    default_auto_field = "django.db.models.BigAutoField"
