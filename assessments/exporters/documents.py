"""The JSON of an evaluation, as other systems read it."""

from typing import Any

from assessments.services import AssessmentResult, FoundFinding


def evaluation_document(result: AssessmentResult) -> dict[str, Any]:
    """Findings are sorted by rule, subject and window; only those that hold are listed."""
    facts, pack = result.assessment.facts, result.assessment.pack
    return {
        "term": facts.term.code,
        "year": facts.year,
        "as_of": facts.on.isoformat(),
        "pack": {"id": pack.id, "version": pack.version, "sha256": pack.sha256},
        "findings": [_finding(finding) for finding in result.findings],
        "suggested": dict(sorted(result.suggested.items())),
    }


def _finding(finding: FoundFinding) -> dict[str, Any]:
    judgement = finding.hit.judgement
    subject = judgement.subject
    return {
        "rule": judgement.rule.id,
        "subject": {"kind": subject.holder.value, "id": subject.key, "name": subject.name},
        "outcome": judgement.rule.outcome,
        "state": str(finding.state),
        "evidence": {
            "summary": judgement.summary,
            "values": finding.hit.values,
            "records": list(finding.hit.records),
        },
        "citations": finding.hit.citations,
    }
