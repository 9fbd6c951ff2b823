"""What printing needs of the machine, told when anything starts."""

from typing import Any

from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning

from core.fonts import ROLES, FontUnavailableError, packaged_source
from reporting.exporters.press import fast_subsetting


def printing_is_possible(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    hint = "运行 scripts/setup 补装。"
    if not fast_subsetting():
        message = "缺少系统库 libharfbuzz-subset0，表册打印会慢上百倍，已停用。"
        found.append(CheckWarning(message, hint=hint, id="reporting.W001"))
    for role in ROLES:
        try:
            packaged_source(role)
        except FontUnavailableError as missing:
            found.append(CheckWarning(str(missing), hint=hint, id="reporting.W002"))
    return found
