from dossiers.exporters.faults import fault_list
from dossiers.exporters.template import workbook_template

__all__ = ["fault_list", "workbook_template"]
