from django.apps import AppConfig


class ExitsConfig(AppConfig):
    name = "exits"
    verbose_name = "退出与暂停履职"
    default_auto_field = "django.db.models.BigAutoField"
