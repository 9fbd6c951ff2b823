from django.db.models import TextChoices


class FileFormat(TextChoices):
    """What an export is made of. Each but ZIP is asked for in the office's pages."""

    PDF = "pdf", "PDF（每人一份）"
    XLSX = "xlsx", "Excel（每人一份）"
    BOOK = "book", "PDF 合订本（便于打印）"
    ZIP = "zip", "压缩包"


#: Formats a person chooses from; everything they download comes packed.
CHOSEN_FORMATS = (FileFormat.PDF, FileFormat.XLSX, FileFormat.BOOK)


class FormKind(TextChoices):
    """The two official forms; codes as of what is handed in."""

    ANNUAL_RETURN = "annual_return", "委员履职情况登记表"
    PERFORMANCE_FORM = "performance_form", "常委述职表"
