"""What every command of ours does alike: Chinese errors, one a line, and plain exit codes.

0 = done · 1 = refused because of the data · 2 = wrong usage.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    handle_default_options,
)
from django.db import DatabaseError, connections

from core.refusals import RefusalError

REFUSED, WRONG_USAGE = 1, 2


class WrongUsageError(CommandError):
    """The command was called in a way it does not understand."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=WRONG_USAGE)


class ChineseParser(CommandParser):
    """argparse speaks English only; these are its complaints in Chinese."""

    COMPLAINTS = (
        (r"the following arguments are required: (.+)", r"缺少参数：\1"),
        (r"unrecognized arguments: (.+)", r"不认识的参数：\1"),
        (r"argument (.+?): expected one argument", r"参数 \1 后面要有一个值"),
        (r"argument (.+?): expected at least one argument", r"参数 \1 后面至少要有一个值"),
        (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)",
         r"参数 \1 的值 \2 不对，可选：\3"),
        (r"argument (.+?): invalid int value: (.+)", r"参数 \1 的值 \2 不是整数"),
        (r"argument (.+?): not allowed with argument (.+)", r"参数 \1 不能与 \2 同用"),
        (r"argument (.+?): (.+)", r"参数 \1：\2"),
        (r"one of the arguments (.+) is required", r"须写明以下参数之一：\1"),
    )  # fmt: skip

    def error(self, message: str) -> NoReturn:
        for pattern, chinese in self.COMPLAINTS:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, chinese, message)
                break
        raise WrongUsageError(f"{message}。用法见 --help。")


def day(text: str) -> date:
    """A date as commands take it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，应写成 2023-12-31 的样子") from None


def calendar_year(text: str) -> int:
    """A year as commands take it."""
    if not re.fullmatch(r"(19|2\d)\d\d", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"“{text}”不是年度，应写成 2023 的样子")
    return int(text)


def output_file(text: str) -> Path:
    """Where a command is to write, tried before it does anything."""
    path = Path(text)
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{path} 是目录，应写文件名")
    if path.exists() and not path.is_file():
        return path  # A pipe or a device.
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            return path
    except OSError as error:
        raise argparse.ArgumentTypeError(f"文件 {path} 不能写入：{error.strerror}") from error


def write_json(path: Path, document: Any) -> None:
    """Writes the file whole or not at all; into a pipe or device, straight.

    Raises CommandError where the place is not writable.
    """
    content = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_text(content, encoding="utf-8")
            return
        draft.write_text(content, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CommandError(f"文件{path}写不进去：{error.strerror}。", returncode=REFUSED) from error


class DutyCommand(BaseCommand):
    """Refusals of services become exit code 1 and their Chinese message."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = ChineseParser  # Django names the class of the parser in its own code
        self.parser = parser
        return parser

    def run_from_argv(self, argv: list[str]) -> None:
        """As Django's, without the exception's name and without a traceback before a refusal."""
        try:
            options = vars(self.create_parser(argv[0], argv[1]).parse_args(argv[2:]))
            handle_default_options(argparse.Namespace(**options))
            self.execute(*options.pop("args", ()), **options)
        except CommandError as error:
            self.stderr.write(str(error))
            sys.exit(error.returncode)
        except DatabaseError as error:
            self.stderr.write(
                f"数据库不能使用：{error}。请先运行 manage.py migrate，或检查数据库连接。"
            )
            sys.exit(REFUSED)
        finally:
            connections.close_all()

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **(options | self._parsed(options)))
        except RefusalError as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from refusal
        except ValidationError as invalid:
            raise CommandError("\n".join(invalid.messages), returncode=REFUSED) from invalid

    def _parsed(self, options: dict[str, Any]) -> dict[str, Any]:
        """Text given by `call_command` for options that the command line would have parsed."""
        parsed = {}
        for action in self.parser._actions:
            value = options.get(action.dest)
            if isinstance(value, str) and callable(action.type):
                try:
                    parsed[action.dest] = action.type(value)
                except (argparse.ArgumentTypeError, ValueError) as error:
                    raise WrongUsageError(f"参数 {action.dest}：{error}。") from error
        return parsed
