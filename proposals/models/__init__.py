from proposals.models.articles import Article
from proposals.models.opinions import (
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    PublicOpinionReport,
)
from proposals.models.proposals import CoSponsorship, Proposal
from proposals.models.research import Research, ResearchParticipation

__all__ = [
    "Article",
    "CoSponsorship",
    "OpinionAdoption",
    "OpinionAuthorship",
    "OpinionInstruction",
    "Proposal",
    "PublicOpinionReport",
    "Research",
    "ResearchParticipation",
]
