"""Files are written completely or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from recetario.files import remove_leftovers, remove_unfinished, temporary_folder, write_atomically

_OWNER = """
import tempfile, time
from recetario.files import temporary_folder
with temporary_folder() as folder:
    (folder / "file").touch()
    print(folder, flush=True)
    time.sleep(60)
"""


def test_a_write_that_fails_leaves_the_earlier_file(tmp_path: Path) -> None:
    """The earlier content stays, and no temporary file is left."""
    path = tmp_path / "evidence.ipynb"
    write_atomically(path, b"whole")

    with pytest.raises(TypeError):
        write_atomically(path, "no bytes")  # type: ignore[arg-type]

    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("evidence.ipynb", b"whole")]


def test_unfinished_files_of_killed_processes_are_removed_but_no_others(tmp_path: Path) -> None:
    """Their names end with the id of their process."""
    process = subprocess.Popen(["true"])
    process.wait()
    files = [tmp_path / f".evidence.ipynb.{pid}" for pid in (process.pid, os.getpid())]
    for file in [*files, tmp_path / ".hidden"]:
        file.touch()

    remove_unfinished(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([files[1].name, ".hidden"])


def test_a_temporary_folder_is_removed_at_the_end() -> None:
    """With everything in it."""
    with temporary_folder() as folder:
        (folder / "file").touch()

    assert not folder.exists()


def test_temporary_folders_of_killed_processes_are_removed_but_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operating system frees the lock of a process that was killed."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    command = [sys.executable, "-c", _OWNER]
    with ExitStack() as owners:
        first, second = (
            owners.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in range(2)
        )
        owners.callback(second.kill)
        dead, alive = (Path(owner.stdout.readline().strip()) for owner in (first, second) if owner.stdout)
        first.kill()
        first.wait()
        assert dead.exists()

        remove_leftovers()

        assert list(tmp_path.iterdir()) == [alive]


def test_a_write_that_fails_names_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The operating system only knows which file could not be opened."""

    def write_bytes(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_bytes)

    with pytest.raises(OSError, match="No space left") as error:
        write_atomically(tmp_path / "file", b"")

    assert error.value.filename == str(tmp_path / "file")
