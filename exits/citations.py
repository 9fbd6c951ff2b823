"""What a case rests on: the document and the item that names its ground, by the rules of the term.

A document of one assembly is never cited in the letters of another; without an item of its own the
charter stands.
"""

from dataclasses import dataclass

from exits.choices import CaseKind, Ground
from exits.procedures import PROCEDURES, PX9, PX19, YQ12

PINGXIANG = "pingxiang"
CHARTER = "《中国人民政治协商会议章程》"
#: What an assembly without a document on it goes by.
OWN_RULES = "本会委员管理制度"
TITLES = {
    PX9: "关于加强和改进新时代市县政协工作的若干措施",
    PX19: "政协萍乡市委员会委员退出和暂停履职暂行办法",
    YQ12: "政协乐清市委员会关于强化政协委员责任担当的实施意见",
}
#: The item a ground is in 萍协办字〔2022〕19号; “其他情形” differ by the kind of case.
PX19_ITEMS = {
    Ground.OWN_APPLICATION: "一（二）1（1）",
    Ground.POST_CHANGED: "一（二）1（2）",
    Ground.HEALTH: "一（二）1（3）",
    Ground.SANCTIONED: "一（二）2（1）",
    Ground.POLITICAL_CONDUCT: "一（二）2（2）",
    Ground.PUBLIC_MORALITY: "一（二）2（3）",
    Ground.NO_ACTIVITY: "一（二）2（4）",
    Ground.PLENARY_TWO_RUNNING: "一（二）2（5）",
    Ground.CRIMINAL: "一（二）3（1）",
    Ground.EXPELLED: "一（二）3（2）",
    Ground.CHARTER: "一（二）3（3）",
    Ground.PLENARY_TWO_UNEXCUSED: "一（二）3（4）",
    Ground.REFUSED_ORDER: "一（二）3（5）",
    Ground.SUSPECTED: "二（一）",
    Ground.CLEARED: "二（四）",
}
PINGXIANG_OTHERS = {
    CaseKind.RESIGNATION: (PX19, "一（二）1（4）"),
    CaseKind.ORDER_RESIGN: (PX19, "一（二）2（6）"),
    CaseKind.REVOKE: (PX19, "一（二）3（6）"),
    CaseKind.ADVISE_RESIGN_STANDING: (PX9, "四（十三）16"),
}
#: Grounds that only these documents know, whoever's term it is.
ELSEWHERE = {
    Ground.ADVISED: (PX9, "四（十三）16"),
    Ground.STANDING_TWO_RUNNING: (PX9, "四（十三）16"),
    Ground.STANDING_TWO_IN_YEAR: (YQ12, "12"),
    Ground.FAILED_TWO_YEARS: (YQ12, "12"),
}
#: What another assembly's own document says on a ground of 19号.
OWN_ITEMS = {"yueqing": {Ground.CHARTER: (YQ12, "12")}}


@dataclass(frozen=True)
class Citation:
    """Empty where the term's rules name no item: then the charter stands."""

    number: str = ""
    item: str = ""

    @property
    def document(self) -> str:
        """《…办法》（萍协办字〔2022〕19号）"""
        return f"《{TITLES[self.number]}》（{self.number}）" if self.number else OWN_RULES

    @property
    def clause(self) -> str:
        """萍协办字〔2022〕19号文件一（二）2（5）"""
        return f"{self.number}文件{self.item}" if self.number else f"{CHARTER}和{OWN_RULES}"

    def __str__(self) -> str:
        return f"{self.number} {self.item}" if self.number else f"{CHARTER}和{OWN_RULES}"


def citation_of(kind: str, ground: str, pack: str) -> Citation:
    """What names the ground in a term under the rules of `pack`."""
    known = ELSEWHERE.get(Ground(ground)) or _by_document(CaseKind(kind), Ground(ground), pack)
    return Citation(*known) if known else Citation()


def citations_of_kind(kind: str, pack: str) -> str:
    """What a kind of case rests on in a term under the rules of `pack`, for choosing one."""
    procedure = PROCEDURES[CaseKind(kind)]
    if pack == PINGXIANG:
        return procedure.citation
    named = (str(citation_of(kind, ground, pack)) for ground in procedure.grounds)
    return "；".join(dict.fromkeys(named))


def _by_document(kind: CaseKind, ground: Ground, pack: str) -> tuple[str, str] | None:
    if pack != PINGXIANG:
        return OWN_ITEMS.get(pack, {}).get(ground)
    if ground != Ground.OTHER:
        return PX19, PX19_ITEMS[ground]
    return PINGXIANG_OTHERS.get(kind)
