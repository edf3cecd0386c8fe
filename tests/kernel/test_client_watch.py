"""A kernel does not outlive the Jupyter client that started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Linux gives orphans to the nearest subreaper, here this program: on desktops a user's systemd is one.
SUBREAPER = """
import ctypes, os, signal, subprocess, sys, time
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
command, end_s = sys.argv[1], float(sys.argv[2])
subprocess.run(["sh", "-c", command])
for _ in range(200):
    if os.waitpid(-1, os.WNOHANG)[0]:
        print("ended")
        break
    time.sleep(end_s / 200)
else:
    print("still running")
    subprocess.run(["pkill", "--signal", "KILL", "--parent", str(os.getpid())])
"""


@pytest.mark.parametrize("client_s", [0, 3])
def test_a_kernel_ends_with_its_client(tmp_path: Path, client_s: int) -> None:
    """Also if the client ended while the kernel was starting, which ipykernel alone does not see under a subreaper."""
    kernel = f"{sys.executable} -m recetario.kernel -f {tmp_path}/c.json --ip={tmp_path}/socket --transport=ipc"
    client = f"JPY_PARENT_PID=$$ {kernel} & sleep {client_s}"

    result = subprocess.run([sys.executable, "-c", SUBREAPER, client, "20"], capture_output=True, text=True, check=True)

    assert result.stdout == "ended\n"
