"""What is handed in must be whole, whatever it is."""

from core.refusals import RefusalError


class IncompleteError(RefusalError):
    """`missing` says what is not there yet."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(f"还不能提交：{'；'.join(missing)}。")
