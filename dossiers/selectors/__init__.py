from dossiers.selectors.duty import duty_facts
from dossiers.selectors.evidence import records_behind

__all__ = ["duty_facts", "records_behind"]
