from dossiers.selectors.duty import duty_facts
from dossiers.selectors.evidence import records_behind
from dossiers.selectors.naming import EvidenceRow, evidence_rows

__all__ = ["EvidenceRow", "duty_facts", "evidence_rows", "records_behind"]
