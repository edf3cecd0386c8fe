"""Ask a running kernel, from a Jupyter client's side, for what is no message of Jupyter's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from jupyter_client.asynchronous.client import AsyncKernelClient

from recetario.errors import RecetarioError

__all__ = ["name_step", "open_bash"]


async def open_bash(
    client: AsyncKernelClient, prefix: Sequence[str], outer: Path, inner: str, limit_s: float = 120.0
) -> None:
    """Let the cells that follow run in a fresh bash, here or in a host; see Bash.

    Raises:
        RecetarioError: The kernel cannot open it.
    """
    content = {"prefix": list(prefix), "outer": str(outer), "inner": inner, "limit_s": limit_s}
    request = client.session.msg("recetario_open_request", content)
    client.shell_channel.send(request)
    while True:
        reply = await asyncio.wait_for(client.get_shell_msg(), 30)
        if reply["parent_header"].get("msg_id") == request["header"]["msg_id"]:
            break
    if reply["content"]["status"] != "ok":
        raise RecetarioError(reply["content"]["evalue"])


def name_step(client: AsyncKernelClient, name: str) -> None:
    """Let messages about the cells that follow call them so."""
    client.session.metadata = {"name": name}
