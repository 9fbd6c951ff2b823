"""By which names members are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from core.pinyin import spellings
from members.models import Member, Term


def name_index(*, term: Term, on: date) -> list[dict[str, Any]]:
    """Members serving on the date, each with all that finds them, in one query.

    For search as one types: by number, name, pinyin or its initials.
    """
    members = (
        Member.objects.filter(term=term)
        .serving(on)
        .order_by("code")
        .values_list("code", "person__name", "sector__name")
    )
    return [
        {"code": code, "name": name, "sector": sector, "spelled": list(spellings(name))}
        for code, name, sector in members
    ]


@dataclass(frozen=True)
class Named:
    """What a written list of members means: those found, and what is wrong with it."""

    members: tuple[Member, ...] = ()
    faults: tuple[str, ...] = ()


def members_named(*, term: Term, written: Sequence[str]) -> Named:
    """The members written as “0012”, “张三” or “0012 张三”, in that order, in one query."""
    words = {word for item in written for word in (item, item.split(" ", 1)[0])}
    meant = Q(code__in=words) | Q(person__name__in=written)
    found = Member.objects.filter(meant, term=term).select_related("person")
    by_code = {member.code: member for member in found}
    by_name: dict[str, list[Member]] = {}
    for member in found:
        by_name.setdefault(member.person.name, []).append(member)
    members: dict[int, Member] = {}
    faults: list[str] = []
    for item in written:
        code, _, name = item.partition(" ")
        coded = by_code.get(code)
        if coded is not None and name.strip() in {"", coded.person.name}:
            members[coded.pk] = coded
            continue
        namesakes = by_name.get(item, [])
        if len(namesakes) == 1:
            members[namesakes[0].pk] = namesakes[0]
        elif namesakes:
            codes = "、".join(sorted(member.code for member in namesakes))
            faults.append(f"本届有多名委员叫“{item}”，请改填委员编号：{codes}。")
        else:
            faults.append(f"本届没有委员“{item}”，请核对姓名或编号。")
    return Named(tuple(members.values()), tuple(faults))
