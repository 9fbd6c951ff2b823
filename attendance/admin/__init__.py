from attendance.admin import records, requests

__all__ = ["records", "requests"]
