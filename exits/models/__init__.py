from exits.models.cases import Case
from exits.models.interviews import Interview
from exits.models.papers import LetterHead, OfficialPaper, PaperTemplate
from exits.models.steps import CaseDelivery, CaseOpinion, CaseStep

__all__ = [
    "Case",
    "CaseDelivery",
    "CaseOpinion",
    "CaseStep",
    "Interview",
    "LetterHead",
    "OfficialPaper",
    "PaperTemplate",
]
