from dossiers.models.handins import Campaign, HandIn
from dossiers.models.objections import Objection, ObjectionEntry

__all__ = ["Campaign", "HandIn", "Objection", "ObjectionEntry"]
