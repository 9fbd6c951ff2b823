from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = "提案与建言"
    default_auto_field = "django.db.models.BigAutoField"
