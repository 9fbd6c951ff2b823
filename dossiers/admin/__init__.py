from dossiers.admin import handins, objections

__all__ = ["handins", "objections"]
