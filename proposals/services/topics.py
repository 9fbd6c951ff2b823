"""Topics of the year's plan: planned, started, finished or cancelled, shared and counted."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files import File
from django.db import models, transaction
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError, StaleRecordError
from accounts.services.records import lock_stored, refuse_stale, state_mark
from core.refusals import RefusalError
from members.choices import AssemblyLevel
from members.models import Assembly, Member
from proposals.choices import COUNTED_TOPIC_KINDS, OPEN_TOPIC_STATES, ResearchKind, TopicState
from proposals.models import (
    Research,
    ResearchParticipation,
    Topic,
    TopicParticipation,
    TopicPartnership,
)


class TopicStateError(RefusalError):
    """The step is not possible where the topic stands."""


class NotInvitableError(RefusalError):
    """A member who does not serve, or is suspended, was about to be put down."""


class PartnerRefusedError(RefusalError):
    """Only county assemblies share a topic, and none leaves it with its contribution."""


class TopicCountedError(RefusalError):
    """The topic is counted as a 调研协商课题 already, or cannot be."""


@transaction.atomic
def save_topic(
    *,
    topic: Topic,
    participants: Sequence[Member] | None = None,
    partners: Sequence[Assembly] | None = None,
    actor: User | None,
    at: datetime,
    seen_version: int | None = None,
) -> Topic:
    """Plans the topic or changes its plan, with who takes part, in their order, and the county
    assemblies that share it (None: as they are). Its state is moved by the other services.

    Raises TopicStateError, NotInvitableError, PartnerRefusedError, StaleRecordError or
    ValidationError.
    """
    adding = topic._state.adding
    before, listed = _stored(topic, seen_version)
    wanted = dict(listed)
    if participants is not None:
        wanted["participants"] = [member.code for member in participants]
    if partners is not None:
        wanted["partners"] = sorted(assembly.name for assembly in partners)
    if before is not None and audit.snapshot(topic) == before and wanted == listed:
        return topic
    if adding:
        topic.recorded_by, topic.recorded_at, topic.version = actor, at, 1
    else:
        topic.version += 1
    topic.full_clean()
    topic.save(force_insert=adding)
    if participants is not None and wanted["participants"] != listed["participants"]:
        _replace_participants(topic, participants, timezone.localdate(at))
    if partners is not None and wanted["partners"] != listed["partners"]:
        _replace_partners(topic, partners)
    audit.record(
        actor=actor,
        verb=Verb.CREATE if adding else Verb.UPDATE,
        at=at,
        obj=topic,
        changes=[_change(topic, before, listed, wanted)],
    )
    return topic


@transaction.atomic
def start_topic(*, topic: Topic, actor: User | None, at: datetime) -> Topic:
    """Raises TopicStateError where it has been started, finished or cancelled already."""
    topic = _locked(topic, (TopicState.PLANNED,), "开始")
    return _move(topic, actor, at, state=TopicState.UNDER_WAY)


@transaction.atomic
def finish_topic(
    *,
    topic: Topic,
    result: str,
    finished_date: date,
    actor: User | None,
    at: datetime,
    result_file: File | None = None,
) -> Topic:
    """Raises TopicStateError, ReasonMissingError or ValidationError."""
    topic = _locked(topic, OPEN_TOPIC_STATES, "办结")
    if not result.strip():
        raise ReasonMissingError("请写明成果：形成了什么意见建议、报送哪里、采纳落实如何。")
    if finished_date > timezone.localdate(at):
        raise TopicStateError(f"完成日期{finished_date}还没有到。")
    if not topic.term.contains(finished_date):
        raise TopicStateError(f"完成日期{finished_date}不在{topic.term}任期之内。")
    fields: dict[str, Any] = {"result": result.strip(), "finished_date": finished_date}
    if result_file:
        fields["result_file"] = result_file
    return _move(topic, actor, at, state=TopicState.FINISHED, **fields)


@transaction.atomic
def cancel_topic(*, topic: Topic, reason: str, actor: User | None, at: datetime) -> Topic:
    """Raises TopicStateError or ReasonMissingError."""
    topic = _locked(topic, OPEN_TOPIC_STATES, "取消")
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError("请写明取消的原因。")
    return _move(
        topic, actor, at, reason=reason, state=TopicState.CANCELLED, cancelled_reason=reason
    )


@transaction.atomic
def record_contribution(
    *,
    partnership: TopicPartnership,
    contribution: str,
    actor: User | None,
    at: datetime,
    seen_mark: str | None = None,
) -> TopicPartnership:
    """What a county assembly takes on and brings in; results are shared (萍协字〔2022〕22号 第二条1).

    Raises TopicStateError, StaleRecordError or ValidationError.
    """
    stored = lock_stored(partnership)
    if stored.topic.state == TopicState.CANCELLED:
        raise TopicStateError(f"议题“{stored.topic}”已取消，不再填写。")
    if seen_mark is not None and seen_mark != state_mark(stored):
        conflicts = [("分工与成果", stored.contribution, contribution)]
        raise StaleRecordError(stored, conflicts)
    before = audit.snapshot(stored)
    stored.contribution = contribution.strip()
    if audit.snapshot(stored) == before:
        return stored
    stored.full_clean()
    stored.save()
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=stored,
        label=f"{stored.topic} {stored.assembly}",
        changes=[audit.changes_of(stored, before, audit.snapshot(stored))],
    )
    return stored


@transaction.atomic
def record_topic_research(*, topic: Topic, actor: User | None, at: datetime) -> Research:
    """Counts the finished topic as a 调研协商课题 of those who took part and serve on the day it
    was finished, once and never again (萍办字〔2022〕9号 二（六）8).

    Raises TopicCountedError.
    """
    topic = lock_stored(topic)
    if topic.kind not in COUNTED_TOPIC_KINDS:
        raise TopicCountedError(f"{topic.get_kind_display()}不计入调研协商课题。")
    if topic.state != TopicState.FINISHED or topic.finished_date is None:
        raise TopicCountedError(f"议题“{topic}”完成之后才能计入调研协商课题。")
    if topic.research.filter(kind=ResearchKind.TOPIC).exists():
        raise TopicCountedError(f"议题“{topic}”已计入调研协商课题，不会重复计入。")
    members = Member.objects.serving(topic.finished_date).filter(topic_participations__topic=topic)
    joined = list(members.order_by("topic_participations__sequence", "code"))
    if not joined:
        raise TopicCountedError("还没有登记参加委员，请先在“修改”中填写参加委员。")
    taken = Research.objects.filter(term=topic.term_id, number=topic.number).exists()
    research = Research(
        term_id=topic.term_id,
        number=f"{topic.number}-课题"[:50] if taken else topic.number,
        title=topic.title,
        kind=ResearchKind.TOPIC,
        completed_date=topic.finished_date,
        result=topic.result,
        organiser=str(topic.department or topic.committee or ""),
        topic=topic,
        recorded_by=actor,
        recorded_at=at,
    )
    research.full_clean()
    research.save(force_insert=True)
    ResearchParticipation.objects.bulk_create(
        [
            ResearchParticipation(research=research, member=member, sequence=place)
            for place, member in enumerate(joined, start=1)
        ]
    )
    after = audit.snapshot(research) | {"participants": [member.code for member in joined]}
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=research,
        changes=[audit.changes_of(research, None, after)],
    )
    return research


def _stored(topic: Topic, seen_version: int | None) -> tuple[audit.Snapshot | None, dict[str, Any]]:
    """The row and its lists as stored now, nothing of a new one; `topic` keeps its progress."""
    if topic._state.adding:
        return None, {"participants": [], "partners": []}
    stored = lock_stored(topic)
    refuse_stale(topic, stored, topic.version if seen_version is None else seen_version)
    if stored.state == TopicState.CANCELLED:
        raise TopicStateError(f"议题“{stored}”已取消，不能再改。")
    topic.version = stored.version
    for name in ("state", "cancelled_reason", "recorded_by_id", "recorded_at"):
        setattr(topic, name, getattr(stored, name))
    return audit.snapshot(stored), _listed(stored)


def _locked(topic: Topic, states: Iterable[str], act: str) -> Topic:
    stored = lock_stored(topic)
    if stored.state not in states:
        raise TopicStateError(f"议题“{stored}”{stored.get_state_display()}，不能再{act}。")
    return stored


def _move(
    topic: Topic, actor: User | None, at: datetime, *, reason: str = "", **fields: Any
) -> Topic:
    before = audit.snapshot(topic)
    for name, value in fields.items():
        setattr(topic, name, value)
    topic.version += 1
    topic.full_clean()
    topic.save()
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=topic,
        reason=reason,
        changes=[audit.changes_of(topic, before, audit.snapshot(topic))],
    )
    return topic


def _listed(topic: Topic) -> dict[str, Any]:
    codes = topic.participations.order_by("sequence", "pk").values_list("member__code", flat=True)
    names = topic.partnerships.values_list("assembly__name", flat=True)
    return {"participants": list(codes), "partners": sorted(names)}


def _change(
    topic: Topic,
    before: audit.Snapshot | None,
    listed: dict[str, Any],
    wanted: dict[str, Any],
) -> audit.Change:
    """What differs of the row and of the lists that belong to it."""
    earlier = None if before is None else before | listed
    return audit.changes_of(topic, earlier, audit.snapshot(topic) | wanted)


def _replace_participants(topic: Topic, members: Sequence[Member], on: date) -> None:
    """Whoever is put down anew must serve and not be suspended on the day; those put down
    earlier stay although they have left since: they did take part.
    """
    if topic.research.filter(kind=ResearchKind.TOPIC).exists():
        raise TopicStateError("该议题已计入调研协商课题，参加人请在对应的“调研视察”记录中更正。")
    keys = [member.pk for member in members]
    known = set(topic.participations.values_list("member", flat=True))
    invitable = Member.objects.filter(term=topic.term_id).invitable(on)
    allowed = known | set(invitable.filter(pk__in=keys).values_list("pk", flat=True))
    refused = [member for member in members if member.pk not in allowed]
    if refused:
        names = "、".join(member.person.name for member in refused)
        raise NotInvitableError(f"{names}不是本届在任委员，或正在暂停履职，请从参加委员中去掉。")
    topic.participations.all().delete()
    _insert(
        TopicParticipation(topic=topic, member_id=pk, sequence=place)
        for place, pk in enumerate(keys, start=1)
    )


def _replace_partners(topic: Topic, assemblies: Sequence[Assembly]) -> None:
    for assembly in assemblies:
        if assembly.level != AssemblyLevel.COUNTY or assembly.pk == topic.term.assembly_id:
            raise PartnerRefusedError(f"{assembly}不是县（区）政协，不能列为联动单位。")
    keys = {assembly.pk for assembly in assemblies}
    leaving = topic.partnerships.exclude(assembly__in=keys)
    told = leaving.exclude(contribution="").select_related("assembly").first()
    if told is not None:
        raise PartnerRefusedError(f"{told.assembly}已填写分工与成果，不能从联动单位中去掉。")
    leaving.delete()
    known = set(topic.partnerships.values_list("assembly", flat=True))
    _insert(
        TopicPartnership(topic=topic, assembly=assembly)
        for assembly in assemblies
        if assembly.pk not in known
    )


def _insert(rows: Iterable[models.Model]) -> None:
    found = list(rows)
    if found:
        type(found[0])._base_manager.bulk_create(found)
