from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    name = "attendance"
    verbose_name = "会议与出席"
    default_auto_field = "django.db.models.BigAutoField"
