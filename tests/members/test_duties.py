"""What an account collects, and by which names members are found."""

from datetime import date

import pytest

from accounts.models import Role, User
from members.choices import RecordKind
from members.models import Affiliation, CollectionDuty, Department
from members.selectors.duties import NotCollectedError, duties_of, refuse_uncollected
from members.selectors.names import members_named, name_index
from tests.building import make_member, make_term

pytestmark = pytest.mark.django_db

ON = date(2023, 5, 10)


@pytest.fixture
def term():
    return make_term()


def account(name, *roles):
    user = User.objects.create(username=name, name=name, is_staff=True)
    user.groups.set(Role.objects.filter(code__in=roles))
    return user


def collector(term, *duties, name="collector", department="学习委"):
    """`duties` are (kind, own_only)."""
    user = account(name, "collector")
    unit = Department.objects.create(term=term, name=department)
    for kind, own_only in duties:
        CollectionDuty.objects.create(department=unit, record_kind=kind, own_only=own_only)
    Affiliation.objects.create(user=user, department=unit)
    return user


def test_registrar_collects_everything(term):
    duties = duties_of(account("registrar", "registrar"), term)
    assert duties.is_whole
    assert duties.covers(RecordKind.SPEECH, "经济委")


@pytest.mark.parametrize("role", ["leader", "member", "system_admin"])
def test_others_collect_nothing(role, term):
    duties = duties_of(account(role, role), term)
    assert [kind for kind in RecordKind if duties.opens(kind)] == []


@pytest.mark.parametrize(
    ("organiser", "covered"), [("学习委", True), ("经济委", False), (None, False)]
)
def test_own_only_covers_what_the_department_organised(organiser, covered, term):
    duties = duties_of(collector(term, (RecordKind.RESEARCH, True)), term)
    assert duties.covers(RecordKind.RESEARCH, organiser) == covered
    assert not duties.opens(RecordKind.PROPOSAL)


def test_a_duty_for_all_wins_over_own_only(term):
    user = collector(term, (RecordKind.RESEARCH, True))
    other = Department.objects.create(term=term, name="办公室")
    CollectionDuty.objects.create(department=other, record_kind=RecordKind.RESEARCH)
    Affiliation.objects.create(user=user, department=other)
    assert duties_of(user, term).covers(RecordKind.RESEARCH, "经济委")


def test_duties_of_another_term_do_not_count(term):
    user = collector(make_term("test-0", starts=date(2016, 1, 1)), (RecordKind.PROPOSAL, False))
    assert not duties_of(user, term).opens(RecordKind.PROPOSAL)


def test_refuse_uncollected_names_the_department(term):
    user = collector(term, (RecordKind.RESEARCH, True))
    refuse_uncollected(actor=user, term=term, kind=RecordKind.RESEARCH, organiser="学习委")
    with pytest.raises(NotCollectedError, match="您只采集学习委承办的“调研视察”"):
        refuse_uncollected(actor=user, term=term, kind=RecordKind.RESEARCH, organiser="经济委")
    with pytest.raises(NotCollectedError, match="“提案”不由您所在的部门采集"):
        refuse_uncollected(actor=user, term=term, kind=RecordKind.PROPOSAL)


def test_name_index_lists_serving_members_with_their_spellings(term):
    make_member(term, "0002", name="单文清")
    make_member(term, "0001", name="已退出", exited=ON)
    assert name_index(term=term, on=ON) == [
        {
            "code": "0002",
            "name": "单文清",
            "sector": "工商联界",
            "spelled": ["shanwenqing", "swq"],
        }
    ]


@pytest.mark.parametrize("size", [1, 3])
def test_names_take_one_query_each(size, term, django_assert_num_queries):
    for number in range(size):
        make_member(term, f"{number:04}", name=f"委员{number}")
    with django_assert_num_queries(1):
        name_index(term=term, on=ON)
    with django_assert_num_queries(1):
        members_named(term=term, written=[f"委员{number}" for number in range(size)])


def test_members_named_takes_numbers_names_and_both(term):
    one, two, three = (
        make_member(term, code, name=name)
        for code, name in (("0001", "张三"), ("0002", "李四"), ("0003", "王五"))
    )
    named = members_named(term=term, written=["0003 王五", "李四", "0001", "张三"])
    assert (named.members, named.faults) == ((three, two, one), ())


def test_members_named_refuses_namesakes_strangers_and_mismatches(term):
    make_member(term, "0001", name="张三")
    make_member(term, "0002", name="张三")
    make_member(make_term("test-0", starts=date(2016, 1, 1)), "0009", name="旧届")
    named = members_named(term=term, written=["张三", "旧届", "0001 李四"])
    assert named.members == ()
    assert named.faults == (
        "本届有多名委员叫“张三”，请改填委员编号：0001、0002。",
        "本届没有委员“旧届”，请核对姓名或编号。",
        "本届没有委员“0001 李四”，请核对姓名或编号。",
    )
