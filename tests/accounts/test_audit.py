"""The trail: sealed, gapless, append-only."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts import audit
from accounts.choices import Verb

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def enter(number=1, **fields):
    with transaction.atomic():
        return audit.record(
            **{"actor": None, "verb": Verb.UPDATE, "at": AT, "label": f"第{number}件"} | fields
        )


def change(number, before=None, after=None):
    return audit.Change("members.member", str(number), f"委员{number}", before, after)


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused():
    with pytest.raises(audit.AuditOutsideTransactionError):
        audit.record(actor=None, verb=Verb.UPDATE, at=AT)


@pytest.mark.django_db(transaction=True)
def test_trail_begins_anew_in_an_emptied_database():
    assert enter().sequence == 1
