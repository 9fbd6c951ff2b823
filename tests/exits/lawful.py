"""What the rules allow of a case, told from its history alone, without the product's code.

萍协办字〔2022〕19号 (一, 二), and for 劝辞 萍办字〔2022〕9号 四（十三）16. A history is a list of
(act, detail) in the order things were done. Details: an opinion is "organization:agree"; a decision
"approved" or "rejected"; the last party told "last"; a case ended together with another "with".
"""

from dataclasses import dataclass

EXITS = {"resignation", "order_resign", "revoke"}
SUSPENDING = {"suspension", "reinstatement"}
#: Who is to resign hands in a written application.
BY_APPLICATION = {
    "resignation",
    "order_resign",
    "advise_resign_standing",
    "order_resign_standing",
}
#: 一（二）3（5）: “经提醒、劝说后拒不提交书面申请”; who is advised to resign may decline to.
REFUSABLE = BY_APPLICATION - {"resignation"}
DEPARTMENTS = {"organization", "united_front"}
Done = list[tuple[str, str]]


@dataclass(frozen=True)
class About:
    kind: str
    ground: str
    side: str

    @property
    def is_advised(self) -> bool:
        """9号 四（十三）16: “按照程序劝其辞去委员职务”, a measure against the member."""
        return (self.kind, self.ground) == ("resignation", "advised")

    @property
    def asked(self) -> set[str]:
        """一（三）1（1）, 二（二）（四）: all three parties; else the department of the side."""
        together = self.kind in SUSPENDING or (self.kind == "resignation" and not self.is_advised)
        return DEPARTMENTS if together else {self.side}

    @property
    def may_be_advised_against(self) -> bool:
        """一（三）1（1）: “提出是否同意辞去委员的建议”."""
        return self.kind == "resignation" and not self.is_advised


def assert_lawful(about: About, history: Done) -> None:
    done: Done = []
    for act, detail in history:
        RULES[act](about, detail, done)
        assert not has_ended(about, done) or act == "answered"
        done.append((act, detail))


def acts(done: Done) -> set[str]:
    return {act for act, _ in done}


def has_ended(about: About, done: Done) -> bool:
    """一（三）3: a decision on a resignation is told in writing, whichever it is."""
    known = acts(done)
    if "dropped" in known or "published" in known:
        return True
    told = ("delivered", "last") in done
    if ("decided", "rejected") in done:
        return told or about.kind != "resignation"
    return about.kind in SUSPENDING and told


def said(done: Done) -> dict[str, str]:
    """What each department last said."""
    return dict(detail.split(":") for act, detail in done if act == "opined")


def all_agree(about: About, done: Done) -> bool:
    return {said(done).get(partner) for partner in about.asked} == {"agree"}


def opened(about, detail, done):
    assert done == []


def informed(about, detail, done):
    """一（三）1（1）: who resigns of their own accord “提出申请”, then the three consult."""
    assert acts(done) <= {"opened", "applied", "answered", "joined"}
    assert "opened" in acts(done)
    assert about.ground != "own_application" or "applied" in acts(done)


def opined(about, detail, done):
    """一（三）1: the departments are informed, then give their opinions, each by its side."""
    partner, _ = detail.split(":")
    assert "informed" in acts(done)
    assert not acts(done) & {"proposed", "decided"}
    assert partner in about.asked


def proposed(about, detail, done):
    """一（三）1: proposed after consultation, by all who are consulted, once."""
    assert about.asked <= set(said(done))
    assert about.may_be_advised_against or all_agree(about, done)
    assert "proposed" not in acts(done)


def pressed(about, detail, done):
    """Who is to hand in an application is reminded of it and persuaded to, unless it is advised
    against.
    """
    assert about.kind in BY_APPLICATION
    assert "proposed" in acts(done)
    assert all_agree(about, done)
    assert not acts(done) & {"applied", "refused", "submitted"}


def applied(about, detail, done):
    assert about.kind in BY_APPLICATION
    assert not acts(done) & {"applied", "refused", "submitted", "decided"}


def refused(about, detail, done):
    assert about.kind in REFUSABLE
    pressed(about, detail, done)
    assert {"reminded", "persuaded"} <= acts(done)


def joined(about, detail, done):
    """一（二）3（5）: a refusal is a ground to revoke; where that is under way, one more."""
    assert about.kind == "revoke"
    assert not acts(done) & {"joined", "decided"}


def submitted(about, detail, done):
    """一（三）2: the proposal, with the application where one is needed, is submitted once."""
    assert "proposed" in acts(done)
    assert not acts(done) & {"refused", "submitted"}
    assert ("applied" in acts(done)) == (about.kind in BY_APPLICATION)


def decided(about, detail, done):
    assert "submitted" in acts(done)
    assert "decided" not in acts(done)


def delivered(about, detail, done):
    """一（三）3: who is told is told of a decision."""
    answered = about.kind == "resignation" and ("decided", "rejected") in done
    assert answered or ("decided", "approved") in done
    assert ("delivered", "last") not in done


def published(about, detail, done):
    """一（三）3: made public after all have been told; a suspension is not made public."""
    assert ("decided", "approved") in done
    assert ("delivered", "last") in done
    assert about.kind not in SUSPENDING


def answered(about, detail, done):
    """Nobody answers what they were not told."""
    told = {"reminded", "persuaded", "applied", "delivered"}
    assert acts(done) & told or ("decided", "approved") in done
    assert "dropped" not in acts(done)
    assert ("decided", "rejected") not in done


def dropped(about, detail, done):
    """Before the decision; a refused order ends only with what came of it."""
    assert "decided" not in acts(done)
    assert detail == "with" or about.kind != "order_resign" or "refused" not in acts(done)


def corrected(about, detail, done):
    """What a decision dated back touched is written down in the act of deciding."""
    assert "submitted" in acts(done)
    assert "decided" not in acts(done)


RULES = {
    "opened": opened,
    "informed": informed,
    "opined": opined,
    "proposed": proposed,
    "reminded": pressed,
    "persuaded": pressed,
    "applied": applied,
    "refused": refused,
    "joined": joined,
    "submitted": submitted,
    "decided": decided,
    "delivered": delivered,
    "published": published,
    "answered": answered,
    "dropped": dropped,
    "corrected": corrected,
}


def assert_lawful_together(events: list[tuple[object, str, str, str]]) -> None:
    """All cases of one member: (which case, kind, act, detail) in the order things were done."""
    open_kinds: dict[object, str] = {}
    has_left = False
    for case, kind, act, detail in events:
        revoking = "revoke" in {one for key, one in open_kinds.items() if key != case}
        if act == "opened":
            # 二（一）: “在启动相关程序前，应暂停”; 二（四）: cleared of what would be revoked for.
            assert kind not in SUSPENDING or not revoking
            assert kind not in open_kinds.values()
            assert not has_left
            open_kinds[case] = kind
        elif act == "decided":
            assert detail != "approved" or kind != "reinstatement" or not revoking
            assert detail != "approved" or not has_left
            has_left = has_left or (detail == "approved" and kind in EXITS)
            del open_kinds[case]
        elif act == "dropped":
            del open_kinds[case]
