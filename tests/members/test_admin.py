from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from members.choices import Post
from members.models import Member, Person, Sector
from tests.building import make_member, make_term
from tests.world import build_world


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def registrar(world, client):
    user = world.users[RoleCode.REGISTRAR]
    user.is_staff = True
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def filled(world, person, **given) -> dict:
    """What a clerk fills in to seat a person, with one row of a post."""
    form = {
        "term": world.term.pk,
        "person": person.pk,
        "code": "0100",
        "party": "cpc",
        "sector": world.sectors[0].pk,
        "joined_date": "2023-01-01",
        "tenures-TOTAL_FORMS": 1,
        "tenures-INITIAL_FORMS": 0,
        "tenures-0-post": Post.STANDING_MEMBER,
        "tenures-0-start_date": "2023-02-01",
        "suspensions-TOTAL_FORMS": 0,
        "suspensions-INITIAL_FORMS": 0,
    }
    return form | given


def test_member_is_seated_with_a_post_and_written_down(world, registrar):
    person = Person.objects.create(name="玄龟某")
    before = AuditEntry.objects.count()
    registrar.post(reverse("admin:members_member_add"), filled(world, person))
    member = Member.objects.get(person=person)
    assert member.recorded_by == world.users[RoleCode.REGISTRAR]
    assert member.tenures.get().start_date == date(2023, 2, 1)
    assert AuditEntry.objects.count() == before + 2


def test_person_without_a_seat_is_shown_to_the_office(world, registrar):
    person = Person.objects.create(name="玄龟某")
    page = reverse("admin:members_person_change", args=[person.pk])
    assert registrar.get(page).status_code == 200


def test_code_already_given_is_refused_beside_the_field(world, registrar):
    person = Person.objects.create(name="玄龟某")
    answer = registrar.post(reverse("admin:members_member_add"), filled(world, person, code="0001"))
    assert "本届已有此委员编号。" in answer.content.decode()
    assert not Member.objects.filter(person=person).exists()


def test_post_outside_the_membership_is_refused_with_nothing_saved(world, registrar):
    person = Person.objects.create(name="玄龟某")
    form = filled(world, person, **{"tenures-0-start_date": "2022-02-01"})
    answer = registrar.post(reverse("admin:members_member_add"), form, follow=True)
    assert "不在该委员的任期之内" in answer.content.decode()
    assert not Member.objects.filter(person=person).exists()


def test_form_offers_organs_of_the_members_own_term(world, registrar):
    other = make_term("test-0").sector_set.all()
    page = reverse("admin:members_member_change", args=[world.members[0].pk])
    offered = registrar.get(page).context["adminform"].form.fields["sector"].queryset
    assert set(offered) == set(Sector.objects.filter(term=world.term))
    assert not set(offered) & set(other)


def test_list_tells_who_serves_stands_and_is_suspended(world, registrar):
    page = reverse("admin:members_member_changelist")
    member = world.members[0]
    member.suspensions.update(end_date=None)
    standing = registrar.get(f"{page}?state=standing").context["cl"].result_list
    suspended = registrar.get(f"{page}?state=suspended").context["cl"].result_list
    assert [row.pk for row in standing] == [row.pk for row in world.members]
    assert [row.pk for row in suspended] == [member.pk]


def test_list_begins_with_the_current_term(world, registrar):
    page = reverse("admin:members_member_changelist")
    make_member(make_term("test-0", starts=date(2016, 1, 1), ends=date(2020, 12, 31)))
    assert registrar.get(page).context["cl"].result_count == 3
    assert registrar.get(f"{page}?term=test-0").context["cl"].result_count == 1
    assert registrar.get(f"{page}?term=all").context["cl"].result_count == 4
