"""The members of the invented term."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from exits.management.demo.cast import ORDINARY, PARTS, Part
from exits.management.demo.chance import pick, read_data, stream

NAMES = read_data("names")
SECTORS: list[dict[str, Any]] = read_data("sectors")["sectors"]

JOINED = date(2021, 10, 18)
ELECTED = date(2021, 10, 23)
#: Days on which the standing committee added members (增补) and accepted resignations.
CHANGES = (date(2023, 6, 28), date(2023, 12, 28), date(2024, 12, 27), date(2025, 6, 27))
STANDING_SHARE = 0.18
STANDING_PARTS = sum(part.standing for part in PARTS)
ADDED_SHARE = 0.06
#: The cast needs this many; a real assembly has more.
SMALLEST_TERM = 30

Span = tuple[date, date | None]


@dataclass(frozen=True)
class DemoMember:
    """Spans are half-open: the second date is the first day on which the state no longer holds.

    `diligence` runs from 0 to 1 and sets how often the member comes, speaks and writes.
    """

    code: str
    name: str
    gender: str
    ethnicity: str
    birth_month: date
    party: str
    sector: str
    committee: str
    employer_post: str
    phone: str
    nominating_body: str
    liaison_group: str
    diligence: float
    joined: date = JOINED
    exited: date | None = None
    standing: tuple[Span, ...] = ()
    suspended: tuple[Span, ...] = ()
    posts: tuple[tuple[str, str], ...] = ()
    part: Part = ORDINARY

    def serves(self, on: date) -> bool:
        return within(on, (self.joined, self.exited))

    def is_standing(self, on: date) -> bool:
        return self.serves(on) and any(within(on, span) for span in self.standing)

    def is_invited(self, on: date) -> bool:
        """Serving and not suspended."""
        return self.serves(on) and not any(within(on, span) for span in self.suspended)

    def does(self, duty: str, year: int) -> bool:
        return not self.part.leaves_undone(duty, year)


def within(on: date, span: Span) -> bool:
    start, end = span
    return start <= on and (end is None or on < end)


def invite_members(size: int, seed: int) -> list[DemoMember]:
    """The roster in the order of 委员编号: the original members by sector, then the added ones."""
    rng = stream(seed, "people")
    members = [describe(rng, sector) for sector in seats(size)]
    members = name_some_rarely(rng, members)
    members = elect_standing(rng, members)
    members = cast_parts(rng, members)
    members = renew(rng, members)
    members.sort(key=lambda member: member.joined > JOINED)
    width = max(4, len(str(size)))
    return [
        replace(member, code=f"{number:0{width}}", phone=f"000{number:08}")
        for number, member in enumerate(members, start=1)
    ]


def seats(size: int) -> Iterator[dict[str, Any]]:
    """One sector for each seat, in the official order of sectors, by their share."""
    whole = sum(sector["share"] for sector in SECTORS)
    given = taken = 0
    for sector in SECTORS:
        given += sector["share"]
        due = round(size * given / whole)
        yield from [sector] * (due - taken)
        taken = due


def describe(rng: Random, sector: dict[str, Any]) -> DemoMember:
    woman = sector.get("women") or rng.random() < 0.33
    minority = rng.random() < (0.6 if sector.get("minorities") else 0.04)
    parties = sector["parties"]
    party = rng.choices(list(parties), list(parties.values()))[0]
    district = rng.choice(NAMES["districts"])
    post = rng.choice(sector["posts"]).format(brand=rng.choice(NAMES["brands"]), district=district)
    return DemoMember(
        code="",
        name=full_name(rng, woman=woman),
        gender="女" if woman else "男",
        ethnicity=rng.choice(NAMES["minorities"]) if minority else "汉族",
        birth_month=date(rng.randint(1962, 1992), rng.randint(1, 12), 1),
        party=party,
        sector=sector["name"],
        committee=sector["committee"],
        employer_post=post,
        phone="",
        nominating_body=nominating_body(sector["name"], party),
        liaison_group=f"{district}委员联络组" if rng.random() < 0.7 else "",
        diligence=round(rng.betavariate(5, 2), 3),
    )


def full_name(rng: Random, *, woman: bool) -> str:
    """Put together by chance; never the name of somebody everybody knows."""
    rare_surname = rng.random() < 0.02
    surname = rng.choice(NAMES["compound_surnames"] if rare_surname else NAMES["surnames"])
    given = NAMES["female"] if woman else NAMES["male"]
    name = surname + "".join(pick(rng, list(given), 1 if rng.random() < 0.25 else 2))
    return full_name(rng, woman=woman) if name in NAMES["avoided"] else name


def nominating_body(sector: str, party: str) -> str:
    if party == "中共":
        return "中共萍乡市委组织部"
    if party in {"群众", "无党派"}:
        return "中共萍乡市委统战部"
    return f"{party}萍乡市委会" if party != "台盟" else f"市{sector.removesuffix('界')}联谊会"


def name_some_rarely(rng: Random, members: list[DemoMember]) -> list[DemoMember]:
    """Characters few fonts have, and names with a middle dot."""
    named = list(members)
    places = pick(rng, range(len(named)), len(NAMES["rare_names"]))
    for place, name in zip(places, NAMES["rare_names"], strict=True):
        named[place] = replace(named[place], name=name)
    minority = [place for place, one in enumerate(named) if one.sector == "民族宗教界"]
    for place, name in zip(minority, NAMES["minority_names"], strict=False):
        ethnicity = "维吾尔族" if "艾尼" in name else "藏族"
        named[place] = replace(named[place], name=name, gender="女", ethnicity=ethnicity)
    return named


def elect_standing(rng: Random, members: list[DemoMember]) -> list[DemoMember]:
    """Those who lead the assembly and its committees are standing members; so are some others."""
    posts = leading_posts(rng, members)
    wanted = max(round(len(members) * STANDING_SHARE), len(posts) + STANDING_PARTS + 1)
    posts_of_groups = group_heads(members, posts)
    rest = [place for place in range(len(members)) if place not in posts | posts_of_groups]
    elected = list(members)
    for place in [*posts, *pick(rng, rest, wanted - len(posts))]:
        elected[place] = replace(elected[place], standing=((ELECTED, None),))
    for place, (post, organ) in (posts | posts_of_groups).items():
        elected[place] = replace(elected[place], posts=((post, organ),))
    for place, (post, organ) in posts.items():
        title = f"市政协{organ}{post.removeprefix('专委会')}"
        elected[place] = replace(elected[place], employer_post=title)
    return elected


def leading_posts(rng: Random, members: list[DemoMember]) -> dict[int, tuple[str, str]]:
    """Place in the roster -> post and organ."""
    communists = [place for place, one in enumerate(members) if one.party == "中共"]
    others = [place for place, one in enumerate(members) if one.party not in {"中共", "群众"}]
    chair, secretary, first, second, *_ = [*communists, *others]
    posts = {chair: ("主席", ""), secretary: ("秘书长", "")}
    for place in [first, second, *pick(rng, others, min(5, len(members) // 60))]:
        posts[place] = ("副主席", "")
    for committee in dict.fromkeys(sector["committee"] for sector in SECTORS):
        staff = [
            place
            for place, one in enumerate(members)
            if one.committee == committee and place not in posts
        ]
        if len(staff) > 4:
            director, *deputies = pick(rng, staff, 1 + len(staff) // 20)
            posts[director] = ("专委会主任", committee)
            posts |= dict.fromkeys(deputies, ("专委会副主任", committee))
    return posts


def group_heads(members: list[DemoMember], taken: Container[int]) -> dict[int, tuple[str, str]]:
    """A head for every sector group that is more than a handful."""
    heads = {}
    for sector in SECTORS:
        group = [
            place
            for place, one in enumerate(members)
            if one.sector == sector["name"] and place not in taken
        ]
        if len(group) > 5:
            heads[group[0]] = ("界别活动组组长", f"{sector['name']}活动组")
    return heads


def cast_parts(rng: Random, members: list[DemoMember]) -> list[DemoMember]:
    """Gives each story to a member without a post, to one of the party it tells of if possible."""
    stage = list(members)
    free = [place for place, one in enumerate(stage) if not one.posts]
    rng.shuffle(free)
    for part in sorted(PARTS, key=lambda part: not part.party):
        able = [place for place in free if bool(stage[place].standing) == part.standing]
        place = min(able, key=lambda place: part.party not in {"", stage[place].party})
        free.remove(place)
        stage[place] = play(stage[place], part)
    return stage


def play(member: DemoMember, part: Part) -> DemoMember:
    standing: tuple[Span, ...] = ((ELECTED, part.left_standing),) if part.standing else ()
    if part.elected_standing:
        standing += ((part.elected_standing, None),)
    return replace(
        member,
        part=part,
        party=part.party or member.party,
        diligence=0.85,
        joined=part.joined or member.joined,
        exited=part.exited,
        standing=standing,
        suspended=tuple((span["start"], span.get("end")) for span in part.suspended),
    )


def renew(rng: Random, members: list[DemoMember]) -> list[DemoMember]:
    """Some ordinary members left during the term, and as many were added."""
    renewed = list(members)
    ordinary = [
        place
        for place, one in enumerate(members)
        if one.part is ORDINARY and not one.posts and not one.standing
    ]
    turns = max(1, round(len(members) * ADDED_SHARE / 2))
    changed = pick(rng, ordinary, 2 * turns)
    for leaver, newcomer in zip(changed[:turns], changed[turns:], strict=False):
        day = rng.choice(CHANGES)
        renewed[leaver] = replace(renewed[leaver], exited=day)
        renewed[newcomer] = replace(renewed[newcomer], joined=day)
    return renewed
