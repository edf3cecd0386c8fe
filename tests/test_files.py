"""Files are written completely or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from recetario.files import write_atomically


def test_a_write_that_fails_leaves_the_earlier_file(tmp_path: Path) -> None:
    """The earlier content stays, and no temporary file is left."""
    path = tmp_path / "evidence.ipynb"
    write_atomically(path, b"whole")

    with pytest.raises(TypeError):
        write_atomically(path, "no bytes")  # type: ignore[arg-type]

    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("evidence.ipynb", b"whole")]
