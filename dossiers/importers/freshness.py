"""Whether what was read without a lock still holds when it is written.

Every write leaves an audit entry in its own transaction, and entries are numbered under one
lock: who holds that lock and finds no newer entry over the records knows that none changed.
"""

from django.apps import apps

from accounts.models import AuditChange, AuditHead

#: Apps whose records the checks of an import rest on.
READ_APPS = ("members", "attendance", "proposals", "dossiers")


def read_mark() -> int:
    """Number of the last entry; to be taken before the first record is read."""
    return AuditHead.objects.values_list("sequence", flat=True).get(pk=1)


def hold_still() -> None:
    """Until the transaction ends nobody else can write anything audited."""
    AuditHead.objects.select_for_update(no_key=True).get(pk=1)


def changed_since(mark: int) -> bool:
    """Whether a record was written after the mark was taken."""
    tables = [
        model._meta.label_lower
        for app in READ_APPS
        for model in apps.get_app_config(app).get_models()
    ]
    newer = AuditChange.objects.filter(entry__sequence__gt=mark, object_type__in=tables)
    return newer.exists()
