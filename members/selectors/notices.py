"""Reads of notices: what an account was told, and has yet to read."""

from django.db.models import Min, Q, QuerySet

from accounts.models import User
from members.models import Notice, NoticeRecipient


def received_notices(user: User) -> QuerySet[Notice]:
    """Notices the account was sent, newest first, each once; `read_at` is empty while unread."""
    own = Q(recipients__user=user) | Q(recipients__member__person__user=user)
    return (
        Notice.objects.filter(own)
        .annotate(read_at=Min("recipients__read_at", filter=own))
        .order_by("-sent_at", "-pk")
    )


def unread_notices(user: User) -> QuerySet[Notice]:
    """Of those received, the ones not yet read."""
    unread = NoticeRecipient.objects.to(user).filter(read_at__isnull=True)
    return Notice.objects.filter(pk__in=unread.values("notice")).order_by("-sent_at", "-pk")
