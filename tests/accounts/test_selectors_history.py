from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.roles import RoleCode
from accounts.selectors.history import changes_to, readable
from accounts.services import delete_record, save_record
from attendance.models import Speech
from exits.models import Case
from exits.services import name_conductors
from tests.world import build_world

AT = datetime(2023, 6, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def world(db):
    return build_world()


def history(record) -> list[list[tuple[str, str, str]]]:
    items = readable(changes_to(record), type(record))
    return [[(field.label, field.before, field.after) for field in item.fields] for item in items]


def test_history_tells_fields_choices_and_relations_in_words(world):
    speech = Speech.objects.first()
    speech.manner, speech.date = "written", date(2023, 5, 11)
    speech.member = world.members[2]
    save_record(obj=speech, actor=None, at=AT)
    assert history(speech) == [
        [
            ("委员", "0001 青鸾某", "0003 赤鲤某"),
            ("方式", "口头", "书面"),
            ("日期", "（空）", "2023-05-11"),
        ]
    ]


def test_history_names_each_of_many_related_rows(world):
    case = Case.objects.filter(conductors__isnull=True).order_by("pk").first()
    leader, clerk = world.users[RoleCode.LEADER], world.users[RoleCode.REGISTRAR]
    for chosen in ([leader, clerk], []):
        name_conductors(case=case, leaders=chosen, actor=clerk, at=AT)
    both = "、".join(str(user) for user in sorted([leader, clerk], key=lambda user: user.pk))
    assert history(case)[:2] == [
        [("经办领导", both, "（空）")],
        [("经办领导", "（空）", both)],
    ]


def test_history_leaves_out_what_the_reader_may_not_see(world):
    person = world.members[0].person
    person.phone, person.name = "19900009999", "青鸾氏"
    save_record(obj=person, actor=None, at=AT)
    [item] = readable(changes_to(person), type(person), hidden=["phone"])
    assert [field.label for field in item.fields] == ["姓名"]


def test_history_outlives_the_record(world):
    speech = Speech.objects.first()
    pk = speech.pk
    delete_record(obj=speech, actor=None, at=AT, reason="重复登记")
    [item] = readable(changes_to(Speech(pk=pk)), Speech)
    assert (item.is_last, item.reason) == (True, "重复登记")
    assert ("题目", "青鸾发言", "（空）") in [
        (field.label, field.before, field.after) for field in item.fields
    ]


def test_history_page_shows_who_changed_what(world, client):
    user = world.users[RoleCode.REGISTRAR]
    user.is_staff = True
    user.save()
    speech = Speech.objects.first()
    speech.title = "青鸾新题"
    save_record(obj=speech, actor=user, at=AT)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:attendance_speech_history", args=[speech.pk]))
    text = page.content.decode()
    assert [word for word in (user.name, "青鸾发言", "青鸾新题") if word not in text] == []
