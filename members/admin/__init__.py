from members.admin import assemblies, calendar, conduct, organs, people

__all__ = ["assemblies", "calendar", "conduct", "organs", "people"]
