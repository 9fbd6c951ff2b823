"""One row saved or deleted: checked, versioned, audited; nothing overwritten unseen."""

import pytest
from django.core.exceptions import ValidationError

from accounts.choices import Verb
from accounts.models import AuditChange, AuditEntry
from accounts.services.records import (
    ReasonMissingError,
    RecordGoneError,
    RecordInUseError,
    StaleRecordError,
    delete_record,
    save_record,
    state_mark,
)
from members.choices import Party, Post
from members.models import Member, Person, Sector, Tenure
from tests.accounts.people import AT, make_user
from tests.building import make_member, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return make_user("lian", "registrar")


@pytest.fixture
def person(actor):
    return save_record(obj=Person(name="秦青"), actor=actor, at=AT)


def test_new_record_says_who_entered_it(person, actor):
    person.refresh_from_db()
    assert (person.recorded_by, person.recorded_at, person.version) == (actor, AT, 1)
    entry = AuditEntry.objects.get(object_type="members.person")
    assert (entry.verb, entry.actor, entry.object_label) == (Verb.CREATE, actor, "秦青")
    assert entry.changes.get().after["name"] == "秦青"


def test_invalid_record_is_neither_saved_nor_audited(actor):
    with pytest.raises(ValidationError):
        save_record(obj=Person(name=""), actor=actor, at=AT)
    assert not Person.objects.exists()
    assert not AuditEntry.objects.exists()


def test_change_grows_the_version_and_keeps_both_values(person, actor):
    person.name = "秦晴"
    save_record(obj=person, actor=actor, at=AT, reason="更正")
    person.refresh_from_db()
    assert (person.name, person.version) == ("秦晴", 2)
    change = AuditChange.objects.get(entry__verb=Verb.UPDATE)
    assert change.before == {"name": "秦青", "version": 1}
    assert change.after == {"name": "秦晴", "version": 2}
    assert change.entry.reason == "更正"


def test_unchanged_record_is_not_audited(person, actor):
    save_record(obj=Person.objects.get(), actor=actor, at=AT)
    assert Person.objects.get().version == 1
    assert AuditEntry.objects.filter(verb=Verb.UPDATE).count() == 0


def test_stale_record_is_refused_with_both_values(person, actor):
    mine, theirs = Person.objects.get(), Person.objects.get()
    theirs.name = "秦庆"
    save_record(obj=theirs, actor=actor, at=AT)
    mine.name = "秦卿"
    with pytest.raises(StaleRecordError) as refused:
        save_record(obj=mine, actor=actor, at=AT)
    assert refused.value.conflicts == [("姓名", "秦庆", "秦卿")]
    assert Person.objects.get().name == "秦庆"


def test_version_seen_counts_rather_than_the_one_loaded(person, actor):
    person.name = "秦庆"
    save_record(obj=person, actor=actor, at=AT)
    later = Person.objects.get()
    later.name = "秦卿"
    with pytest.raises(StaleRecordError):
        save_record(obj=later, actor=actor, at=AT, seen_version=1)


def test_conflict_is_told_in_words_not_codes(actor):
    member = make_member(make_term(), party=Party.CPC)
    mine, theirs = Member.objects.get(pk=member.pk), Member.objects.get(pk=member.pk)
    theirs.party = Party.MASSES
    save_record(obj=theirs, actor=actor, at=AT)
    mine.employer_post = "厂长"
    with pytest.raises(StaleRecordError) as refused:
        save_record(obj=mine, actor=actor, at=AT)
    assert refused.value.conflicts == [("党派", "群众", "中共"), ("单位职务", "", "厂长")]


def test_deleted_meanwhile_is_refused(person, actor):
    mine = Person.objects.get()
    delete_record(obj=person, actor=actor, at=AT, reason="重复录入")
    mine.name = "秦卿"
    with pytest.raises(RecordGoneError):
        save_record(obj=mine, actor=actor, at=AT)


def test_deletion_without_reason_is_refused(person, actor):
    with pytest.raises(ReasonMissingError):
        delete_record(obj=person, actor=actor, at=AT, reason="  ")
    assert Person.objects.exists()


def test_deletion_keeps_the_row_and_its_parts_in_the_trail(actor):
    member = make_member(make_term())
    tenure = Tenure.objects.create(
        member=member, post=Post.CHAIRPERSON, start_date=member.joined_date
    )
    delete_record(obj=member, actor=actor, at=AT, reason="误录")
    entry = AuditEntry.objects.get(verb=Verb.DELETE)
    assert (entry.object_type, entry.reason) == ("members.member", "误录")
    kept = {change.object_type: change.before for change in entry.changes.all()}
    assert kept["members.member"]["code"] == member.code
    assert kept["members.tenure"]["id"] == tenure.pk
    assert not Member.objects.filter(pk=member.pk).exists()


def test_record_others_refer_to_is_not_deleted(actor):
    member = make_member(make_term())
    with pytest.raises(RecordInUseError, match="1条委员"):
        delete_record(obj=member.person, actor=actor, at=AT, reason="误录")
    assert not AuditEntry.objects.filter(verb=Verb.DELETE).exists()


def test_mark_of_an_unversioned_row_follows_its_values():
    sector = make_term().sector_set.first()
    mark = state_mark(sector)
    assert mark == state_mark(Sector.objects.get(pk=sector.pk))
    sector.name = "农业界"
    assert state_mark(sector) != mark
