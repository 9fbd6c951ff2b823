"""Two clerks at the same meeting at once: one list, one notice."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from datetime import date
from attendance.choices import MeetingKind
from tests.building import make_meeting, make_member, make_term
term = make_term("race", ends=date(2099, 12, 31))
make_meeting(term, MeetingKind.PLENARY_SESSION, date(2099, 3, 1), number="H-1")
for place in range(20):
    make_member(term, f"{place:04}")
"""
BUILD = """
from django.utils import timezone
from attendance.choices import Scope
from attendance.models import Meeting
from attendance.selectors.expected import Line
from attendance.services.expected import build_expected
build_expected(
    meeting=Meeting.objects.get(), lines=[Line(Scope.ALL)], actor=None, at=timezone.now()
)
"""
TELL = """
from contextlib import suppress
from django.utils import timezone
from attendance.models import Meeting
from attendance.services.convening import NoticeSentError, send_meeting_notice
with suppress(NoticeSentError):
    send_meeting_notice(
        meeting=Meeting.objects.get(), title="通知", body="请参加。", reply_by=None,
        only_untold=False, actor=None, at=timezone.now(), sent_before=0,
    )
"""
COUNTS = """
from attendance.models import Expectation, ScopeLine
from members.models import Notice, NoticeRecipient
print(ScopeLine.objects.count(), Expectation.objects.count())
print(Notice.objects.count(), NoticeRecipient.objects.count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_two_clerks_make_one_list_and_one_notice(house):
    for act in (BUILD, TELL):
        command = ("shell", "--verbosity", "0", "-c", act)
        assert all_at_once(house, command, command, command) == [("", 0)] * 3
    assert house.ask(COUNTS).splitlines() == ["1 20", "1 20"]
