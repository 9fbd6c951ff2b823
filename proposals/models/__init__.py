from proposals.models.articles import Article
from proposals.models.duplicates import DistinctPair
from proposals.models.opinions import (
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    PublicOpinionReport,
)
from proposals.models.proposals import CoSponsorship, Proposal
from proposals.models.research import Research, ResearchParticipation
from proposals.models.topics import Topic, TopicParticipation, TopicPartnership

__all__ = [
    "Article",
    "CoSponsorship",
    "DistinctPair",
    "OpinionAdoption",
    "OpinionAuthorship",
    "OpinionInstruction",
    "Proposal",
    "PublicOpinionReport",
    "Research",
    "ResearchParticipation",
    "Topic",
    "TopicParticipation",
    "TopicPartnership",
]
