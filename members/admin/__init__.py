from members.admin import assemblies, calendar, conduct, organs, people, reports

__all__ = ["assemblies", "calendar", "conduct", "organs", "people", "reports"]
