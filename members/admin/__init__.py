from members.admin import assemblies, conduct, organs, people

__all__ = ["assemblies", "conduct", "organs", "people"]
