"""Ask a running kernel, from a Jupyter client's side, for what is no message of Jupyter's.

A client that goes on after a failed cell executes it with ``stop_on_error=False`` (in nbclient: ``allow_errors``).
Otherwise a kernel aborts what comes right behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from recetario.errors import RecetarioError

__all__ = ["close_bash", "name_step", "open_bash"]


async def open_bash(
    client: AsyncKernelClient, prefix: Sequence[str], outer: Path, inner: str, limit_s: float = 120.0
) -> None:
    """Let the cells that follow run in a fresh bash, here or in a host; see Bash.

    Raises:
        RecetarioError: The kernel cannot open it.
    """
    content = {"prefix": list(prefix), "outer": str(outer), "inner": inner, "limit_s": limit_s}
    await _ask(client, "recetario_open_request", content)


async def close_bash(client: AsyncKernelClient) -> None:
    """End the bash that cells run in, and all that it started. Cells are refused until another one is opened."""
    await _ask(client, "recetario_close_request", {})


def name_step(client: AsyncKernelClient, name: str) -> None:
    """Let messages about the cells that follow call them so."""
    client.session.metadata = {"name": name}


async def _ask(client: AsyncKernelClient, kind: str, content: dict[str, Any]) -> None:
    request = client.session.msg(kind, content)
    client.shell_channel.send(request)
    while True:
        reply = await asyncio.wait_for(client.get_shell_msg(), 30)
        if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            break
    if reply["content"]["status"] != "ok":
        raise RecetarioError(reply["content"]["evalue"])
