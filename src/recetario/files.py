"""Write files, and folders that do not outlive this process for long."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["remove_leftovers", "remove_unfinished", "temporary_folder", "write_atomically"]

_TEMPORARY = "recetario-tmp-"


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file by renaming a finished one into place, so that readers never see a partial file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        error.filename = str(path)  # writing leaves it empty
        raise
    finally:
        with suppress(OSError):  # on a read-only disk, even if the file does not exist
            temporary.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove the files that ``write_atomically`` had not finished, at any depth, when its process was killed."""
    for path in folder.rglob(".*.[0-9]*"):
        if path.suffix[1:].isdecimal() and not Path("/proc", path.suffix[1:]).exists():
            path.unlink(missing_ok=True)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A new folder in the system's temporary folder, removed at the end.

    Its owner holds a lock on it, which the operating system frees when a process is killed: ``remove_leftovers``, which
    is called here, too, removes the folders that nobody owns any more.
    """
    remove_leftovers()
    folder, lock = _locked_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_leftovers() -> None:
    """Remove the temporary folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        lock = _lock(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked_folder() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
        lock = _lock(folder)
        if lock is not None and folder.exists():
            return folder, lock
        # Another process took it for a leftover before it was locked, and removes it.


def _lock(folder: Path) -> int | None:
    """Lock a folder, and return the open descriptor that holds the lock; None if it is locked, gone or not ours."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
