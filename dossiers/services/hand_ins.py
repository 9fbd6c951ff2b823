"""Forms and reports handed in, many at once."""

from datetime import datetime

from accounts.audit import Change
from accounts.models import User
from accounts.services import Batch, save_batch
from dossiers.models import HandIn
from members.models import Term
from members.selectors import member_keys


def save_hand_ins(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    """Members are named by number.

    The rows come checked as a set by the caller, who holds the transaction and records the audit
    entry over the changes returned.
    """
    keys = member_keys(term)
    codes = {key: code for code, key in keys.items()}
    return save_batch(
        HandIn,
        batch,
        references={"member": keys},
        actor=actor,
        at=at,
        label=lambda row: f"材料提交 {codes[row['member_id']]} {row['year']}年度",
    )
