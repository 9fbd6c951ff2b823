"""节假日与调休: what the registrar enters changes the working days at once."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from members.models import CalendarDay
from members.selectors.calendar import work_calendar
from tests.world import build_world

LIST = reverse("admin:members_calendarday_changelist")
ADD = reverse("admin:members_calendarday_add")


@pytest.fixture
def world(db):
    return build_world()


def enter(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_registrar_corrects_a_day(world, client):
    registrar = enter(client, world.users[RoleCode.REGISTRAR])
    assert work_calendar().due(date(2026, 6, 2), 1) == date(2026, 6, 3)
    before = AuditEntry.objects.count()
    registrar.post(ADD, {"date": "2026-06-03", "name": "台风停工"})
    day = CalendarDay.objects.get()
    assert (day.is_workday, day.recorded_by) == (False, world.users[RoleCode.REGISTRAR])
    assert AuditEntry.objects.count() == before + 1
    assert work_calendar().due(date(2026, 6, 2), 1) == date(2026, 6, 4)


def test_same_day_is_not_entered_twice(world, client):
    CalendarDay.objects.create(date=date(2026, 6, 3), is_workday=False)
    answer = enter(client, world.users[RoleCode.REGISTRAR]).post(ADD, {"date": "2026-06-03"})
    assert answer.status_code == 200
    assert CalendarDay.objects.count() == 1


@pytest.mark.parametrize("role", [RoleCode.COLLECTOR, RoleCode.COUNTY_GROUP, RoleCode.SYSTEM_ADMIN])
def test_others_do_not_change_the_calendar(role, world, client):
    answer = enter(client, world.users[role]).post(ADD, {"date": "2026-06-03"})
    assert answer.status_code == 403
    assert CalendarDay.objects.count() == 0


@pytest.mark.parametrize(
    ("year", "published", "missing"), [(2025, 2, 0), (2098, 0, 2)], ids=["out", "not yet"]
)
def test_page_says_whether_the_year_is_published(
    year, published, missing, world, client, monkeypatch
):
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(year, 11, 23))
    text = enter(client, world.users[RoleCode.REGISTRAR]).get(LIST).content.decode()
    assert (text.count("已公布"), text.count("放假安排尚未公布")) == (published, missing)
    assert ("2月14日（周六）" in text) is (year == 2025)
