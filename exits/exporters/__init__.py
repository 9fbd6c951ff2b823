from exits.exporters.trial import trial_workbook

__all__ = ["trial_workbook"]
