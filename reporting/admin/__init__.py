from reporting.admin import dossiers

__all__ = ["dossiers"]
