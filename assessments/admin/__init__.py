from assessments.admin import runs

__all__ = ["runs"]
