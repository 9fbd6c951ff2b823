"""Management commands as processes of their own that need not start from nothing.

Reads a batch of command lines as a line of JSON, each with the files for its words; the commands
of a batch run at once, each in a fork of this process. Answers their exit codes.
"""

import json
import os
import sys
import traceback
from pathlib import Path

import django
from django.core.management import execute_from_command_line
from django.db import connections
from django.urls import get_resolver


def main() -> None:
    django.setup()
    _ = get_resolver().url_patterns  # everything there is to import
    connections.close_all()
    for line in sys.stdin:
        children = [fork(*command) for command in json.loads(line)]
        sys.stdout.write(f"{json.dumps([exit_code(child) for child in children])}\n")
        sys.stdout.flush()


def exit_code(child: int) -> int:
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def fork(arguments: list[str], output: str, errors: str) -> int:
    child = os.fork()
    if child == 0:
        run(arguments, Path(output), Path(errors))
    return child


def run(arguments: list[str], output: Path, errors: Path) -> None:
    """Ends this process as the command ends; its input is nothing."""
    nothing = Path(os.devnull)
    with nothing.open("rb") as read, output.open("wb") as said, errors.open("wb") as told:
        for place, file in enumerate((read, said, told)):
            os.dup2(file.fileno(), place)
    code = 0
    try:
        execute_from_command_line(["manage.py", *arguments])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- a fork must never go on as its parent
        traceback.print_exc()
        code = 1
    finally:
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
