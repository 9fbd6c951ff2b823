from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate  # noqa: TID251 -- Django's own signal
from django.utils.module_loading import import_string


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "账号与审计"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Roles follow their file whenever the database is brought up to date: after the last
        application, when every permission exists.
        """
        *_, last = apps.get_app_configs()
        post_migrate.connect(bring_roles_up_to_date, sender=last)


def bring_roles_up_to_date(**migration: Any) -> None:
    """Only once this app's own tables are complete (they are not after migrating backwards).

    Emptying the database (`flush`) names no state of migrations: its tables are those of today.
    """
    try:
        migration.get("apps", apps).get_model("accounts", "PreviousPassword")
    except LookupError:
        return
    import_string("accounts.services.roles.sync_roles")()
