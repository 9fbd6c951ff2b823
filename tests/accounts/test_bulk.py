"""Saving many rows at once, audited like one."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import Batch, add_rows, amend_rows, save_batch
from accounts.services.records import RecordGoneError
from attendance.models import Meeting
from dossiers.choices import HandInKind
from dossiers.models import HandIn
from members.models import Person
from tests.building import hand_in, make_meeting, make_member, make_term

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)


def name(values):
    return f"人员 {values['name']}"


def test_added_rows_are_stamped_and_told_in_full():
    user = User.objects.create(username="reg", name="王敏")
    rows = [{"name": "张三", "birth_month": date(1975, 3, 1)}, {"name": "李四"}]

    keys, changes = add_rows(Person, rows, actor=user, at=AT, label=name)

    first, second = Person.objects.in_bulk(keys).values()
    assert (first.name, first.birth_month, first.version) == ("张三", date(1975, 3, 1), 1)
    assert (first.recorded_by, first.recorded_at) == (user, AT)
    assert (second.birth_month, second.phone) == (None, "")
    assert changes[0].before is None
    assert changes[0].after == {
        "id": first.pk,
        "recorded_by": user.pk,
        "recorded_at": AT.isoformat(),
        "version": 1,
        "name": "张三",
        "gender": "",
        "ethnicity": "",
        "birth_month": "1975-03-01",
        "phone": "",
        "user": None,
    }
    assert [change.label for change in changes] == ["人员 张三", "人员 李四"]


def test_added_rows_take_statements_by_the_hundred():
    def statements(count):
        rows = [{"name": f"委员{number}"} for number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            add_rows(Person, rows, actor=None, at=AT, label=name)
        return len(captured)

    assert (statements(1), statements(50)) == (1, 1)
    assert statements(2000) <= 20


def test_database_refuses_what_the_checks_let_pass():
    with pytest.raises(IntegrityError), transaction.atomic():
        add_rows(Person, [{"name": "张三"}, {"name": ""}], actor=None, at=AT, label=name)

    assert Person.objects.count() == 0


def test_amended_rows_grow_a_version_and_tell_what_differs():
    person = Person.objects.create(name="张三", phone="1")

    changes = amend_rows(Person, {person.pk: {"name": "章三", "phone": "1"}}, label=name)

    person.refresh_from_db()
    assert (person.name, person.version) == ("章三", 2)
    assert changes[0].before == {"name": "张三", "version": 1}
    assert changes[0].after == {"name": "章三", "version": 2}


def test_row_that_is_gone_cannot_be_amended():
    with pytest.raises(RecordGoneError):
        amend_rows(Person, {7: {"name": "章三"}}, label=name)


def test_batch_names_others_by_their_own_names():
    term = make_term()
    member = make_member(term, "0001")
    stored = hand_in(member, 2022, date(2022, 12, 1))
    added = {"member": "0001", "year": 2023, "kind": HandInKind.ANNUAL_RETURN}
    batch = Batch(
        [{**added, "submitted_date": date(2023, 12, 1)}],
        {stored.pk: {"submitted_date": date(2022, 12, 31)}},
    )

    changes = save_batch(
        HandIn,
        batch,
        references={"member": {"0001": member.pk}},
        actor=None,
        at=AT,
        label=lambda values: str(values["year"]),
    )

    assert list(HandIn.objects.order_by("year").values_list("member", "submitted_date")) == [
        (member.pk, date(2022, 12, 31)),
        (member.pk, date(2023, 12, 1)),
    ]
    assert [change.label for change in changes] == ["2022", "2023"]


def test_reference_to_nothing_stays_nothing():
    meeting = make_meeting(make_term())
    sector = meeting.term.sector_set.first()
    Meeting.objects.filter(pk=meeting.pk).update(sector=sector)

    save_batch(
        Meeting,
        Batch(amended={meeting.pk: {"sector": None}}),
        references={"sector": {}},
        actor=None,
        at=AT,
        label=lambda values: str(values["number"]),
    )

    meeting.refresh_from_db()
    assert meeting.sector is None
