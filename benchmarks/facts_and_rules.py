"""Facts and rules of a year, for all members at once, against asking member by member.

    .venv/bin/python benchmarks/facts_and_rules.py [--members 330 2200] [--years 5]

Everything happens in a scratch folder with an invented term of about 40 records a member and
year. Set DATABASE_URL to measure on an empty PostgreSQL database instead of SQLite. The peer is
the usual loop: a small query a number and member; of a big term it is given 330 members and its
time is scaled. On SQLite, which works inside the process, seconds are the processor's, so that a
busy machine disturbs nobody; on PostgreSQL they are the clock's. Ends with the goals and PASS or FAIL; the exit code is 1 where one fails.
"""

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FIRST_YEAR = 2020
AT = datetime(2026, 1, 1, tzinfo=UTC)
PEER_MEMBERS = 330
ROUNDS = 5
#: Seconds, queries, times the loop, MB.
GOAL_SECONDS, GOAL_QUERIES, GOAL_RATIO, GOAL_MEMORY = 0.5, 15, 100, 300


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Measured:
    seconds: float
    queries: int
    result: Any


def invent(members: int, years: int) -> tuple[Any, int]:
    """A term with its records; how many records were made."""
    from assessments.services import create_term  # noqa: PLC0415
    from attendance.models import (  # noqa: PLC0415 -- after Django is set up
        Attendance,
        Meeting,
        OutsideInvitation,
        Sitting,
        Speech,
    )
    from dossiers.models import HandIn  # noqa: PLC0415
    from members.models import Member, Person, Sector, Tenure, Term  # noqa: PLC0415
    from proposals.models import (  # noqa: PLC0415
        CoSponsorship,
        OpinionAuthorship,
        Proposal,
        PublicOpinionReport,
        Research,
        ResearchParticipation,
    )

    random = Random(members)  # noqa: S311 -- invented data, reproducible
    created = create_term(
        code=f"benchmark-{members}",
        name=f"政协测试{members}市第一届委员会",
        pack_id="pingxiang",
        level="city",
        start_date=date(FIRST_YEAR, 1, 1),
        end_date=date(FIRST_YEAR + years - 1, 12, 31),
        actor=None,
        at=AT,
    )
    term = Term.objects.select_related("assembly").get(pk=created.pk)
    sectors = list(Sector.objects.filter(term=term))
    people = Person.objects.bulk_create(Person(name=f"委员{n}") for n in range(members))
    rows = Member.objects.bulk_create(
        Member(
            term=term, person=person, code=f"{n:05}", party="cpc", sector=sectors[n % 25],
            joined_date=term.start_date,
        )
        for n, person in enumerate(people)
    )  # fmt: skip
    standing = rows[: members // 6]
    Tenure.objects.bulk_create(
        Tenure(member=row, post="standing_member", start_date=term.start_date) for row in standing
    )
    records = 0
    for year in range(FIRST_YEAR, FIRST_YEAR + years):

        def day(year: int = year) -> date:
            return date(year, 1, 1) + timedelta(days=random.randrange(365))

        kinds = ["plenary_session"] + ["standing_committee_meeting"] * 5
        kinds += ["training", "themed_activity", "consultation", "democratic_oversight"] * 3
        kinds += ["sector_activity", "committee_activity", "other", "inspection_tour"] * 12
        meetings = Meeting.objects.bulk_create(
            Meeting(
                term=term, number=f"H{year}-{n}", title=f"会议{n}", kind=kind, start_date=day(),
                sector=random.choice(sectors) if kind == "sector_activity" else None,
            )
            for n, kind in enumerate(kinds)
        )  # fmt: skip
        sittings = Sitting.objects.bulk_create(
            Sitting(meeting=meeting, number=number)
            for meeting in meetings
            for number in ((1, 2, 3) if meeting.kind == "plenary_session" else (1,))
        )
        always, council, others = sittings[:3], sittings[3:8], sittings[8:]
        attendance = [
            Attendance(
                sitting=sitting,
                member=row,
                status=random.choices(["present", "late", "leave", "absent"], [80, 5, 8, 7])[0],
            )
            for n, row in enumerate(rows)
            for sitting in (
                *always, *(council if n < len(standing) else ()), *random.sample(others, 18)
            )
        ]  # fmt: skip
        proposals = Proposal.objects.bulk_create(
            Proposal(
                term=term, number=f"T{year}-{n}", title="提案", lead_sponsor=rows[n % members],
                submitted_date=day(), handling_result=random.choice(["", "adopted", "planned"]),
            )
            for n in range(members * 2)
        )  # fmt: skip
        opinions = PublicOpinionReport.objects.bulk_create(
            PublicOpinionReport(term=term, number=f"S{year}-{n}", title="信息", reported_date=day())
            for n in range(members * 3)
        )
        research = Research.objects.bulk_create(
            Research(
                term=term, number=f"D{year}-{n}", title="调研", completed_date=day(),
                kind=random.choice(["self_directed", "self_directed", "topic", "study_tour"]),
            )
            for n in range(members * 2)
        )  # fmt: skip
        batches: list[tuple[Any, list[Any]]] = [
            (Attendance, attendance),
            (
                CoSponsorship,
                [
                    CoSponsorship(proposal=proposal, member=rows[(n + step) % members])
                    for n, proposal in enumerate(proposals)
                    for step in (1, 2)
                ],
            ),
            (
                OpinionAuthorship,
                [
                    OpinionAuthorship(report=report, member=rows[random.randrange(members)])
                    for report in opinions
                ],
            ),
            (
                ResearchParticipation,
                [
                    ResearchParticipation(research=row, member=rows[random.randrange(members)])
                    for row in research
                ],
            ),
            (
                OutsideInvitation,
                [OutsideInvitation(member=row, date=day(), title="活动") for row in rows],
            ),
            (
                Speech,
                [
                    Speech(meeting=random.choice(meetings), member=row, title="发言", manner="oral")
                    for row in rows
                ],
            ),
            (
                HandIn,
                [
                    HandIn(member=row, year=year, kind=kind, submitted_date=date(year, 12, 20))
                    for row in rows
                    for kind in ("annual_return", "annual_duty_report")
                    if random.random() < 0.95
                ],
            ),
        ]
        for model, made in batches:
            model.objects.bulk_create(made, batch_size=5000)
            records += len(made)
        records += len(proposals)
    return term, records


def peer(term: Any, year: int, limit: int) -> int:
    """The usual loop: for each member, one small query a number, as many numbers as the facts
    and rules of a year need. It does not even judge. How many numbers were read.
    """
    from members.models import Member  # noqa: PLC0415

    read = 0
    for member in Member.objects.filter(term=term).select_related("person")[:limit]:
        read += len([*attendance_one_by_one(member, year), *works_one_by_one(member, year)])
    return read


def attendance_one_by_one(member: Any, year: int) -> Iterator[int]:
    from attendance.choices import ATTENDED_STATUSES  # noqa: PLC0415

    term = member.attendances
    rows = term.filter(sitting__meeting__start_date__year=year)
    yield member.suspensions.count()
    yield member.tenures.filter(post="standing_member").count()
    for within in (rows, term):
        for kind in ("plenary_session", "standing_committee_meeting"):
            of_kind = within.filter(sitting__meeting__kind=kind)
            yield of_kind.values("sitting__meeting").distinct().count()
            for statuses in (ATTENDED_STATUSES, ["leave"], ["absent"]):
                met = of_kind.filter(status__in=statuses)
                yield met.values("sitting__meeting").distinct().count()
    present = rows.filter(status__in=ATTENDED_STATUSES)
    yield rows.count()
    yield present.count()
    yield present.filter(sitting__meeting__kind="training").count()
    yield present.filter(sitting__meeting__kind="themed_activity").count()
    speeches = member.speeches.filter(meeting__start_date__year=year)
    yield speeches.filter(manner="oral").count()
    for kind in ("plenary_session", "standing_committee_meeting"):
        for manner in ("oral", "written"):
            yield speeches.filter(meeting__kind=kind, manner=manner).count()


def works_one_by_one(member: Any, year: int) -> Iterator[int]:
    led = member.led_proposals.filter(submitted_date__year=year)
    cosigned = member.cosponsorships.filter(proposal__submitted_date__year=year)
    opinions = member.opinion_authorships.filter(report__reported_date__year=year)
    research = member.research_participations.filter(research__completed_date__year=year)
    yield led.count()
    yield led.filter(handling_result__in=["adopted", "solved"]).count()
    yield led.filter(is_outstanding=True).count()
    yield cosigned.count()
    yield cosigned.filter(proposal__handling_result__in=["adopted", "solved"]).count()
    yield cosigned.filter(proposal__is_outstanding=True).count()
    yield opinions.count()
    yield opinions.filter(report__adoptions__isnull=False).distinct().count()
    yield opinions.filter(report__instructions__isnull=False).distinct().count()
    for kinds in (["self_directed"], ["topic"], ["inspection_tour", "study_tour"]):
        yield research.filter(research__kind__in=kinds).count()
    yield member.research_participations.filter(research__kind="topic").count()
    yield member.invitations.filter(date__year=year).count()
    yield member.articles.filter(published_date__year=year).count()
    yield member.commendation_set.filter(date__year=year).count()
    yield member.sanction_set.count()
    yield member.conductfinding_set.count()
    yield member.hand_ins.filter(year=year).count()
    yield member.hand_ins.filter(kind="term_duty_report").count()


@contextmanager
def counted_queries() -> Iterator[list[int]]:
    from django.db import connection  # noqa: PLC0415

    number = [0]

    def count(execute: Callable[..., Any], *given: Any) -> Any:
        number[0] += 1
        return execute(*given)

    with connection.execute_wrapper(count):
        yield number


def measure(act: Callable[[], Any], rounds: int = ROUNDS) -> Measured:
    """The quickest of the rounds: the others were disturbed."""
    from django.db import connection  # noqa: PLC0415

    clock = process_time if connection.vendor == "sqlite" else perf_counter
    best = Measured(float("inf"), 0, None)
    for _ in range(rounds):
        with counted_queries() as number:
            began = clock()
            result = act()
            seconds = clock() - began
        if seconds < best.seconds:
            best = Measured(seconds, number[0], result)
    return best


def run(members: int, years: int) -> list[tuple[str, bool]]:
    from assessments.rulebook import evaluate, load_pack  # noqa: PLC0415
    from assessments.selectors import assess  # noqa: PLC0415
    from assessments.services import run_assessment  # noqa: PLC0415
    from dossiers.selectors import duty_facts  # noqa: PLC0415

    term, records = invent(members, years)
    year = FIRST_YEAR + years - 1
    on = date(year, 12, 31)
    pack = load_pack("pingxiang")
    say(f"\n{members} 名委员，{years} 年，{records:,} 条记录；考核 {year} 年度")
    when = {"term": term, "year": year}
    facts = measure(lambda: duty_facts(**when, on=on))
    judged = measure(lambda: evaluate(pack, duty_facts(**when, on=on)))
    proven = measure(lambda: assess(**when, on=on, pack=pack))
    stored = measure(
        lambda: run_assessment(**when, as_of=on, pack=pack, actor=None, at=AT), rounds=1
    )
    again = measure(
        lambda: run_assessment(**when, as_of=on, pack=pack, actor=None, at=AT), rounds=1
    )
    limit = min(members, PEER_MEMBERS)
    loop = measure(lambda: peer(term, year, limit), rounds=1)
    scale = members / limit
    for name, measured in (
        ("履职数据", facts),
        ("履职数据 + 全部规则", judged),
        ("同上，并列出依据记录", proven),
        ("同上，并首次保存", stored),
        ("同上，再次保存（无变化）", again),
    ):
        say(f"  {name}：{measured.seconds:.3f} 秒，{measured.queries} 次查询")
    said = "" if scale == 1 else f"（由 {limit} 人的 {loop.seconds:.2f} 秒推算）"
    looped = loop.seconds * scale
    say(f"  逐个委员查询：{looped:.2f} 秒，{int(loop.queries * scale):,} 次查询{said}")
    ratio = looped / judged.seconds
    say(f"  成立 {len(judged.result):,} 项；快 {ratio:.0f} 倍；内存峰值 {peak_memory():.0f} MB")
    return [
        (
            f"{members} 人：数据和规则 ≤ {GOAL_SECONDS} 秒（{judged.seconds:.3f}）",
            judged.seconds <= GOAL_SECONDS,
        ),
        (
            f"{members} 人：≤ {GOAL_QUERIES} 次查询（{judged.queries}）",
            judged.queries <= GOAL_QUERIES,
        ),
        *(
            [(f"{members} 人：≥ 逐人查询的 {GOAL_RATIO} 倍（{ratio:.0f}）", ratio >= GOAL_RATIO)]
            if members > PEER_MEMBERS
            else []
        ),
        (f"{members} 人：内存 ≤ {GOAL_MEMORY} MB", peak_memory() <= GOAL_MEMORY),
    ]


def peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, nargs="+", default=[330, 2200])
    parser.add_argument("--years", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        import django  # noqa: PLC0415 -- the folder must be known first

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        goals = [goal for members in options.members for goal in run(members, options.years)]
    say("\n目标")
    for goal, reached in goals:
        say(f"  {'PASS' if reached else 'FAIL'}  {goal}")
    return 0 if all(reached for _, reached in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
