"""Brings database, static files and demonstration up to date; called by scripts/start.

One process for everything, so that a second start is quick. Steps are told on standard error; what
the operator needs to sign in goes to standard output.
"""

import argparse
import os
import sys
from pathlib import Path

import django
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError

DEMO_REGISTRAR = "demo-registrar"


def say(text: str) -> None:
    print(f"» {text}", file=sys.stderr, flush=True)


def fonts() -> None:
    """Cut beforehand, so that nobody waits for it at their first form."""
    say("备好表册字体（首次约十秒）")
    try:
        call_command("prepare_fonts", stdout=sys.stderr)
    except CommandError as refusal:
        say(f"表册暂时不能打印：{refusal}")


def guidance(*, demo: bool) -> None:
    if not demo:
        print("首次使用请另开一个窗口建立第一个系统管理员：")
        print("    .venv/bin/python manage.py create_administrator", flush=True)
        return
    users = get_user_model().objects
    if not users.exists():
        say("载入演示数据（首次约需一分钟）")
        call_command("load_demo", stdout=sys.stderr)
    if not users.filter(username=DEMO_REGISTRAR).exists():
        # 正式的库里不能多出演示账号。
        print("这个库已有正式的账号或届次，所以没有载入演示数据，也没有建立演示账号。")
        print("要看演示，请用环境变量 DATA_DIR 另指一个空文件夹再启动。", flush=True)
        return
    print("演示账号（密码本次启动时随机生成）：", flush=True)
    call_command("create_demo_accounts")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    try:
        say("升级数据库结构")
        call_command("migrate", interactive=False, verbosity=0)
        say("整理静态文件")
        call_command("collectstatic", interactive=False, verbosity=0)
        fonts()
        guidance(demo=options.demo)
    except CommandError as refusal:
        print(f"✗ {refusal}", file=sys.stderr)
        return 1
    except DatabaseError as fault:
        print(f"✗ 数据库不能使用，请核对 DATABASE_URL 与数据库服务：{fault}", file=sys.stderr)
        return 1
    return 0


sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
if __name__ == "__main__":
    sys.exit(main())
