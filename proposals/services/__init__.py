from proposals.services.topics import (
    NotInvitableError,
    PartnerRefusedError,
    TopicCountedError,
    TopicStateError,
    cancel_topic,
    finish_topic,
    record_contribution,
    record_topic_research,
    save_topic,
    start_topic,
)
from proposals.services.works import (
    save_articles,
    save_opinions,
    save_proposals,
    save_research,
)

__all__ = [
    "NotInvitableError",
    "PartnerRefusedError",
    "TopicCountedError",
    "TopicStateError",
    "cancel_topic",
    "finish_topic",
    "record_contribution",
    "record_topic_research",
    "save_articles",
    "save_opinions",
    "save_proposals",
    "save_research",
    "save_topic",
    "start_topic",
]
