"""Overlapping periods of one member are refused by the database, past every check of ours."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from members.choices import Post
from members.models import SuspensionPeriod, Tenure
from tests.building import make_member, make_term

pytestmark = pytest.mark.django_db

JANUARY, MARCH, MAY, JULY = (date(2023, month, 1) for month in (1, 3, 5, 7))


@pytest.fixture
def member():
    return make_member(make_term())


def tenures(member, *periods, post=Post.STANDING_MEMBER):
    rows = [Tenure(member=member, post=post, start_date=a, end_date=b) for a, b in periods]
    with transaction.atomic():
        return Tenure.objects.bulk_create(rows)


def suspensions(member, *periods):
    rows = [SuspensionPeriod(member=member, start_date=a, end_date=b) for a, b in periods]
    with transaction.atomic():
        return SuspensionPeriod.objects.bulk_create(rows)


OVERLAPS = [
    ((JANUARY, MAY), (MARCH, JULY)),
    ((JANUARY, None), (MARCH, MAY)),
    ((MARCH, MAY), (JANUARY, None)),
    ((JANUARY, JULY), (MARCH, MAY)),
]
APART = [
    ((JANUARY, MARCH), (MARCH, MAY)),
    ((MARCH, None), (JANUARY, MARCH)),
    ((JANUARY, None), (MARCH, MARCH)),
    ((MARCH, MARCH), (JANUARY, None)),
]


@pytest.mark.parametrize("make", [tenures, suspensions])
@pytest.mark.parametrize("periods", OVERLAPS)
def test_overlapping_periods_are_refused(member, make, periods):
    with pytest.raises(IntegrityError):
        make(member, *periods)


@pytest.mark.parametrize("make", [tenures, suspensions])
@pytest.mark.parametrize("periods", APART)
def test_periods_that_only_touch_are_kept(member, make, periods):
    assert len(make(member, *periods)) == 2


def test_period_stretched_over_another_is_refused(member):
    first, _ = tenures(member, (JANUARY, MARCH), (MARCH, MAY))
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenure.objects.filter(pk=first.pk).update(end_date=None)
    assert Tenure.objects.get(pk=first.pk).end_date == MARCH


def test_different_posts_may_overlap(member):
    tenures(member, (JANUARY, None))
    assert tenures(member, (MARCH, None), post=Post.CHAIRPERSON)
