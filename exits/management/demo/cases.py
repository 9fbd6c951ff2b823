"""Cases of every kind and in every state (`data/cases.toml`), carried on as an office would.

Played day by day between the imports: what a decision ends is not imported afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import User
from accounts.roles import RoleCode
from accounts.services.users import create_user
from assessments.choices import FindingState
from assessments.models import Finding
from exits.choices import Act, PaperKind, Partner, Verdict
from exits.management.demo.accounts import attach, demo_account
from exits.management.demo.chance import read_data
from exits.management.demo.letters import write_letter
from exits.management.demo.times import moment
from exits.management.demo.workbooks import DemoTerm
from exits.models import Case
from exits.services import (
    answer_case,
    apply_resignation,
    decide_case,
    drop_case,
    give_opinion,
    hand_in_application,
    inform_departments,
    open_case,
    propose_case,
    publish_case,
    record_delivery,
    record_effort,
    record_refusal,
    submit_case,
)
from members.models import Member, Notice, Term
from members.services.notices import read_notice

Row = dict[str, Any]
STORIES: list[Row] = read_data("cases")["cases"]
OPENED: Row = {"act": Act.OPEN}
#: (day, which story, what is done), told in the order of the days.
EVENTS: list[tuple[date, int, Row]] = sorted(
    (
        (row["on"], number, row)
        for number, story in enumerate(STORIES)
        for row in [OPENED | {"on": story["opened"]}, *story["acts"]]
    ),
    key=lambda event: event[:2],
)


@dataclass
class CaseStage:
    """Who acts in the cases; `played` is the last day played, `cases` are keys by story."""

    term: Term
    demo: DemoTerm
    registrar: User
    played: date = date.min
    cases: dict[int, int] = field(default_factory=dict)
    accounts: dict[str, User] = field(default_factory=dict)

    def member(self, key: str) -> Member:
        rows = Member.objects.select_related("person__user", "term__assembly")
        return rows.get(term=self.term, code=self.demo.playing(key).code)

    def account(self, name: str, on: date) -> User:
        if name not in self.accounts:
            self.accounts[name] = demo_account(f"demo-{name}", term=self.term, at=moment(on, 8))
        return self.accounts[name]

    def own_account(self, member: Member, on: date) -> User:
        """The member's, opened where there is none."""
        if member.person.user is None:
            at = moment(on, 8)
            user = create_user(
                username=f"wy{member.code}",
                name=member.person.name,
                roles=[RoleCode.MEMBER],
                actor=None,
                at=at,
            ).user
            attach(user, member.person, self.term, at)
        return member.person.user


def stage_cases(stage: CaseStage, *, until: date) -> None:
    """What was done in the cases since the last call and until the day."""
    for on, number, row in EVENTS:
        if not stage.played < on <= until:
            continue
        if row["act"] == Act.OPEN:
            case = opened(stage, STORIES[number])
        else:
            rows = Case.objects.select_related("member__person__user", "member__term__assembly")
            case = rows.get(pk=stage.cases[number])
            case = ACTS[row["act"]](stage, case, row) or case
        stage.cases[number] = case.pk
    stage.played = until


def opened(stage: CaseStage, story: Row) -> Case:
    member, on = stage.member(story["member"]), story["opened"]
    if story.get("own"):
        user = stage.own_account(member, on)
        return apply_resignation(
            member=member, reason=story["grounds"], actor=user, on=on, at=moment(on, 20)
        )
    return open_case(
        member=member,
        kind=story["kind"],
        ground=story["ground"],
        grounds=story["grounds"],
        opened_date=on,
        finding=confirmed(stage, member, story["rule"]) if "rule" in story else None,
        conductors=[stage.account("leader", on)],
        actor=stage.registrar,
        at=moment(on),
    )


def confirmed(stage: CaseStage, member: Member, rule: str) -> Finding:
    rows = Finding.objects.filter(term=stage.term, member=member, rule=rule)
    return rows.filter(state=FindingState.CONFIRMED).latest("as_of_date", "pk")


def inform(stage: CaseStage, case: Case, row: Row) -> Case:
    return inform_departments(**dated(stage, case, row))


