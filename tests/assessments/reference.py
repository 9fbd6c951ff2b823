"""The rule catalogue worked out a second time, naively, member by member, from plain data.

It shares nothing with the engine: no measures, no packs, no queries.
"""

import itertools
from datetime import date, timedelta

from tests.assessments.worlds import RandomMeeting, RandomMember, World

STANDING_KINDS = {"standing_committee_meeting", "thematic_standing_committee_meeting"}
ORDER_SANCTIONS = {
    "party_post_removed",
    "party_probation",
    "administrative_major_demerit",
    "administrative_demotion",
    "administrative_dismissal",
}
PRESENT = {"present", "late", "left_early"}

#: (rule, subject, window)
Found = set[tuple[str, str, str]]


class Judge:
    def __init__(self, world: World) -> None:
        self.world = world
        self.meetings = sorted(
            (m for m in world.meetings if m.on <= world.on), key=lambda m: (m.on, m.number)
        )
        self.year_over = world.on >= date(world.year, 12, 31)
        self.year_in_term = (
            world.starts <= date(world.year, 1, 1) and date(world.year, 12, 31) <= world.ends
        )
        self.deadline = world.deadlines.get(world.year, date(world.year, 12, 31))
        self.owed = self.year_over and self.year_in_term
        self.forms_owed = self.owed and world.on >= self.deadline
        self.last_year = world.on >= date(world.ends.year, 1, 1)

    def in_year(self, day: date) -> bool:
        return day.year == self.world.year and day <= self.world.on

    def expected(self, member: RandomMember, kinds: set[str]) -> list[RandomMeeting]:
        return [m for m in self.meetings if m.kind in kinds and m.number in member.attendance]

    def standing_meetings(self, member: RandomMember) -> list[RandomMeeting]:
        return [
            m for m in self.expected(member, STANDING_KINDS) if member.within(member.standing, m.on)
        ]

    def away(self, member: RandomMember, meeting: RandomMeeting) -> str:
        """ "" if attended at all, else leave or unexcused."""
        statuses = member.attendance[meeting.number]
        if PRESENT & set(statuses):
            return ""
        return "leave" if set(statuses) == {"leave"} else "unexcused"

    def suspended_all_year(self, member: RandomMember) -> bool:
        day = date(self.world.year, 1, 1)
        while day <= min(self.world.on, date(self.world.year, 12, 31)):
            if not member.within(member.suspended, day):
                return False
            day += timedelta(days=1)
        return True

    def handed_in(self, member: RandomMember, kind: str) -> bool:
        day = member.hand_ins.get((kind, self.world.year))
        return day is not None and day <= self.deadline and day <= self.world.on

    def pingxiang(self) -> Found:
        found = self.organs()
        for member in self.world.members:
            if member.serves(self.world.on):
                rules = [*self.px_term(member)]
                if not self.suspended_all_year(member):
                    rules += self.px_year(member)
                year, term = str(self.world.year), "term"
                found |= {
                    (rule, member.code, term if rule in TERM_RULES else year) for rule in rules
                }
        return found

    def px_year(self, member: RandomMember) -> list[str]:
        rules = [*self.px_owed(member), *self.px_forms(member)]
        plenaries = self.expected(member, {"plenary_session"})
        if any(self.in_year(m.on) and self.away(member, m) == "unexcused" for m in plenaries):
            rules.append("px-plenary-unapproved")
        if member.within(member.standing, self.world.on):
            rules += self.px_standing(member)
        if self.owed and self.never_came(member):
            rules.append("px-no-activity-year")
        return rules

    def px_owed(self, member: RandomMember) -> list[str]:
        rules = []
        if self.owed:
            if not any(k == "self_directed" and self.in_year(d) for k, d in member.research):
                rules.append("px-research-year")
            if not any(self.in_year(day) for day in member.opinions):
                rules.append("px-opinion-year")
        return rules

    def px_forms(self, member: RandomMember) -> list[str]:
        rules = []
        standing_now = member.within(member.standing, self.world.on)
        if self.forms_owed:
            if not self.handed_in(member, "annual_return"):
                rules.append("px-registration-year")
            both = self.handed_in(member, "performance_report") and self.handed_in(
                member, "performance_form"
            )
            if standing_now and not both:
                rules.append("px-duty-report-year")
        return rules

    def px_standing(self, member: RandomMember) -> list[str]:
        rules = []
        meetings = self.standing_meetings(member)
        if any(self.in_year(m.on) and self.away(member, m) == "unexcused" for m in meetings):
            rules.append("px-standing-unapproved")
        for earlier, later in itertools.pairwise(meetings):
            if self.in_year(later.on) and self.both(member, earlier, later):
                rules.append("px-standing-unapproved-2-running")
                break
        return rules

    def both(self, member: RandomMember, earlier: RandomMeeting, later: RandomMeeting) -> bool:
        return {self.away(member, earlier), self.away(member, later)} == {"unexcused"}

    def never_came(self, member: RandomMember) -> bool:
        if member.joined > date(self.world.year, 1, 1):
            return False
        events = [m for m in self.meetings if m.number in member.attendance and self.in_year(m.on)]
        aways = [self.away(member, m) for m in events]
        toured = any(k != "self_directed" and self.in_year(d) for k, d in member.research)
        return bool(events) and "" not in aways and "unexcused" in aways and not toured

    def px_term(self, member: RandomMember) -> list[str]:
        rules = [*self.px_last_year(member), *self.px_conduct(member)]
        aways = [self.away(member, m) for m in self.expected(member, {"plenary_session"})]
        pairs = list(itertools.pairwise(aways))
        if ("unexcused", "unexcused") in pairs:
            rules.append("px-plenary-unapproved-2-running")
        if any(first and second for first, second in pairs):
            rules.append("px-plenary-2-running")
        if aways.count("unexcused") >= 1 or aways.count("leave") >= 2:
            rules.append("px-plenary-interview")
        if aways.count("unexcused") >= 2:
            rules.append("px-plenary-2-unexcused")
        return rules

    def px_last_year(self, member: RandomMember) -> list[str]:
        rules = []
        on = self.world.on
        if self.last_year:
            if not any(kind == "topic" and day <= on for kind, day in member.research):
                rules.append("px-topic-term")
            if not self.trained(member):
                rules.append("px-training-term")
            if not any(
                kind == "term_duty_report" and day <= on
                for (kind, _), day in member.hand_ins.items()
            ):
                rules.append("px-term-report")
        return rules

    def px_conduct(self, member: RandomMember) -> list[str]:
        sanctions = {kind for kind, day in member.sanctions if day <= self.world.on}
        conducts = {kind for kind, day in member.conducts if day <= self.world.on}
        rules = {
            "px-discipline-order": sanctions & ORDER_SANCTIONS,
            "px-conduct-order": conducts & {"political_discipline", "public_morality"},
            "px-criminal-revoke": sanctions & {"criminal_liability"},
            "px-expelled-revoke": sanctions & {"party_expelled", "administrative_expulsion"},
            "px-charter-revoke": conducts & {"charter_violation"},
        }
        return [rule for rule, grounds in rules.items() if grounds]

    def trained(self, member: RandomMember, year: int | None = None) -> bool:
        return any(
            not self.away(member, m)
            for m in self.expected(member, {"training"})
            if year is None or m.on.year == year
        )

    def held(self, kinds: set[str], first: date, last: date, **organ: str) -> list[RandomMeeting]:
        return [
            m
            for m in self.meetings
            if m.kind in kinds
            and first <= m.on <= last
            and all(getattr(m, name) == value for name, value in organ.items())
        ]

    def organs(self) -> Found:
        world = self.world
        found = self.px_organs_owed() if self.owed else set()
        if self.last_year and not self.held({"party_building_seminar"}, world.starts, world.ends):
            found.add(("px-party-building-term", "本会", "term"))
        found |= self.windows(
            "px-thematic-standing-half",
            {"thematic_standing_committee_meeting"},
            12 if world.is_county else 6,
        )
        found |= self.windows(
            "px-consultation-two-months",
            {"consultation", "major_consultation"},
            3 if world.is_county else 2,
        )
        return found

    def px_organs_owed(self) -> Found:
        world, found = self.world, set()
        year = (date(world.year, 1, 1), date(world.year, 12, 31))
        for sector in world.sectors:
            if len(self.held({"sector_activity"}, *year, sector=sector)) < 2:
                found.add(("px-sector-activities-year", sector, str(world.year)))
        for committee in world.committees:
            if len(self.held({"study_seminar"}, *year, committee=committee)) < 2:
                found.add(("px-committee-study-year", committee, str(world.year)))
        topics = self.held({"democratic_oversight"}, *year)
        if len({m.topic or m.number for m in topics}) < (1 if world.is_county else 2):
            found.add(("px-supervision-year", "本会", str(world.year)))
        if not self.held({"secretaries_meeting"}, *year):
            found.add(("px-secretaries-meeting-year", "本会", str(world.year)))
        return found

    def windows(self, rule: str, kinds: set[str], length: int) -> Found:
        world, found = self.world, set()
        for first in range(1, 13, length):
            start = date(world.year, first, 1)
            after = first + length
            next_start = date(world.year + after // 13, (after - 1) % 12 + 1, 1)
            end = next_start - timedelta(days=1)
            name = {
                12: f"{world.year}",
                6: f"{world.year}H{1 if first == 1 else 2}",
                3: f"{world.year}Q{first // 3 + 1}",
                2: f"{world.year}M{first:02}-{first + 1:02}",
            }[length]
            judged = world.starts <= start and end <= world.ends and end <= world.on
            if judged and not self.held(kinds, start, end):
                found.add((rule, "本会", name))
        return found

    def yueqing(self) -> Found:
        found: Found = set()
        year = str(self.world.year)
        for member in self.world.members:
            if not member.serves(self.world.on):
                continue
            if self.last_year and not self.trained(member):
                found.add(("yq-training-term", member.code, "term"))
            if self.suspended_all_year(member):
                continue
            if self.forms_owed and not self.handed_in(member, "annual_duty_report"):
                found.add(("yq-report-year", member.code, year))
            is_new = member.joined.year == self.world.year and not member.known_before
            if self.owed and is_new and not self.trained(member, self.world.year):
                found.add(("yq-training-first-year", member.code, year))
            missed = [
                m
                for m in self.standing_meetings(member)
                if self.in_year(m.on) and self.away(member, m) == "unexcused"
            ]
            if member.within(member.standing, self.world.on) and len(missed) >= 2:
                found.add(("yq-standing-2-unexcused-year", member.code, year))
        return found


TERM_RULES = {
    "px-topic-term",
    "px-training-term",
    "px-term-report",
    "px-plenary-unapproved-2-running",
    "px-plenary-interview",
    "px-plenary-2-running",
    "px-discipline-order",
    "px-conduct-order",
    "px-criminal-revoke",
    "px-expelled-revoke",
    "px-charter-revoke",
    "px-plenary-2-unexcused",
}
