"""Finished files under the digest of what they say: what has not changed is not made again."""

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings


class KeptFiles:
    """Files in a folder only this system reads, each whole from the moment it is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, *facts: str, ending: str) -> Path:
        """Where the file made from these facts is, or will be."""
        text = "\n".join(facts).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(text).hexdigest()
        return self.folder / digest[:2] / f"{digest}{ending}"

    def content(self, *facts: str, ending: str, make: Callable[[], bytes]) -> bytes:
        """The file made from these facts; `make` is asked where it has not been made yet."""
        path = self.path(*facts, ending=ending)
        if not path.exists():
            self.make_room(path)
            draft = path.with_suffix(f".{os.getpid()}.part")
            draft.write_bytes(make())
            draft.replace(path)
        os.utime(path)
        return path.read_bytes()

    def make_room(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def forget_unused(self, *, before: datetime) -> None:
        """Removes files that nobody has asked for since."""
        for path in self.folder.glob("*/*"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def kept_files() -> KeptFiles:
    """Those of this installation."""
    return KeptFiles(settings.DATA_DIR / "cache" / "forms")


def source_digest(*files: str) -> str:
    """Of the code that makes a kind of file: with new code it is made anew."""
    return hashlib.sha256(b"\n".join(Path(file).read_bytes() for file in files)).hexdigest()
