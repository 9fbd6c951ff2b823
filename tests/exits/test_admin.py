from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import RoleCode
from assessments.models import Finding
from exits.models import Case
from tests.world import build_world

DAY = date(2023, 7, 1)


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


@pytest.fixture
def case(world):
    return Case.objects.create(
        member=world.members[1], kind="order_resign", grounds="事由", opened_date=DAY
    )


def open_case(registrar, member, **given):
    form = {"kind": "order_resign", "grounds": "连续缺席。", "opened_date": DAY, "finding": ""}
    return registrar.post(reverse("admin:exits_case_add") + f"?member={member.pk}", form | given)


def take_step(registrar, case, kind, note="当面办理。"):
    return registrar.post(
        reverse("admin:exits_case_step", args=[case.pk]),
        {"step-kind": kind, "step-date": DAY, "step-note": note},
    )


def test_case_is_opened_on_a_confirmed_finding(world, registrar):
    finding = Finding.objects.get(member=world.members[0], state="confirmed")
    finding.outcome = "order_resign"
    finding.save()
    open_case(registrar, world.members[0], finding=finding.pk)
    case = Case.objects.get(member=world.members[0], kind="order_resign")
    assert (case.finding, case.grounds) == (finding, "连续缺席。")


def test_case_is_not_opened_on_an_open_finding(world, registrar):
    finding = Finding.objects.get(member=world.members[0], state="open")
    Finding.objects.filter(pk=finding.pk).update(outcome="order_resign")
    open_case(registrar, world.members[0], finding=finding.pk)
    assert not Case.objects.filter(kind="order_resign").exists()


def test_case_without_grounds_says_so_and_keeps_what_was_typed(world, registrar):
    answer = open_case(registrar, world.members[0], grounds="", opened_date="2023-07-02")
    assert "此项必填。" in answer.content.decode()
    assert "2023-07-02" in answer.content.decode()


def test_steps_are_recorded_and_the_case_closed(registrar, case):
    for kind in ("reminded", "persuaded", "refused"):
        take_step(registrar, case, kind)
    registrar.post(
        reverse("admin:exits_case_close", args=[case.pk]),
        {"closing-closed_date": DAY, "closing-note": "转撤销程序。"},
    )
    case.refresh_from_db()
    kinds = list(case.steps.values_list("kind", flat=True))
    assert kinds == ["reminded", "persuaded", "refused", "closed"]
    assert case.closed_date == DAY


def test_refusal_before_persuasion_is_refused_with_the_words_kept(registrar, case):
    answer = take_step(registrar, case, "refused", note="本人不同意。")
    assert "须先登记提醒和劝说" in answer.content.decode()
    assert "本人不同意。" in answer.content.decode()
    assert not case.steps.exists()


def test_partner_reads_a_case_of_its_side_but_takes_no_step(world, client, case):
    user = world.users[RoleCode.UNITED_FRONT_DEPARTMENT]
    user.is_staff = True
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("admin:exits_case_change", args=[case.pk])
    assert client.get(page).status_code == 200
    assert take_step(client, case, "reminded").status_code == 403
    assert not case.steps.exists()
