from proposals.services.works import (
    save_articles,
    save_opinions,
    save_proposals,
    save_research,
)

__all__ = ["save_articles", "save_opinions", "save_proposals", "save_research"]
