from assessments.admin import findings, runs

__all__ = ["findings", "runs"]
