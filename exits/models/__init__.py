from exits.models.cases import Case, CaseDelivery, CaseOpinion, CaseStep
from exits.models.interviews import Interview
from exits.models.papers import OfficialPaper, PaperTemplate

__all__ = [
    "Case",
    "CaseDelivery",
    "CaseOpinion",
    "CaseStep",
    "Interview",
    "OfficialPaper",
    "PaperTemplate",
]
