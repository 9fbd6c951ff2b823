import json
from io import StringIO

import pytest
from django.core.management.base import CommandError

from core.commands import REFUSED, WRONG_USAGE, DutyCommand, calendar_year, day, write_json
from core.refusals import RefusalError


class Command(DutyCommand):
    def add_arguments(self, parser):
        parser.add_argument("--on", type=day, required=True)
        parser.add_argument("--year", type=calendar_year)
        parser.add_argument("--sort", choices=["a", "b"])

    def handle(self, *args, **options):
        if options["sort"] == "b":
            raise RefusalError("不行。")


def run(*argv):
    """Exit code and what was said on standard error."""
    stderr = StringIO()
    command = Command(stderr=stderr, no_color=True)
    try:
        command.run_from_argv(["manage.py", "trial", *argv])
    except SystemExit as end:
        return end.code, stderr.getvalue()
    return 0, stderr.getvalue()


@pytest.fixture(autouse=True)
def connections_stay_open(monkeypatch):
    monkeypatch.setattr("core.commands.connections.close_all", lambda: None)


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["--on", "2023-12-31"], 0, ""),
        ([], WRONG_USAGE, "缺少参数：--on。用法见 --help。\n"),
        (
            ["--on", "31.12.2023"],
            WRONG_USAGE,
            "参数 --on：“31.12.2023”不是日期，应写成 2023-12-31 的样子。用法见 --help。\n",
        ),
        (
            ["--on", "2023-12-31", "--year", "23"],
            WRONG_USAGE,
            "参数 --year：“23”不是年度，应写成 2023 的样子。用法见 --help。\n",
        ),
        (["--on"], WRONG_USAGE, "参数 --on 后面要有一个值。用法见 --help。\n"),
        (["--on", "2023-12-31", "more"], WRONG_USAGE, "不认识的参数：more。用法见 --help。\n"),
        (["--on", "2023-12-31", "--sort", "b"], REFUSED, "不行。\n"),
    ],
)
def test_command_says_in_chinese_what_is_wrong(argv, code, said):
    assert run(*argv) == (code, said)


def test_wrong_choice_names_the_choices():
    code, said = run("--on", "2023-12-31", "--sort", "c")
    assert code == WRONG_USAGE
    assert said.startswith("参数 --sort 的值 'c' 不对，可选：")


def test_write_json_leaves_no_half_file(tmp_path):
    write_json(tmp_path / "a.json", {"名": 1})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"名": 1}
    with pytest.raises(CommandError, match="写不进去"):
        write_json(tmp_path / "nowhere" / "a.json", {})
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
