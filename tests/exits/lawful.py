"""What 萍协办字〔2022〕19号 allows of a case, told from its history alone, without the product's code.

A history is a list of (act, detail) in the order things were done. Details: an opinion is
"organization:agree"; a decision "approved" or "rejected"; the last party told "last"; a case
ended together with another "with".
"""

EXITS = {"resignation", "order_resign", "revoke"}
SUSPENDING = {"suspension", "reinstatement"}
#: 一（三）1（1）, 二（二）（四）: all three parties; the others each department by its side.
THREE_PARTIES = {"resignation", *SUSPENDING}
#: Who is to resign hands in a written application.
BY_APPLICATION = {
    "resignation",
    "order_resign",
    "advise_resign_standing",
    "order_resign_standing",
}
#: 一（二）3（5）: “经提醒、劝说后拒不提交书面申请”; who is advised to resign may decline to.
REFUSABLE = BY_APPLICATION - {"resignation"}


def assert_lawful(kind: str, side: str, history: list[tuple[str, str]]) -> None:
    done: list[tuple[str, str]] = []
    for act, detail in history:
        RULES[act](kind, side, detail, done)
        assert not has_ended(kind, done) or act == "answered"
        done.append((act, detail))


def acts(done: list[tuple[str, str]]) -> set[str]:
    return {act for act, _ in done}


def has_ended(kind: str, done: list[tuple[str, str]]) -> bool:
    known = acts(done)
    if "dropped" in known or "published" in known or ("decided", "rejected") in done:
        return True
    return kind in SUSPENDING and ("delivered", "last") in done


def opened(kind, side, detail, done):
    assert done == []


def informed(kind, side, detail, done):
    assert acts(done) <= {"opened", "applied", "answered"}
    assert "opened" in acts(done)


def opined(kind, side, detail, done):
    """一（三）1: the departments are informed, then give their opinions, each by its side."""
    partner, _ = detail.split(":")
    assert "informed" in acts(done)
    assert not acts(done) & {"proposed", "decided"}
    assert kind in THREE_PARTIES or partner == side


def proposed(kind, side, detail, done):
    """一（三）1: proposed after consultation, by all who are consulted, once."""
    last = dict(said.split(":") for act, said in done if act == "opined")
    asked = {"organization", "united_front"} if kind in THREE_PARTIES else {side}
    assert {partner for partner in asked if last.get(partner) == "agree"} == asked
    assert "proposed" not in acts(done)


def pressed(kind, side, detail, done):
    """Who is to hand in an application is reminded of it and persuaded to (9号 四（十三）16 劝辞)."""
    assert kind in BY_APPLICATION
    assert "proposed" in acts(done)
    assert not acts(done) & {"applied", "refused", "submitted"}


def applied(kind, side, detail, done):
    assert kind in BY_APPLICATION
    assert not acts(done) & {"applied", "refused", "submitted", "decided"}


def refused(kind, side, detail, done):
    assert kind in REFUSABLE
    pressed(kind, side, detail, done)
    assert {"reminded", "persuaded"} <= acts(done)


def submitted(kind, side, detail, done):
    """一（三）2: the proposal, with the application where one is needed, is submitted once."""
    assert "proposed" in acts(done)
    assert not acts(done) & {"refused", "submitted"}
    assert ("applied" in acts(done)) == (kind in BY_APPLICATION)


def decided(kind, side, detail, done):
    assert "submitted" in acts(done)
    assert "decided" not in acts(done)


def delivered(kind, side, detail, done):
    """一（三）3: who is told is told of a decision."""
    assert ("decided", "approved") in done
    assert ("delivered", "last") not in done


def published(kind, side, detail, done):
    """一（三）3: made public after all have been told; a suspension is not made public."""
    assert ("delivered", "last") in done
    assert kind not in SUSPENDING


def answered(kind, side, detail, done):
    """Nobody answers what they were not told."""
    told = {"reminded", "persuaded", "applied", "delivered"}
    assert acts(done) & told or ("decided", "approved") in done
    assert "dropped" not in acts(done)
    assert ("decided", "rejected") not in done


def dropped(kind, side, detail, done):
    """Before the decision; a refused order ends only with what came of it."""
    assert "decided" not in acts(done)
    assert detail == "with" or kind != "order_resign" or "refused" not in acts(done)


def corrected(kind, side, detail, done):
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
    "submitted": submitted,
    "decided": decided,
    "delivered": delivered,
    "published": published,
    "answered": answered,
    "dropped": dropped,
    "corrected": corrected,
}
