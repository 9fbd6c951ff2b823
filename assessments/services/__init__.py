from assessments.services.terms import create_term

__all__ = ["create_term"]
