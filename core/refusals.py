"""The one ancestor of everything the system refuses to do."""


class RefusalError(Exception):
    """An act refused. The message is Chinese, for the person who can mend it.

    A view shows it, a command prints it and exits with 1, a job keeps it as its result.
    """
