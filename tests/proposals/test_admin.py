import pytest
from django.urls import reverse

from accounts.roles import RoleCode
from proposals.models import Proposal
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


def submit(registrar, world, *cosponsors):
    form = {
        "term": world.term.pk,
        "number": "T-9",
        "title": "关于加装电梯的提案",
        "lead_sponsor": world.members[0].pk,
        "submitted_date": "2023-03-01",
        "cosponsorships-TOTAL_FORMS": len(cosponsors),
        "cosponsorships-INITIAL_FORMS": 0,
    }
    for place, member in enumerate(cosponsors):
        form |= {
            f"cosponsorships-{place}-member": member.pk,
            f"cosponsorships-{place}-sequence": place + 1,
        }
    return registrar.post(reverse("admin:proposals_proposal_add"), form, follow=True)


def test_proposal_is_entered_with_its_cosponsors_in_order(world, registrar):
    submit(registrar, world, world.members[2], world.members[1])
    proposal = Proposal.objects.get(number="T-9")
    names = [link.member for link in proposal.cosponsorships.order_by("sequence")]
    assert names == [world.members[2], world.members[1]]


def test_lead_sponsor_among_the_cosponsors_is_refused(world, registrar):
    answer = submit(registrar, world, world.members[0])
    assert "第一提案人不能同时是联名人。" in answer.content.decode()
    assert not Proposal.objects.filter(number="T-9").exists()


def test_list_names_the_cosponsors(world, registrar):
    submit(registrar, world, world.members[2], world.members[1])
    text = registrar.get(reverse("admin:proposals_proposal_changelist")).content.decode()
    assert "赤鲤某、白鹤某" in text
