from assessments.exporters.documents import evaluation_document

__all__ = ["evaluation_document"]
