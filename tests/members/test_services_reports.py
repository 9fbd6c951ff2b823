"""Who reports what of whom, how the office settles it, and that nothing follows by itself."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError
from members.choices import ChangeKind, Party, ReportState
from members.models import (
    Affiliation,
    ChangeReport,
    ConductFinding,
    LiaisonGroup,
    Notice,
    Sanction,
    SectorGroup,
    SuspensionPeriod,
)
from members.selectors.reports import reportable_kinds, waiting_reports
from members.services.reports import (
    AlreadyReportedError,
    NotReportableError,
    NotReporterError,
    ReportClosedError,
    pass_on_report,
    report_change,
    settle_report,
    withdraw_report,
)
from tests.accounts.people import make_user
from tests.building import make_member, make_term

pytestmark = pytest.mark.django_db

AT = datetime(2023, 6, 5, 2, 0, tzinfo=UTC)
LATER = datetime(2023, 6, 7, 2, 0, tzinfo=UTC)
GRAVE = ChangeKind.SUSPECTED_VIOLATION


@pytest.fixture
def term():
    return make_term(starts=date(2021, 1, 1), ends=date(2026, 12, 31))


@pytest.fixture
def group(term):
    return LiaisonGroup.objects.create(term=term, name="安源区联络组")


@pytest.fixture
def member(term, group):
    """Of the county group, the first sector and the Communist Party."""
    return make_member(term, liaison_group=group)


@pytest.fixture
def outsider(term):
    """Of no county group, another sector and another party."""
    return make_member(term, sector=term.sector_set.last(), party=Party.RCCK)


@pytest.fixture
def county(group):
    user = make_user("county", "county_group", name="江望乡")
    Affiliation.objects.create(user=user, liaison_group=group)
    return user


@pytest.fixture
def sector(term, member):
    user = make_user("sector", "sector_group", name="陆界平")
    sector_group = SectorGroup.objects.create(term=term, name="活动组", sector=member.sector)
    Affiliation.objects.create(user=user, sector_group=sector_group)
    return user


@pytest.fixture
def cadres():
    return make_user("cadres", "organization_department", name="顾守成")


@pytest.fixture
def front():
    return make_user("front", "united_front_department", name="苏同舟")


@pytest.fixture
def registrar():
    return make_user("registrar", "registrar", name="文清扬")


def report(member, actor, kind=ChangeKind.POST_CHANGED, **given):
    values = {"statement": "已调任。", "at": AT} | given
    return report_change(member=member, kind=kind, actor=actor, **values)


def settle(found, actor, state=ReportState.ACCEPTED, answer="已更改名册。"):
    return settle_report(report=found, state=state, answer=answer, actor=actor, at=LATER)


def test_county_group_reports_everything_of_its_own(member, county, group):
    assert reportable_kinds(user=county, member=member) == list(ChangeKind)
    found = report(member, county, GRAVE)
    assert (found.liaison_group, found.sector_group) == (group, None)
    assert (found.state, found.recorded_by) == (ReportState.NEW, county)


def test_sector_group_reports_what_is_not_disciplinary(member, sector):
    kinds = [ChangeKind.POST_CHANGED, ChangeKind.MOVED_AWAY, ChangeKind.OTHER]
    assert reportable_kinds(user=sector, member=member) == kinds
    assert report(member, sector).sector_group.name == "活动组"
    with pytest.raises(NotReportableError):
        report(member, sector, GRAVE)


def test_organization_department_reports_posts_of_its_side(member, outsider, cadres):
    assert reportable_kinds(user=cadres, member=member) == [ChangeKind.POST_CHANGED]
    assert report(member, cadres).unit is None
    with pytest.raises(NotReportableError):
        report(member, cadres, ChangeKind.MOVED_AWAY)
    with pytest.raises(NotReportableError):
        report(outsider, cadres)


@pytest.mark.parametrize("reporter", ["county", "sector"])
def test_groups_report_on_their_own_members_only(reporter, outsider, request):
    with pytest.raises(NotReportableError):
        report(outsider, request.getfixturevalue(reporter))
    assert not ChangeReport.objects.exists()


@pytest.mark.parametrize("role", ["united_front_department", "leader", "collector", "member"])
def test_others_report_nothing(role, member):
    user = make_user("other", role)
    assert reportable_kinds(user=user) == []
    with pytest.raises(NotReportableError):
        report(member, user)


def test_office_enters_what_reaches_it_on_paper(outsider, registrar):
    assert report(outsider, registrar, GRAVE).unit is None


def test_report_wants_words_and_a_day_that_has_come(member, county):
    with pytest.raises(ReasonMissingError):
        report(member, county, statement=" ")
    with pytest.raises(NotReportableError):
        report(member, county, happened_date=date(2023, 6, 6))
    assert report(member, county, happened_date=date(2023, 6, 5)).happened_date.day == 5


def test_the_same_report_sent_twice_is_one(member, county):
    report(member, county)
    with pytest.raises(AlreadyReportedError):
        report(member, county)
    assert ChangeReport.objects.count() == 1


def test_report_is_settled_once_and_the_reporter_told(member, county, registrar):
    found = settle(report(member, county), registrar)
    assert (found.state, found.settled_by, found.settled_at) == (
        ReportState.ACCEPTED,
        registrar,
        LATER,
    )
    assert [str(row) for row in Notice.objects.get().recipients.all()] == ["江望乡"]
    with pytest.raises(ReportClosedError):
        settle(found, registrar, ReportState.SET_ASIDE)
    found.refresh_from_db()
    assert found.state == ReportState.ACCEPTED


def test_settling_wants_an_answer_and_one_of_two_results(member, county, registrar):
    found = report(member, county)
    with pytest.raises(ReasonMissingError):
        settle(found, registrar, answer=" ")
    with pytest.raises(ReportClosedError):
        settle(found, registrar, ReportState.WITHDRAWN)


def test_settling_changes_nothing_but_the_report(member, county, registrar):
    before = (member.version, member.employer_post)
    settle(report(member, county, ChangeKind.VIOLATION_HANDLED), registrar)
    member.refresh_from_db()
    assert (member.version, member.employer_post) == before
    for model in (Sanction, ConductFinding, SuspensionPeriod):
        assert not model.objects.exists()


def test_passing_on_tells_the_side_and_nobody_else(member, county, registrar, cadres, front):
    found = report(member, county, GRAVE, statement="涉嫌酒驾。")
    for user in (cadres, front):
        assert not ChangeReport.objects.visible_to(user).exists()
    pass_on_report(report=found, actor=registrar, at=LATER)
    notice = Notice.objects.get()
    assert [str(row) for row in notice.recipients.all()] == ["顾守成"]
    assert "酒驾" not in notice.title + notice.body
    assert member.person.name not in notice.title + notice.body
    assert list(ChangeReport.objects.visible_to(cadres)) == [found]
    assert not ChangeReport.objects.visible_to(front).exists()


def test_other_parties_go_to_the_united_front(outsider, registrar, cadres, front):
    found = pass_on_report(report=report(outsider, registrar), actor=registrar, at=LATER)
    assert list(ChangeReport.objects.visible_to(front)) == [found]
    assert not ChangeReport.objects.visible_to(cadres).exists()


def test_side_without_an_account_is_told_on_paper(member, county, registrar):
    pass_on_report(report=report(member, county), actor=registrar, at=LATER)
    assert [str(row) for row in Notice.objects.get().recipients.all()] == ["市委组织部"]


def test_report_is_passed_on_once_and_not_to_whom_it_came_from(member, county, registrar, cadres):
    found = report(member, county)
    pass_on_report(report=found, actor=registrar, at=LATER)
    with pytest.raises(ReportClosedError):
        pass_on_report(report=found, actor=registrar, at=LATER)
    with pytest.raises(NotReportableError):
        pass_on_report(report=report(member, cadres), actor=registrar, at=LATER)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "passes"), [(ReportState.ACCEPTED, True), (ReportState.SET_ASIDE, False)]
)
def test_settled_report_is_passed_on_unless_set_aside(state, passes, member, county, registrar):
    found = settle(report(member, county), registrar, state)
    if passes:
        assert pass_on_report(report=found, actor=registrar, at=LATER).passed_on_at == LATER
        return
    with pytest.raises(ReportClosedError):
        pass_on_report(report=found, actor=registrar, at=LATER)


def test_reporter_withdraws_while_it_is_new(member, county, registrar):
    found = report(member, county)
    with pytest.raises(NotReporterError):
        withdraw_report(report=found, actor=registrar, at=LATER)
    assert withdraw_report(report=found, actor=county, at=LATER).state == ReportState.WITHDRAWN
    with pytest.raises(ReportClosedError):
        settle(found, registrar)


@pytest.mark.parametrize("done", ["settled", "passed on"])
def test_report_dealt_with_is_not_withdrawn(done, member, county, registrar):
    found = report(member, county)
    if done == "settled":
        settle(found, registrar)
    else:
        pass_on_report(report=found, actor=registrar, at=LATER)
    with pytest.raises(ReportClosedError):
        withdraw_report(report=found, actor=county, at=LATER)


def test_member_never_reads_what_is_disciplinary_whatever_their_office(member, county):
    grave, plain = report(member, county, GRAVE), report(member, county)
    leader = make_user("leader", "leader")
    member.person.user = leader
    member.person.save()
    assert list(ChangeReport.objects.visible_to(leader)) == [plain]
    assert set(ChangeReport.objects.visible_to(make_user("chair", "leader"))) == {grave, plain}


def test_unit_keeps_seeing_what_a_colleague_reported(member, county, group):
    found = report(member, county)
    colleague = make_user("colleague", "county_group")
    assert not ChangeReport.objects.visible_to(colleague).exists()
    Affiliation.objects.create(user=colleague, liaison_group=group)
    assert list(ChangeReport.objects.visible_to(colleague)) == [found]


def test_each_act_is_one_entry_in_the_trail(member, county, registrar):
    found = report(member, county)
    pass_on_report(report=found, actor=registrar, at=LATER)
    settle(found, registrar)
    acts = AuditEntry.objects.filter(object_type="members.changereport").order_by("sequence")
    assert [entry.verb for entry in acts] == ["create", "update", "update"]


def test_what_waits_is_new_and_for_those_who_settle(member, county, registrar):
    first, second = report(member, county), report(member, county, GRAVE)
    settle(first, registrar)
    assert list(waiting_reports(user=registrar)) == [second]
    assert list(waiting_reports(user=county)) == []
