"""What is wrong with a workbook: every fault with its place and its remedy, none thrown away."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any

HEADER_ROW = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `follows` marks a row that is sound but rests on one that is not."""

    sheet: str
    row: int
    column: str
    value: str
    problem: str
    remedy: str
    follows: bool = False

    def __str__(self) -> str:
        value = f"“{self.value}”" if self.value else ""
        place = f"《{self.sheet}》第 {self.row} 行" + (f" {self.column}" if self.column else "")
        return f"{place}：{value}{self.problem}。{self.remedy}。"

    def as_json(self) -> dict[str, Any]:
        fields = asdict(self)
        del fields["follows"]
        return fields


@dataclass
class ProblemLog:
    """Collects faults and warnings; remembers which rows must not be imported."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    bad_rows: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def refuse(self, problem: Problem) -> None:
        self.errors.append(problem)
        self.bad_rows[problem.sheet].add(problem.row)

    def caution(self, problem: Problem) -> None:
        self.warnings.append(problem)

    def faults(self, *, with_followers: bool) -> list[Problem]:
        return [error for error in self.errors if with_followers or not error.follows]
