from dossiers.models.handins import Campaign, HandIn
from dossiers.models.objections import Objection, ObjectionEntry
from dossiers.models.papers import (
    CampaignPaper,
    CampaignReminder,
    Declaration,
    DutyPaper,
    PaperArchive,
    PaperBlock,
    PaperEvent,
    StandingReview,
)
from dossiers.models.submissions import Submission, SubmissionFile, SubmissionSigner

__all__ = [
    "Campaign",
    "CampaignPaper",
    "CampaignReminder",
    "Declaration",
    "DutyPaper",
    "HandIn",
    "Objection",
    "ObjectionEntry",
    "PaperArchive",
    "PaperBlock",
    "PaperEvent",
    "StandingReview",
    "Submission",
    "SubmissionFile",
    "SubmissionSigner",
]
