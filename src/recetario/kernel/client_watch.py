"""End the kernel as soon as the Jupyter client that started it has ended."""

from __future__ import annotations

import os
import select
import sys
import threading

__all__ = ["end_with_client"]


def end_with_client() -> None:
    """End this process at once when its client ends, and before anything else if the client has already ended.

    ipykernel looks once a second who the parent is. If the client ended while ipykernel was being imported, it waits
    for PID 1 to become the parent; under a subreaper, such as a user's systemd, that never happens. Jupyter clients
    give their PID in ``JPY_PARENT_PID``.
    """
    client = os.environ.get("JPY_PARENT_PID", "")
    if not client.isdecimal():
        return
    try:
        descriptor = os.pidfd_open(int(client))
    except ProcessLookupError:
        sys.exit(1)
    except OSError:  # Linux before 5.3
        return
    threading.Thread(target=_wait, args=(descriptor,), name="client watch", daemon=True).start()


def _wait(descriptor: int) -> None:
    select.select([descriptor], [], [])  # readable when the process has ended: pidfd_open(2)
    os._exit(1)
