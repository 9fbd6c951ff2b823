"""A member submitting twice, two clerks taking in at once: one effect."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from datetime import UTC, date, datetime
from accounts.models import Role, User
from dossiers.services.submissions import save_submission, start_submission, submit
from tests.building import make_member, make_term
at = datetime(2023, 6, 5, tzinfo=UTC)
term = make_term("race", starts=date(2021, 1, 1), ends=date(2026, 12, 31))
for name, role in (("member", "member"), ("one", "registrar"), ("two", "registrar")):
    user = User.objects.create(username=name, name=name)
    user.groups.set(Role.objects.filter(code=role))
member = make_member(term, "0001")
user = member.person.user = User.objects.get(username="member")
member.person.save()
for number in range(6):
    row = start_submission(member=member, kind="opinion", actor=user, at=at)
    row = save_submission(submission=row, seen_version=1, actor=user, at=at,
                          values={"title": f"opinion {number}", "body": "text"})
    if number < 3:
        submit(submission=row, seen_version=row.version, actor=user, at=at)
"""
ACCEPT = """
from django.utils import timezone
from accounts.models import User
from core.refusals import RefusalError
from dossiers.models import Submission
from dossiers.services.submission_intake import accept_submission
for row in Submission.objects.filter(title__in=["opinion 0", "opinion 1", "opinion 2"]):
    try:
        accept_submission(submission=row, seen_version=row.version,
                          values={"number": f"CLERK-{row.pk}", "title": row.title},
                          actor=User.objects.get(username="CLERK"), at=timezone.now())
    except RefusalError:
        pass
"""
SUBMIT = """
from datetime import UTC, datetime
from accounts.models import User
from core.refusals import RefusalError
from dossiers.models import Submission
from dossiers.services.submissions import submit
for row in Submission.objects.filter(title__in=["opinion 3", "opinion 4", "opinion 5"]):
    try:
        submit(submission=row, seen_version=row.version,
               actor=User.objects.get(username="member"), at=datetime(2023, 6, 6, tzinfo=UTC))
    except RefusalError:
        pass
"""
COUNTS = """
from members.models import Notice
from dossiers.models import Submission
from proposals.models import PublicOpinionReport
print(PublicOpinionReport.objects.count())
print(Submission.objects.filter(state="accepted").count())
print(Submission.objects.filter(state="submitted").count())
print(Notice.objects.filter(title__startswith="委员报送待受理").count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_submitting_and_taking_in_at_once_have_one_effect_each(house):
    clerks = [
        ("shell", "--verbosity", "0", "-c", ACCEPT.replace("CLERK", name))
        for name in ("one", "two")
    ]
    handing_in = ("shell", "--verbosity", "0", "-c", SUBMIT)
    outcomes = all_at_once(house, *clerks, handing_in, handing_in)
    assert outcomes == [("", 0)] * 4
    assert house.ask(COUNTS).splitlines() == ["3", "3", "3", "6"]
