"""The members with a story, and the gaps left in the year's programme: `data/cast.toml`."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exits.management.demo.chance import read_data


@dataclass(frozen=True)
class Part:
    """One member's story. Years are calendar years; whatever is left out happens by chance.

    `without` names what is left undone: research, opinions, registration, duty_report, topic,
    training, term_report, each with the years concerned. `by_case`: the exit and the suspensions
    follow from cases played in the system; the roster imported does not know of them.
    """

    story: str
    rules: tuple[str, ...] = ()
    key: str = ""
    by_case: bool = False
    standing: bool = False
    party: str = ""
    joined: date | None = None
    exited: date | None = None
    elected_standing: date | None = None
    left_standing: date | None = None
    plenaries: dict[int, str] = field(default_factory=dict)
    standing_meetings_missed: dict[int, int] = field(default_factory=dict)
    idle_years: tuple[int, ...] = ()
    suspended: tuple[dict[str, Any], ...] = ()
    conduct: tuple[dict[str, Any], ...] = ()
    without: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def leaves_undone(self, duty: str, year: int) -> bool:
        return year in self.without.get(duty, ())


@dataclass(frozen=True)
class Gaps:
    """What the assembly, one sector and one committee failed to hold."""

    sector_activities: dict[str, Any]
    study_seminars: dict[str, Any]
    thematic_meeting: dict[str, Any]
    consultation: dict[str, Any]
    oversight: dict[str, Any]
    secretaries_meeting: dict[str, Any]
    party_building: dict[str, Any]

    def rules(self) -> set[str]:
        return {gap["rule"] for gap in vars(self).values()}


#: A member without a story.
ORDINARY = Part(story="")


def by_year(table: dict[str, Any]) -> dict[int, Any]:
    return {int(year): value for year, value in table.items()}


def read_part(row: dict[str, Any]) -> Part:
    years = {name: by_year(row.get(name, {})) for name in ("plenaries", "standing_meetings_missed")}
    lists = {
        name: tuple(row.get(name, ())) for name in ("rules", "idle_years", "suspended", "conduct")
    }
    without = {duty: tuple(years) for duty, years in row.get("without", {}).items()}
    return Part(**(row | years | lists | {"without": without}))


CAST = read_data("cast")
PARTS = tuple(read_part(row) for row in CAST["parts"])
GAPS = Gaps(**CAST["gaps"])
