from members.admin import assemblies, calendar, conduct, notices, organs, people, reports

__all__ = ["assemblies", "calendar", "conduct", "notices", "organs", "people", "reports"]
