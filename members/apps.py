from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "委员名册"
    default_auto_field = "django.db.models.BigAutoField"