def opine(stage: CaseStage, case: Case, row: Row) -> None:
    by = Partner(case.side if row["by"] == "side" else row["by"])
    number = row.get("number", "")
    account = stage.account(by.value.replace("_", "-"), row["on"])
    asked = Notice.objects.filter(
        recipients__user=account, subject=f"{case._meta.label_lower}:{case.pk}"
    )
    for notice in asked:
        read_notice(notice=notice, user=account, at=moment(row["on"], 14))
    give_opinion(
        case=case,
        partner=by,
        verdict=Verdict(row["verdict"]),
        text=row["text"],
        date=row["on"],
        document_number=number,
        on_behalf=bool(number),
        actor=stage.registrar if number else account,
        at=moment(row["on"], 15),
    )


def propose(stage: CaseStage, case: Case, row: Row) -> Case:
    return propose_case(
        case=case,
        date=row["on"],
        proposal=row["note"],
        due_date=row.get("due"),
        actor=stage.registrar,
        at=moment(row["on"], 16),
    )


def press(stage: CaseStage, case: Case, row: Row) -> Case:
    own = {"act": Act(row["act"]), "answer_by": row.get("due")}
    return record_effort(**dated(stage, case, row) | own)


def apply(stage: CaseStage, case: Case, row: Row) -> Case:
    return hand_in_application(
        case=case,
        date=row["on"],
        note=row["note"],
        actor=stage.registrar,
        at=moment(row["on"], 16),
    )


def answer(stage: CaseStage, case: Case, row: Row) -> Case:
    user = stage.own_account(case.member, row["on"])
    return answer_case(
        case=case, text=row["note"], on=row["on"], actor=user, at=moment(row["on"], 20)
    )


def refuse(stage: CaseStage, case: Case, row: Row) -> Case:
    return record_refusal(
        case=case,
        date=row["on"],
        note=row["note"],
        actor=stage.registrar,
        at=moment(row["on"], 16),
    )


def hand_up(stage: CaseStage, case: Case, row: Row) -> Case:
    return submit_case(**dated(stage, case, row))


def decide(stage: CaseStage, case: Case, row: Row) -> Case:
    return decide_case(
        case=case,
        approved=not row.get("rejected", False),
        date=row["on"],
        meeting=row["meeting"],
        number=row["number"],
        note=row["note"],
        due_date=row.get("due"),
        actor=stage.account("leader", row["on"]),
        at=moment(row.get("entered", row["on"]), 17),
    )


def deliver(stage: CaseStage, case: Case, row: Row) -> None:
    waiting = case.deliveries.filter(delivered_date=None).order_by("pk")
    for delivery in waiting.filter(addressee__in=row["to"]) if "to" in row else waiting:
        record_delivery(
            delivery=delivery,
            date=row["on"],
            manner=row["manner"],
            actor=stage.registrar,
            at=moment(row["on"], 16),
        )


def publish(stage: CaseStage, case: Case, row: Row) -> Case:
    return publish_case(
        case=case,
        date=row["on"],
        place=row["place"],
        note=row["note"],
        actor=stage.registrar,
        at=moment(row["on"], 16),
    )


def drop(stage: CaseStage, case: Case, row: Row) -> Case:
    return drop_case(
        case=case,
        date=row["on"],
        reason=row["note"],
        actor=stage.registrar,
        at=moment(row["on"], 16),
    )


def write_paper(stage: CaseStage, case: Case, row: Row) -> None:
    kind = PaperKind(row["kind"])
    write_letter(term=stage.term, kind=kind, on=row["on"], case=case, actor=stage.registrar)


def dated(stage: CaseStage, case: Case, row: Row) -> Row:
    return {
        "case": case,
        "date": row["on"],
        "note": row["note"],
        "due_date": row.get("due"),
        "actor": stage.registrar,
        "at": moment(row["on"], 10),
    }


ACTS: dict[str, Callable[[CaseStage, Case, Row], Case | None]] = {
    Act.INFORM: inform,
    Act.OPINE: opine,
    Act.PROPOSE: propose,
    Act.REMIND: press,
    Act.PERSUADE: press,
    Act.APPLY: apply,
    Act.REFUSE: refuse,
    Act.ANSWER: answer,
    Act.SUBMIT: hand_up,
    Act.DECIDE: decide,
    Act.DELIVER: deliver,
    Act.PUBLISH: publish,
    Act.DROP: drop,
    "paper": write_paper,
}
