"""One migrated database a run: every test process and every house takes a copy of it.

Migrating takes many seconds, copying takes one. The run's first process makes a folder for it;
whoever first needs the database, migrates it there. On SQLite it is kept for the next run, as
long as nothing changes that a migrated database is made of.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection

from core.fonts import FontShelf

ROOT = Path(__file__).resolve().parent.parent
#: The environment names the folder: test processes inherit it.
PLACE = "MIGRATED_FOLDER"
KEPT = ROOT / "var" / "tests"


def prepare() -> None:
    folder = Path(tempfile.mkdtemp(prefix="migrated."))
    data = folder / "data"
    data.mkdir(mode=0o700)
    # The head of the audit trail is sealed with it.
    (data / "audit_key").write_text(settings.AUDIT_KEY, encoding="utf-8")
    os.environ[PLACE] = str(folder)


def discard() -> None:
    if on_postgresql(url := os.environ.get("DATABASE_URL", "")):
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{template_name()}" WITH (FORCE)')
    shutil.rmtree(os.environ.pop(PLACE))


def bare_environment(data: Path, database_url: str) -> dict[str, str]:
    """Ours without what belongs to the tests, for processes with a folder of their own."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL"} and not name.startswith("PYTEST")
    } | {"DATA_DIR": str(data), **({"DATABASE_URL": database_url} if database_url else {})}


def on_postgresql(url: str) -> bool:
    return url.startswith("postgres")


def database_at(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def template_name() -> str:
    return Path(os.environ[PLACE]).name.replace(".", "_")


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The run's data folder, in which this has been made by whoever asked first."""
    folder = Path(os.environ[PLACE])
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).exists():
            make(folder / "data")
            (folder / name).touch()
    return folder / "data"


def run_command(data: Path, *arguments: str, database_url: str = "") -> None:
    subprocess.run(  # noqa: S603 -- our own commands
        [sys.executable, "manage.py", *arguments, "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env=bare_environment(data, database_url),
        check=True,
    )


def migrate(data: Path) -> None:
    url = os.environ.get("DATABASE_URL", "")
    if on_postgresql(url):
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{template_name()}"')
        run_command(data, "migrate", database_url=database_at(url, template_name()))
        return
    kept = KEPT / f"{made_of()}.sqlite3"
    with suppress(FileNotFoundError):
        shutil.copy(kept, data / "db.sqlite3")
        return
    run_command(data, "migrate")
    with closing(sqlite3.connect(data / "db.sqlite3")) as database:
        # One file holds everything; whoever opens a copy chooses its own journal.
        database.execute("PRAGMA journal_mode = DELETE")
    keep(data / "db.sqlite3", kept)


def made_of() -> str:
    """A digest of the migrations, of the roles they end with, and of the libraries that run them."""
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("accounts/**/*.py")]
    files += [*ROOT.glob("accounts/data/*"), *ROOT.glob("requirements/*.txt")]
    digest = hashlib.sha256(settings.AUDIT_KEY.encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def keep(database: Path, place: Path) -> None:
    """Puts it there whole, in place of earlier ones."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.copy(database, draft)
    earlier = [file for file in place.parent.glob("*.sqlite3") if file != place]
    draft.replace(place)
    for file in earlier:
        file.unlink(missing_ok=True)


def collect_static(data: Path) -> None:
    run_command(data, "collectstatic")


def give_static(folder: Path) -> None:
    shutil.copytree(once("collected", collect_static) / "static", folder / "static")


def cut_fonts(data: Path) -> None:
    FontShelf(data / "fonts").cuts("政", titles="政")


def give_fonts(folder: Path) -> None:
    """Of the everyday characters: cutting them takes as long as printing a hundred forms."""
    shutil.copytree(once("cut", cut_fonts) / "fonts", folder / "fonts", dirs_exist_ok=True)


@contextmanager
def own_database(folder: Path, url: str) -> Iterator[str]:
    """A migrated database for a data folder: the address of a new one on the same PostgreSQL
    server, or nothing, the file then lying in the folder.
    """
    data = once("migrated", migrate)
    shutil.copy(data / "audit_key", folder)
    if not on_postgresql(url):
        shutil.copy(data / "db.sqlite3", folder)
        yield ""
        return
    name = f"house_{os.urandom(6).hex()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_name()}"')
        try:
            yield database_at(url, name)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def test_database_begun() -> Iterator[None]:
    """Django's own test database begins as a copy too: what it then migrates is nothing."""
    data = once("migrated", migrate)
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template_name()
        yield
        return
    address = connection.creation._get_test_db_name()
    # In memory it lasts as long as somebody holds it.
    with (
        closing(sqlite3.connect(address, uri=True)) as held,
        closing(sqlite3.connect(data / "db.sqlite3")) as template,
    ):
        template.backup(held)
        yield
