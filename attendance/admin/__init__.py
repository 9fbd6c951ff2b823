from attendance.admin import records

__all__ = ["records"]
